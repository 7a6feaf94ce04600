"""Who was sent on to another facility, and about whom nothing came back yet."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.access.services import record_search
from tuyen.apps.clinical import queries
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import visit_words as words
from tuyen.web.surveillance.words import word
from tuyen.web.tables import Column

PAGE = 50


@screen(right=queries.READ)
@never_cache
@require_GET
def referrals(request: ActorRequest) -> HttpResponse:
    """Referrals without their return note, the urgent and the oldest first; or those with it."""
    by, on = request.actor, clock.today()
    which = "returned" if request.GET.get("which") == "returned" else "sent"
    found = queries.referrals(by=by, state=which)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    people = registry.people(by=by, ids={one.person for one in page.object_list})
    record_search(by=by, subject="clinical.visit", ids=list(people), at=clock.now())
    atlas = registry.atlas()
    rows = [
        {
            "name": people[one.person].name if one.person in people else _("Name withheld"),
            "_href": reverse("visit", args=[one.id]) + "#referral", "day": one.day,
            "to": (atlas.full_name(one.to, on) if one.to else "") or one.to_name,
            "urgent": _("urgent") if one.urgent else "", "days": (on - one.day).days,
            "back": one.returned_on, "unit": atlas.full_name(one.unit, on),
        }
        for one in page.object_list
    ]  # fmt: skip
    columns = [
        Column(key="name", label=_("Name"), head=True, href="_href"),
        Column(key="day", label=_("Sent on"), kind="day"),
        Column(key="to", label=_("To")),
        Column(key="urgent", label=_("Urgent")),
        Column(key="back", label=_("Returned"), kind="day")
        if which == "returned"
        else Column(key="days", label=_("Days since"), kind="number"),
        Column(key="unit", label=_("From unit")),
    ]
    here = reverse("care-referrals")
    context = {
        "columns": columns, "rows": rows, "page": page, "which": which, "as_of": clock.now(),
        "title": word(words.REFERRALS, which),
        "tabs": [("sent", word(words.REFERRALS, "sent"), here),
                 ("returned", word(words.REFERRALS, "returned"), f"{here}?which=returned")],
        "empty": _("Nobody waits for a return note") if which == "sent" else _("No note came back yet"),
        "trail": [(_("Care today"), reverse("care")), (_("Referrals"), None)],
    }  # fmt: skip
    return render(request, "clinical/referrals.html", context)
