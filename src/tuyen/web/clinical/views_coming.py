"""Who was sent here by others and who has an appointment here that others made; our note goes back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.services import record_readings, record_search
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import AnswerComing
from tuyen.apps.clinical.queries import ComingRow
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import uuid7
from tuyen.kernel.refusal import N_
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import reading, saving
from tuyen.web.clinical.cells import Typed
from tuyen.web.registry.lines import line
from tuyen.web.sentences import say
from tuyen.web.surveillance.views_resources import day_of
from tuyen.web.tables import Column

READ, RECORD = queries.READ, queries.RECORD
SUBJECT = "clinical.visit"
PAGE = 50
NOTE = ("op", "on", "diagnosis", "text", "treatment")
KINDS = {"referral": N_("Referral"), "appointment": N_("Appointment")}
STATES = {
    "waiting": (N_("Waits to come"), "warn"),
    "kept": (N_("Took place, as they say"), "good"),
    "answered": (N_("Answered"), "good"),
    "withdrawn": (N_("Taken back by those who sent"), "plain"),
}
BESIDE = {
    "clinical.answered-before": "on",
    "clinical.in-the-future": "on",
}


@screen(right=READ)
@never_cache
@require_GET
def comings(request: ActorRequest) -> HttpResponse:
    """Who is expected, referrals before appointments and the urgent ones first; or how it went."""
    by, on = request.actor, clock.today()
    which = request.GET.get("which", "")
    which = which if which in STATES else "waiting"
    found = queries.coming(by=by, states=(which,))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    people = registry.people(by=by, ids={one.person for one in page.object_list})
    record_search(by=by, subject=SUBJECT, ids=list(people), at=clock.now())
    atlas = registry.atlas()
    rows = [
        {
            "name": people[one.person].name if one.person in people else _("Name withheld"),
            "_href": reverse("care-coming", args=[one.id]), "kind": _(KINDS[one.kind]), "day": one.on,
            "from": one.from_name, "urgent": _("urgent") if one.urgent else "", "came": one.came,
            "unit": atlas.full_name(one.unit, on),
        }
        for one in page.object_list
    ]  # fmt: skip
    columns = [
        Column(key="name", label=_("Name"), head=True, href="_href"),
        Column(key="kind", label=_("What")),
        Column(key="day", label=_("Day"), kind="day"),
        Column(key="from", label=_("From")),
        Column(key="urgent", label=_("Urgent")),
        Column(key="came", label=_("Came on"), kind="day"),
        Column(key="unit", label=_("To unit")),
    ]
    here = reverse("care-comings")
    context = {
        "columns": columns, "rows": rows, "page": page, "which": which, "as_of": clock.now(),
        "title": _("Sent here by others"),
        "tabs": [(key, _(words), f"{here}?which={key}") for key, (words, _tone) in STATES.items()],
        "empty": _("Nobody is expected from elsewhere") if which == "waiting" else _("There is none"),
        "trail": [(_("Care today"), reverse("care")), (_("Sent here by others"), None)],
    }  # fmt: skip
    return render(request, "clinical/comings.html", context)


@screen(right=READ)
@never_cache
@require_http_methods(["GET", "POST"])
def coming(request: ActorRequest, id: UUID) -> HttpResponse:
    """One of them: what was told, and the note that goes back."""
    by, now = request.actor, clock.now()
    row = _find(request, id)
    may = policies.may(by, RECORD, row.unit) and row.kind == "referral" and not row.shut
    open_ = may and row.state in ("waiting", "kept")
    typed = Typed(NOTE, {}, {"op": str(uuid7()), "on": f"{now:%d/%m/%Y}"})
    if request.method == "POST":
        if not open_:
            raise Http404
        typed = Typed.posted(request.POST, NOTE, {})
        if _answered(request, typed, row):
            messages.success(
                request, _("The return note is saved, and can be read by those who sent.")
            )
            return redirect("care-coming", id=id)
    record_readings(by=by, subject=SUBJECT, ids=[row.person], at=now)
    status = 200 if request.method == "GET" else 422
    return render(request, "clinical/coming.html", _page(request, row, typed, open_), status=status)


@screen(right=READ)
@never_cache
@require_GET
def sheet(request: ActorRequest, id: UUID) -> HttpResponse:
    """The return note on a sheet of paper."""
    row = _find(request, id)
    if row.state != "answered" or row.shut:
        raise Http404
    record_readings(by=request.actor, subject=SUBJECT, ids=[row.person], at=clock.now())
    signer = access.names({row.answered_by}).get(row.answered_by, "") if row.answered_by else ""
    context = _page(request, row, Typed(NOTE, {}), False) | {"signer": signer}
    return render(request, "clinical/coming_sheet.html", context)


def _find(request: ActorRequest, id: UUID) -> ComingRow:
    """The row, opened for care where the reader may: its reason is what the care is for."""
    rows = queries.coming_by_ids(by=request.actor, ids=[id])
    if not rows:
        raise Http404
    return rows[0]


def _answered(request: ActorRequest, typed: Typed, row: ComingRow) -> bool:
    on = day_of(typed.text("on"))
    if on is None:
        typed.wrong("on", say(reading.NotADay(text=typed.text("on")[:40])))
    if not typed.text("text"):
        typed.wrong("text", say(reading.Missing()))
    if not typed.valid or on is None:
        return False
    payload = AnswerComing(
        coming=row.id, on=on, text=typed.text("text"), diagnosis=typed.text("diagnosis")[:200],
        treatment=typed.text("treatment"),
    )  # fmt: skip
    return saving.send(request, typed, payload, unit=row.unit, beside=BESIDE) is not None


def _page(request: ActorRequest, row: ComingRow, typed: Typed, open_: bool) -> dict[str, Any]:
    by, on = request.actor, clock.today()
    person = registry.people(by=by, ids=[row.person]).get(row.person)
    name = person.name if person else _("Name withheld")
    words, tone = STATES[row.state]
    may_visit = policies.may(by, RECORD, row.unit) and person is not None
    return {
        "row": row, "name": name, "kind": _(KINDS[row.kind]), "state": _(words), "tone": tone,
        "person": line(person, on) if person else None, "form": typed, "faults": typed.faulty,
        "may_answer": open_, "to_unit": registry.atlas().full_name(row.unit, on), "as_of": clock.now(),
        "summary": reverse("care-person", args=[row.person]) if person else "",
        "visit": reverse("visit-new", args=[row.person]) if may_visit else "",
        "trail": [(_("Care today"), reverse("care")),
                  (_("Sent here by others"), reverse("care-comings")), (name, None)],
    }  # fmt: skip
