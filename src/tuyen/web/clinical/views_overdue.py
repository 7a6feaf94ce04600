"""Who did not come: by risk, with a call in one tap and a visit at home planned in two."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import EndEnrolment, LogCall, PlanHomeVisit
from tuyen.apps.clinical.queries import PanelFilters, PatientRow
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules.clinical.programme import programmes
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import programme_words as words
from tuyen.web.sentences import refused

READ, MANAGE = queries.READ, "clinical.programme.manage"
SUBJECT = "clinical.programme"
PAGE = 50


@screen(right=READ)
@never_cache
@require_GET
def overdue(request: ActorRequest) -> HttpResponse:
    """The list of who is overdue. Whom it showed is written down."""
    by, on = request.actor, clock.today()
    filters = asked(request, on, "late")
    page = queries.panel(by=by, filters=filters, on=on, page=number(request), size=PAGE)
    noted(request, page.rows)
    counts = queries.list_lengths(by=by, filters=filters, on=on)
    context = {
        "rows": [line(request, row, on) for row in page.rows],
        "total": page.total,
        "page": Paginator(range(page.total), PAGE).get_page(page.number),
        "f": filters,
        "tabs": [(which, _(words.LISTS[which]), address(request, "list", which), counts[which])
                 for which in ("late", "waiting")],
        "programmes": [(one.key, words.named(one.key)) for one in queries.open_programmes(by=by)],
        "village": registry.atlas().full_name(filters.village, on) if filters.village else "",
        "mine": bool(filters.worker),
        "on": on,
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "clinical/overdue.html", context)


@screen(right=MANAGE)
@require_POST
def call(request: ActorRequest, enrolment: UUID) -> HttpResponse:
    """What came of a call: one tap."""
    row = found(request, enrolment)
    said = LogCall(enrolment=enrolment, result=request.POST.get("result", "")[:40])
    return done(
        request, row, said, _("Written down: {what}.").format(what=words.result(said.result))
    )


@screen(right=MANAGE)
@require_POST
def visit(request: ActorRequest, enrolment: UUID) -> HttpResponse:
    """Plan a visit at home."""
    row = found(request, enrolment)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        messages.error(request, _("Choose the day of the visit."))
        return back(request)
    return done(
        request, row, PlanHomeVisit(enrolment=enrolment, on=on),
        _("A visit at home is planned for {on:%d/%m/%Y}.").format(on=on),
    )  # fmt: skip


@screen(right=MANAGE)
@require_POST
def end(request: ActorRequest, enrolment: UUID) -> HttpResponse:
    """Let somebody out of a programme, for a reason."""
    row = found(request, enrolment)
    said = EndEnrolment(enrolment=enrolment, why=request.POST.get("why", "")[:40])
    return done(request, row, said, _("No longer in the programme."))


def found(request: ActorRequest, enrolment: UUID) -> PatientRow:
    row = queries.enrolment(by=request.actor, id=enrolment, on=clock.today())
    if row is None:
        raise Http404
    return row


def done(request: ActorRequest, row: PatientRow, said: Payload, word: str) -> HttpResponse:
    """Commit as the unit that follows, or as one's own; then back to the list as it was."""
    by = request.actor
    own = [post.unit for post in by.posts if policies.may(by, MANAGE, post.unit)]
    unit = row.unit if policies.may(by, MANAGE, row.unit) or not own else own[0]
    operation = Operation.of(
        said, unit=unit, happened_on=clock.today(), recorded_at=clock.now(), id=uuid7()
    )
    problems = refused(commit(by=by, operations=[operation], at=clock.now()))
    for problem in problems:
        messages.error(request, problem)
    if not problems:
        messages.success(request, word)
    return back(request)


def back(request: ActorRequest) -> HttpResponse:
    """To the page that the form stood on: a name of ours and its query, never an address."""
    query = request.POST.get("query", "")[:500]
    programme = request.POST.get("programme", "")
    if programme in programmes():
        return redirect(f"{reverse('programme-people', args=[programme])}?{query}")
    return redirect(f"{reverse('overdue')}?{query}")


def asked(request: ActorRequest, on: date, otherwise: Any, programme: str = "") -> PanelFilters:
    """What a list is about, from the address; what cannot be read asks for nothing."""
    which = request.GET.get("list", otherwise)
    key = programme or request.GET.get("programme", "")
    return PanelFilters(
        which=which if which in queries.WHICH else otherwise,
        programme=key if key in programmes() else "",
        unit=an_id(request, "unit"),
        village=an_id(request, "village"),
        worker=request.actor.user if request.GET.get("mine") else an_id(request, "worker"),
    )


def an_id(request: ActorRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def number(request: ActorRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def address(request: ActorRequest, name: str, value: str) -> str:
    """The same page with one thing asked otherwise."""
    rest = words.rest(request.GET.items(), name, "page")
    return f"?{urlencode([*rest, (name, value)])}"


def noted(request: ActorRequest, rows: list[PatientRow]) -> None:
    shown = [row.person for row in rows if row.name]
    accounts.record_search(by=request.actor, subject=SUBJECT, ids=shown, at=clock.now())


def line(request: ActorRequest, row: PatientRow, on: date) -> dict[str, Any]:
    """A row in words."""
    one = programmes()[row.programme]
    said, tone = words.reading(row)
    return {
        "row": row,
        "programme": words.named(row.programme),
        "values": words.values(row),
        "reading": said,
        "tone": tone,
        "step": words.step(row, on),
        "call": words.result(row.call) if row.call else "",
        "why": words.why(row) if row.why else "",
        "late": row.late_days if row.late_days > one.contacts(on).grace_days else 0,
        "tel": "".join(c for c in row.phone if c.isdigit() or c == "+"),
        "may": row.until is None and policies.may(request.actor, MANAGE),
        "results": words.results(),
        "ends": words.ends(one),
        "tomorrow": on + timedelta(days=1),
    }
