"""Closing a day or a month: check all, send all that is ready, and see the outbox empty."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.claims import queries, tasks
from tuyen.apps.claims.operations import ApproveClaims, PrepareClaims
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Operation, Receipt
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.claims import words
from tuyen.web.claims.views_desk import card_counts, tabs

AT_ONCE = 200
MOST_NOW = 2_000
"""Claims that are checked while somebody waits for the page; a month of a province is closed by the
operator's command."""


@screen(right=queries.PREPARE)
@require_GET
def closing(request: ActorRequest) -> HttpResponse:
    """What of a span is checked, ready, on its way."""
    return _show(request)


@screen(right=queries.PREPARE)
@require_POST
def check_all(request: ActorRequest) -> HttpResponse:
    """Check every claim of the span that was not sent."""
    first, last = words.span(request.POST)
    every = queries.to_check(by=request.actor, first=first, last=last)
    if sum(map(len, every.values())) > MOST_NOW:  # what was never checked comes first
        every = (
            queries.to_check(by=request.actor, first=first, last=last, states=("open",)) or every
        )
    found = _some(every, MOST_NOW)
    _commit(request, found, PrepareClaims)
    n = sum(map(len, found.values()))
    messages.success(
        request, ngettext("{n} claim was checked.", "{n} claims were checked.", n).format(n=n)
    )
    _say_left(request, sum(map(len, every.values())) - n)
    return redirect(f"{reverse('claims-closing')}?first={first}&last={last}")


@screen(right=queries.SEND)
@require_POST
def send_all(request: ActorRequest) -> HttpResponse:
    """Agree to the sending of every claim of the span that is ready; sign what waits for a key."""
    first, last = words.span(request.POST)
    every = queries.to_send(by=request.actor, first=first, last=last)
    found = _some(every, MOST_NOW)
    receipts = _commit(request, found, ApproveClaims)
    problems = [words.said(r.refusal) for r in receipts if r.refusal is not None]
    problems += _sign(request)
    if problems:
        return _show(request, problems)
    n = sum(map(len, found.values()))
    messages.success(
        request,
        ngettext(
            "{n} file goes to the portal in its turn.",
            "{n} files go to the portal in their turn.",
            n,
        ).format(n=n),
    )
    _say_left(request, sum(map(len, every.values())) - n)
    return redirect(f"{reverse('claims-closing')}?first={first}&last={last}")


def _say_left(request: ActorRequest, left: int) -> None:
    if left > 0:
        messages.warning(request, ngettext(
            "{n} more claim is left: press again, or let the operator run `tuyen claims close`.",
            "{n} more claims are left: press again, or let the operator run `tuyen claims close`.",
            left,
        ).format(n=left))  # fmt: skip


def _some(found: Mapping[UUID, list[UUID]], most: int) -> dict[UUID, list[UUID]]:
    """The first of them, so many in all."""
    some: dict[UUID, list[UUID]] = {}
    for unit, ids in found.items():
        if most > 0:
            some[unit] = ids[:most]
            most -= len(some[unit])
    return some


def _commit(
    request: ActorRequest,
    found: Mapping[UUID, list[UUID]],
    kind: type[PrepareClaims] | type[ApproveClaims],
) -> list[Receipt]:
    now = clock.now()
    operations = [
        Operation.of(
            kind(claims=tuple(ids[n : n + AT_ONCE])), unit=unit, happened_on=now.date(),
            recorded_at=now,
        )
        for unit, ids in found.items()
        for n in range(0, len(ids), AT_ONCE)
    ]  # fmt: skip
    return commit(by=request.actor, operations=operations, at=now) if operations else []


def _sign(request: ActorRequest) -> list[str]:
    """Sign what somebody agreed to and no key was there for; why not, if not."""
    first, last = words.span(request.POST)
    waiting = queries.listed(by=request.actor, first=first, last=last, states=("approved",))
    ids = [row.id for row in waiting if policies.may(request.actor, queries.SEND, row.unit)]
    if not ids:
        return []
    try:
        tasks.sign(ids, clock.now())
    except Refusal as refusal:
        return [words.said(refusal)]
    return []


def _show(request: ActorRequest, problems: list[str] | None = None) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    first, last = words.span(asked)
    by = request.actor
    counts = queries.states(by=by, first=first, last=last)
    faulty = queries.listed(by=by, first=first, last=last, states=("faulty",), limit=50)
    cards = queries.entitlements(by=by, first=first, last=last)
    doubtful = queries.unconfirmed(by=by, first=first, last=last)
    context = {
        "tabs": tabs(request), "first": first, "last": last, "problems": problems or [],
        "states": [(*words.state(code), counts[code],
                    f"{reverse('claims-list')}?state={code}&first={first}&last={last}")
                   for code in words.STATES if code in counts],
        "unchecked": counts.get("open", 0), "ready": counts.get("ready", 0),
        "faulty": [(row.id, row.person, row.day, row.errors + row.missing) for row in faulty],
        "cards": card_counts(cards, f"first={first}&last={last}"),
        "unconfirmed": [(row.id, row.person, row.day, *words.entitlement(row.entitlement)) for row in doubtful],
        "outbox": queries.desk(by=by, on=clock.today()).outbox, "as_of": clock.now(),
        "may_send": policies.may(by, queries.SEND), "every": sum(counts.values()),
    }  # fmt: skip
    if named := [row.person_id for row in [*faulty, *doubtful] if row.person]:
        from tuyen.apps.access import services as accounts

        accounts.record_search(by=by, subject="registry.person", ids=named, at=clock.now())
    return render(request, "claims/closing.html", context, status=422 if problems else 200)
