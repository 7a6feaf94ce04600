"""The desk of claims, and the list of a span."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.claims import queries
from tuyen.web.access import ActorRequest, screen
from tuyen.web.claims import words
from tuyen.web.tables import Column
from tuyen.web.typed import whole

READ = queries.READ
PAGE = 100


def tabs(request: ActorRequest) -> list[tuple[str, str, str]]:
    """The pages of the room."""
    found = [
        ("desk", _("Claims desk"), reverse("claims")),
        ("list", _("All claims"), reverse("claims-list")),
        ("closing", _("Check and send"), reverse("claims-closing")),
        ("denials", _("Refusals of the insurer"), reverse("claim-denials")),
        ("catalogues", _("Prices and facts"), reverse("claim-catalogues")),
    ]
    may_close = any(policies.may(request.actor, right) for right in (queries.PREPARE, queries.SEND))
    return [one for one in found if one[0] != "closing" or may_close]


@screen(right=READ)
@require_GET
def desk(request: ActorRequest) -> HttpResponse:
    """What waits, what is late, what lacks, what is at risk."""
    by, on = request.actor, clock.today()
    found = queries.desk(by=by, on=on)
    lacks = queries.lacking(by=by, on=on)
    states = [
        (*words.state(code), found.counts[code], f"{reverse('claims-list')}?state={code}&first=2024-01-01")
        for code in words.STATES
        if code in found.counts
    ]  # fmt: skip
    context = {
        "tabs": tabs(request), "desk": found, "states": states, "as_of": clock.now(),
        "lacks": [(one, *words.place(one.where, visit=None, person=None, unit=one.unit))
                  for one in lacks[:12]],
        "more_lacks": max(0, len(lacks) - 12), "risks": queries.at_risk(by=by, on=on)[:12],
        "why": _(words.OUTCOMES[found.outbox.why]) if found.outbox.why in words.OUTCOMES else "",
        "today": on, "check_ins": [(*words.check_in(code), found.check_ins[code],
            f"{reverse('claims-list')}?check_in={code}&first=2024-01-01")
            for code in words.CHECK_INS if code in found.check_ins and code != "accepted"],
        "cards": card_counts(queries.entitlements(by=by)),
    }  # fmt: skip
    return render(request, "claims/desk.html", context)


def card_counts(
    found: dict[str, int], span: str = "first=2024-01-01"
) -> list[tuple[str, str, int, str]]:
    """(words, tone, claims, their list) of cards that were not confirmed, of claims not sent."""
    return [
        (
            *words.entitlement(code),
            found[code],
            f"{reverse('claims-list')}?entitlement={code}&{span}",
        )
        for code in words.ENTITLEMENTS
        if code in found
    ]


@screen(right=READ)
@require_GET
def listed(request: ActorRequest) -> HttpResponse:
    """The claims of a span of days."""
    first, last = words.span(request.GET)
    state, check_in = request.GET.get("state", ""), request.GET.get("check_in", "")
    entitlement = request.GET.get("entitlement", "")
    rows = queries.listed(
        by=request.actor,
        first=first,
        last=last,
        states=(state,) if state in words.STATES else (),
        check_in=check_in if check_in in words.CHECK_INS else "",
        entitlement=entitlement if entitlement in words.ENTITLEMENTS else "",
    )
    page = max(1, whole(request.GET.get("page", "1")) or 1)
    pages = max(1, -(-len(rows) // PAGE))
    shown = rows[(min(page, pages) - 1) * PAGE : min(page, pages) * PAGE]
    named = [row.person_id for row in shown if row.person]
    if named:
        accounts.record_search(
            by=request.actor, subject="registry.person", ids=named, at=clock.now()
        )
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "tabs": tabs(request), "columns": _columns(), "rows": [_row(row) for row in shown],
        "first": first, "last": last, "state": state, "page": min(page, pages), "pages": pages,
        "rest": query.urlencode(), "as_of": clock.now(), "total": len(rows),
        "check_in": check_in, "entitlement": entitlement,
        "entitlements": [(code, words.entitlement(code)[0]) for code in words.ENTITLEMENTS],
        "check_ins": [(code, words.check_in(code)[0]) for code in words.CHECK_INS],
        "states": [(code, words.state(code)[0]) for code in words.STATES
                   if code not in ("waiting", "withdrawn", "corrected")],
    }  # fmt: skip
    return render(request, "claims/list.html", context)


def _columns() -> list[Column]:
    return [
        Column(key="person", label=_("Patient"), head=True, href="_href"),
        Column(key="day", label=_("Visit ended"), kind="day"),
        Column(key="unit", label=_("Facility")),
        Column(key="state", label=_("State")),
        Column(key="errors", label=_("Errors"), kind="number"),
        Column(key="total", label=_("Total, VND"), kind="number"),
        Column(key="fund", label=_("Fund pays, VND"), kind="number"),
        Column(key="due", label=_("Send by"), kind="day"),
    ]


def _row(row: queries.ClaimRow) -> dict[str, Any]:
    told = words.state(row.state)[0]
    if row.amended:
        told = _("{state}; amended since").format(state=told)
    return {
        "_href": reverse("claim", args=[row.id]),
        "person": row.person or _("A person whom you may not read"), "day": row.day,
        "unit": row.unit_name, "state": told, "errors": row.errors + row.missing,
        "total": row.total, "fund": row.fund, "due": row.correct_by or row.due_on,
    }  # fmt: skip
