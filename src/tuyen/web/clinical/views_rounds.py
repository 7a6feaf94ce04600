"""Rounds of vitamin A and deworming: the children of a village who are due, one tap for each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Answered, Dispensed, RecordVisit
from tuyen.apps.clinical.queries import supplements
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import derived_id, uuid7
from tuyen.kernel.operation import Operation
from tuyen.rules.clinical import nutrition
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import care_sending as sending
from tuyen.web.sentences import refused

MOST = 500


def what_words() -> dict[nutrition.Supplement, str]:
    """What is given in rounds."""
    return {"vitamin_a": _("Vitamin A"), "deworming": _("Deworming")}


@screen(right=queries.READ)
@never_cache
@require_http_methods(["GET", "POST"])
def rounds(request: ActorRequest) -> HttpResponse:
    """Coverage by village; of the village that was chosen, the children who are due."""
    by, on = request.actor, clock.today()
    what: nutrition.Supplement = (
        "deworming" if request.GET.get("what") == "deworming" else "vitamin_a"
    )
    places = supplements.round_places(by=by, what=what, on=on)
    place = next((one for one in places if str(one.place) == request.GET.get("place")), None)
    children = (
        supplements.round_children(by=by, what=what, on=on, place=place.place) if place else []
    )
    here = f"{reverse('growth-rounds')}?what={what}"
    if request.method == "POST" and place is not None and sending.may_record(request):
        problems = _gave(request, what, children)
        if not problems:
            return redirect(f"{here}&place={place.place}")
    else:
        problems = []
    sending.seen(request, [row.person for row in children])
    due, given = sum(one.due for one in places), sum(one.given for one in places)
    context = {
        "what": what, "tabs": [(key, word, f"?what={key}") for key, word in what_words().items()],
        "round": nutrition.round_of(what, on), "open": nutrition.round_of(what, on).last >= on,
        "places": [
            (row, f"{here}&place={row.place}", row.given / row.due if row.due else None)
            for row in places
        ],
        "due": due, "given": given, "share": given / due if due else None,
        "place": place, "children": children, "here": here, "on": on, "as_of": clock.now(),
        "waiting": [row for row in children if row.given_on is None],
        "may": sending.may_record(request), "op": str(uuid7()), "problems": problems,
        "unit": "IU" if what == "vitamin_a" else "mg",
        "address": f"{here}&place={place.place}" if place else here,
        "commune": registry.atlas().full_name(place.place, on) if place else "",
    }  # fmt: skip
    return render(request, "clinical/rounds.html", context, status=422 if problems else 200)


def _gave(
    request: ActorRequest, what: nutrition.Supplement, children: list[supplements.DueRow]
) -> list[str]:
    """Record the doses of those who were ticked, or of the one whose button was pressed: each is a
    visit, whose dose leaves the store. The form sent twice is one."""
    given = request.POST
    one = given.get("one", "")
    wanted = {one} if one else set(given.getlist("child"))
    rows = [row for row in children if str(row.person) in wanted and row.given_on is None][:MOST]
    if not rows:
        return [] if one else [_("Tick the children who were given it.")]
    now, unit = clock.now(), sending.own_unit(request)
    try:
        form = UUID(given.get("op", ""))
    except ValueError:
        form = uuid7()
    operations = [
        Operation.of(
            visit_of(what, row), unit=unit, happened_on=now.date(), recorded_at=now,
            id=derived_id(form, "round", what, row.person),
        )
        for row in rows
    ]  # fmt: skip
    receipts = commit(by=request.actor, operations=operations, at=now)
    done = sum(receipt.refusal is None for receipt in receipts)
    if done:
        messages.success(request, ngettext(
            "{n} child was given it.", "{n} children were given it.", done).format(n=done))  # fmt: skip
    return refused(receipts)


def visit_of(what: nutrition.Supplement, row: supplements.DueRow) -> RecordVisit:
    """The visit that a dose of a round is."""
    fields = {"vitamin_a": str(row.dose.units)} if what == "vitamin_a" else {"dewormed": "yes"}
    return RecordVisit(
        person=row.person, began_at=clock.now(), payer="programme",
        answered=(Answered(programme="child_nutrition", fields=fields),),
        dispensed=(Dispensed(item=row.dose.item, quantity=row.dose.quantity),),
    )  # fmt: skip
