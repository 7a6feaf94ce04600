"""The response: what goes to an alarm, signal or outbreak, from where, and what it leaves behind."""

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.allocating import ItemNeed, TeamChoice
from tuyen.apps.surveillance.operations import Arrive, BookResponse, ReleaseBooking
from tuyen.apps.surveillance.operations.response import LotPart
from tuyen.kernel.operation import Operation, Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import words
from tuyen.web.surveillance import words_response as told
from tuyen.web.typed import whole

READ, BOOK, ARRIVE = queries.RESPONSE, queries.BOOK, queries.ARRIVE
MOVE = "supply.stock.move"
SHOWN, NEAR = 6, 3
PAGE = 50


class TeamLine(NamedTuple):
    """A team with its words."""

    choice: TeamChoice
    skills: list[str]
    minutes: str
    takes: list[str]
    reason: str
    why_not: str
    can: bool


class NeedLine(NamedTuple):
    """A good with its words: how much, counted how, and from where."""

    need: ItemNeed
    name: str
    unit: str
    counted: str
    choices: list[Any]
    rest: int


@screen(right=READ)
@require_GET
def responses(request: ActorRequest) -> HttpResponse:
    """What was sent and is on its way, and what still waits for an answer."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    state = request.GET.get("state", "active")
    number = request.GET.get("page", "")
    found = queries.bookings(
        by=by, state=state if state in ("active", *told.STATE) else "",
        page=int(number) if number.isdecimal() and len(number) < 6 else 1, size=PAGE,
    )  # fmt: skip
    waiting = [
        {
            "subject": one, "held": held, "level": told.URGENCY[one.urgency],
            "line": told.subject_line(one, places.full_name(one.communes[0], one.since),
                                      told.disease(one.disease)),
            "kind": words.word(told.KIND, one.kind),
        }
        for one, held in queries.waiting_subjects(by=by, limit=60)
    ]  # fmt: skip
    context = {
        "lines": [_booking(row, request) for row in found.rows],
        "page": Paginator(range(found.total), PAGE).get_page(found.page),
        "total": found.total,
        "state": state,
        "states": [("active", _("Under way")), *told.STATE.items(), ("all", _("All"))],
        "waiting": [one for one in waiting if not one["held"]],
        "answered": [one for one in waiting if one["held"]],
        "may": policies.may(by, BOOK),
        "tabs": tabs(request),
        "as_of": max((row.changed_at for row in found.rows), default=None),
        "back": request.get_full_path(),
        "on": on,
    }
    return render(request, "surveillance/responses.html", context)


@screen(right=BOOK)
@require_GET
def plan(request: ActorRequest) -> HttpResponse:
    """The best sending to everything that waits, worked out together."""
    found = queries.plan_for_all(by=request.actor, on=clock.today())
    proposals = []
    for one in found.proposals if found else []:
        needed = tuple(skill for team in one.teams for skill in team.brings)
        proposals.append({
            "subject": one.subject, "level": told.URGENCY[one.subject.urgency],
            "line": told.subject_line(one.subject, one.commune_name, told.disease(one.subject.disease)),
            "teams": [_team(team, needed) for team in one.teams],
            "unmet": [told.skill(code) for code in one.unmet],
            "goods": [need for need in map(_need, one.items)
                      if need.need.short or any(c["choice"].send for c in need.choices)],
        })  # fmt: skip
    context = {
        "proposals": proposals,
        "together": told.takes_away(found.together) if found else [],
        "proved": found.proved if found else True,
        "tabs": tabs(request),
        "as_of": clock.now(),
    }
    return render(request, "surveillance/response_plan.html", context)


@screen(right=READ)
@require_GET
def response(request: ActorRequest, kind: str, id: UUID) -> HttpResponse:
    """Everything that could go to one subject, the proposal first."""
    return _show(request, kind, id)


@screen(right=BOOK)
@require_POST
def book(request: ActorRequest, kind: str, id: UUID) -> HttpResponse:
    """Book the teams and goods that were chosen; what somebody else took meanwhile is said."""
    subject = _subject(request, kind, id)
    commune = _commune(request, subject)
    found = queries.allocation(by=request.actor, subject=subject, on=clock.today(), commune=commune)
    if found is None:
        raise Http404
    payloads = _chosen(request, found)
    if not payloads:
        return _show(request, kind, id, [_("Choose at least one team or good.")])
    now = clock.now()
    operations = [
        Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
        for unit, payload in payloads
    ]
    receipts = commit(by=request.actor, operations=operations, at=now)
    problems = [words.said(r.refusal) for r in receipts if r.refusal is not None]
    done = len(receipts) - len(problems)
    if done:
        messages.success(
            request,
            ngettext("%(n)s booking was made.", "%(n)s bookings were made.", done) % {"n": done},
        )
    if problems:
        return _show(request, kind, id, problems)
    return redirect("response", kind=kind, id=id)


@screen(right=ARRIVE)
@require_POST
def arrive(request: ActorRequest, booking: UUID) -> HttpResponse:
    """Say that what was booked has come."""
    row = queries.booking(by=request.actor, id=booking)
    if row is None:
        raise Http404
    may_here = policies.may(request.actor, ARRIVE, row.unit)
    unit = row.unit if may_here else row.commune
    return _answered(request, row, Arrive(booking=booking), unit, _("Arrival noted."))


@screen(right=BOOK)
@require_POST
def release(request: ActorRequest, booking: UUID) -> HttpResponse:
    """Call a booking off, or end it when the work is done."""
    row = queries.booking(by=request.actor, id=booking)
    if row is None:
        raise Http404
    used = whole(request.POST.get("used", ""))
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        messages.error(request, _("Write in a few words why it is released."))
        return redirect(_back(request, row))
    payload = ReleaseBooking(
        booking=booking,
        reason=reason,
        used=used,
    )
    return _answered(request, row, payload, row.unit, _("Released."))


def tabs(request: ActorRequest) -> list[tuple[str, str, str]]:
    """The pages of the response, as far as the reader's post opens them."""
    found = [("responses", _("Bookings"), reverse("responses"))]
    if policies.may(request.actor, BOOK):
        found.append(("plan", _("Proposal for all that waits"), reverse("response-plan")))
    return [
        *found,
        ("teams", _("Teams"), reverse("response-teams")),
        ("goods", _("Goods"), reverse("response-goods")),
    ]


def _answered(
    request: ActorRequest, row: queries.BookingRow, payload: Payload, unit: UUID, done: str
) -> HttpResponse:
    now = clock.now()
    operation = Operation.of(
        payload, unit=unit, happened_on=now.date(), recorded_at=now, corrects=row.id
    )
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        messages.error(request, words.said(receipt.refusal))
    else:
        messages.success(request, done)
    return redirect(_back(request, row))


def _back(request: ActorRequest, row: queries.BookingRow) -> str:
    if request.POST.get("next") == "list":
        return reverse("responses")
    return reverse("response", args=[row.subject_kind, row.subject])


def _subject(request: ActorRequest, kind: str, id: UUID) -> queries.Subject:
    found = queries.subject(by=request.actor, kind=kind, id=id)
    if found is None:
        raise Http404
    return found


def _commune(request: ActorRequest, subject: queries.Subject) -> UUID | None:
    asked = request.POST.get("commune") or request.GET.get("commune") or ""
    return next((c for c in subject.communes if str(c) == asked), None)


def _chosen(request: ActorRequest, found: queries.Allocation) -> list[tuple[UUID, BookResponse]]:
    """The bookings that the form asks for, each with the unit that gives; unknown ones left out."""
    common: dict[str, Any] = {
        "subject_kind": found.subject.kind, "subject": found.subject.id, "commune": found.commune,
        "since": found.since, "note": request.POST.get("note", "").strip()[:500],
    }  # fmt: skip
    wanted = set(request.POST.getlist("team"))
    chosen: list[tuple[UUID, BookResponse]] = []
    for choice in found.teams:
        if str(choice.team.id) in wanted:
            left = choice.cover.told() if choice.cover else {}
            payload = BookResponse(team=choice.team.id, until=found.until, left=left, **common)
            chosen.append((choice.team.unit, payload))
    for need in found.items:
        for goods in need.choices:
            asked = request.POST.get(f"goods-{need.amount.item}-{goods.unit}", "").strip()
            many = whole(asked)
            if many:
                left = {"leaves": goods.free - many, "minimum": goods.minimum}
                taken = found.vials.choose(goods.unit, need.amount.item, many)
                payload = BookResponse(
                    item=need.amount.item, quantity=many, until=found.since, left=left,
                    lots=tuple(LotPart(lot=part.lot, vials=n) for part, n in taken)
                    if goods.kept_by_stock else (),
                    **common,
                )  # fmt: skip
                chosen.append((goods.unit, payload))
    return chosen


def _show(
    request: ActorRequest, kind: str, id: UUID, problems: list[str] | None = None
) -> HttpResponse:
    by, on = request.actor, clock.today()
    subject = _subject(request, kind, id)
    found = queries.allocation(by=by, subject=subject, on=on, commune=_commune(request, subject))
    assert found is not None  # the screen's right is the query's
    teams = [_team(choice, found.skills) for choice in found.teams]
    near = [t for t in teams if t.choice.chosen or (t.can and t.skills)][: 2 * SHOWN]
    disease = told.disease(subject.disease)
    context = {
        "found": found, "subject": subject, "disease": disease,
        "level": told.URGENCY[subject.urgency],
        "line": told.subject_line(subject, found.commune_name, disease),
        "kind_word": words.word(told.KIND, kind),
        "needed": [(told.skill(code), code in found.skills) for code in found.answer.skills],
        "unmet": [told.skill(code) for code in found.unmet],
        "teams": near, "others": [t for t in teams if t not in near],
        "needs": [_need(need) for need in found.items],
        "together": told.takes_away(found.together) if any(t.choice.chosen for t in teams) else [],
        "bookings": [_booking(row, request) for row in found.bookings],
        "may": policies.may(by, BOOK) and subject.closed_on is None,
        "problems": problems or [],
        "communes": [(c, registry.atlas().full_name(c, subject.since)) for c in subject.communes],
        "trail": [
            (_("Response"), reverse("responses")),
            (words.word(told.KIND, kind), told.subject_href(kind, id) or None),
            (f"{disease}, {found.commune_name}", None),
        ],
        "as_of": clock.now(),
    }  # fmt: skip
    return render(request, "surveillance/response.html", context, status=422 if problems else 200)


def _team(choice: TeamChoice, needed: tuple[str, ...]) -> TeamLine:
    why = told.why_not(choice)
    return TeamLine(
        choice, [told.skill(code) for code in choice.brings], told.travel(choice.minutes),
        told.takes_away(choice.cover), told.reason(choice, needed) if choice.chosen else "", why,
        not why,
    )  # fmt: skip


def _need(need: ItemNeed) -> NeedLine:
    kept = [c for n, c in enumerate(need.choices) if c.send or (n < NEAR and c.free)]
    choices = [
        {"choice": c, "minutes": told.travel(c.minutes), "lots": [
            told.lot(part.number, part.expires_on, vials) for part, vials in c.lots
        ]}
        for c in kept
    ]  # fmt: skip
    code = need.amount.item
    return NeedLine(
        need, told.item(code), told.unit_of(code), told.counted(need.amount), choices,
        len(need.choices) - len(kept),
    )  # fmt: skip


def _booking(row: queries.BookingRow, request: ActorRequest) -> dict[str, Any]:
    by = request.actor
    left = row.left
    takes = ""
    if "leaves" in left:
        takes = _("{left} left there, {minimum} should stay").format(
            left=left["leaves"], minimum=left["minimum"]
        )
    elif left.get("worst"):
        takes = _("{place}: {after} to the next team instead of {before}").format(
            place=left["worst"], after=told.travel(left["worst_after"]),
            before=told.travel(left["worst_before"]),
        )  # fmt: skip
    lots = row.lots
    may_arrive = policies.may(by, ARRIVE, row.unit) or policies.may(by, ARRIVE, row.commune)
    return {
        "row": row,
        "thing": told.booked_thing(row),
        "disease": told.disease(row.disease),
        "state": words.word(told.STATE, row.state),
        "tone": told.TONE[row.state],
        "days": told.days(row.since, row.until),
        "takes": takes,
        "lots": [
            told.lot(lot["number"], date.fromisoformat(lot["expires"]), lot["vials"])
            for lot in lots
        ],
        "send_href": _send_href(row, request) if lots and row.state == "booked" else "",
        "may_arrive": row.state == "booked" and may_arrive,
        "may_release": row.active and policies.may(by, BOOK, row.unit),
        "late": row.state == "booked" and _late(row, by.on),
        "href": reverse("response", args=[row.subject_kind, row.subject]),
    }


def _send_href(row: queries.BookingRow, request: ActorRequest) -> str:
    """Where the stock sends the vials, for who may move them: the same vaccine, as many vials."""
    if not policies.may(request.actor, MOVE, row.unit):
        return ""
    vials = sum(int(lot["vials"]) for lot in row.lots)
    places, on = registry.atlas(), clock.today()
    to = next(iter(places.subjects(row.commune, "serves", on)), "")
    asked = {"unit": row.unit, "to": to, "item": told.stock_item(row.item), "vials": vials}
    return f"{reverse('stock-send')}?{urlencode(asked)}"


def _late(row: queries.BookingRow, on: date) -> bool:
    """A day after it set out, nobody has said that it came."""
    return (on - row.since).days >= 1
