"""A lot with its whole journey, and what is decided about its vials."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.immunization.queries import aefi as doses
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import (
    AdjustStock,
    DiscardStock,
    LiftSuspension,
    QuarantineStock,
    ReadVialMonitor,
    ReleaseStock,
    SuspendLot,
)
from tuyen.kernel.operation import Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, views_stock, words
from tuyen.web.supply.listing import Listing, as_csv
from tuyen.web.tables import Column
from tuyen.web.typed import whole

READ, COUNT, DECIDE, SUSPEND = queries.READ, queries.COUNT, queries.DECIDE, queries.SUSPEND


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def lot(request: ActorRequest, id: UUID) -> HttpResponse:
    """One lot: where its vials are, how they came there, and what is done with them."""
    by, on = request.actor, clock.today()
    page = queries.lot(by=by, id=id, on=on)
    if page is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        problems = _act(request, page)
        if not problems:
            messages.success(request, _("Written into the ledger."))
            return redirect("lot", id=id)
    journey = _journey(page)
    if request.GET.get("form") == "csv":
        return as_csv(journey)
    mine = [held for held in page.held if policies.may(by, COUNT, held.unit)]
    context = {
        "page": page, "item": words.item(page.item), "problems": problems, "as_of": clock.now(),
        "columns": views_stock.lot_columns()[2:9], "tabs": views_stock.tabs(request),
        "rows": [views_stock.lot_row(held, on) for held in page.held],
        "journey": journey, "given": request.POST, "left": (page.expires_on - on).days,
        "mine": [(f"{h.unit}|{h.held_in}|{h.state}", _where(h)) for h in mine],
        "acts": _acts(request, mine), "reasons": [(r, words.REASON[r]) for r in words.DISCARD],
        "stopped": _stopped(request, page),
        "may_suspend": policies.may(by, SUSPEND), "may_lift": policies.may(by, DECIDE),
        "trail": [(_("Lots"), reverse("stock-lots")), (page.number, None)],
    }  # fmt: skip
    return render(request, "supply/lot.html", context, status=422 if problems else 200)


def _stopped(request: ActorRequest, page: queries.LotPage) -> bool:
    """Whether the lot may be used by the stock, and doses of it still may not be given."""
    if page.suspended_on is not None:
        return False
    lot = (page.vaccine, page.number.upper())
    return any((one.vaccine, one.lot) == lot for one in doses.holds(by=request.actor))


def _where(held: queries.HeldLot) -> str:
    name = f"{held.unit_name}, {held.held_name}" if held.held_name else held.unit_name
    return f"{name}: {held.vials} {words.word(words.STATE, held.state)}"


def _acts(request: ActorRequest, mine: list[queries.HeldLot]) -> list[tuple[str, str]]:
    if not mine:
        return []
    acts = [
        ("quarantine", _("Set apart")),
        ("discard", _("Destroy")),
        ("vvm", _("Stage of the vial monitor")),
        ("adjust", _("More or fewer than the ledger says")),
    ]
    if policies.may(request.actor, DECIDE):
        acts.append(("release", _("Release what was set apart")))
    return acts


def _journey(page: queries.LotPage) -> Listing:
    columns = [
        Column(key="at", label=_("At what time"), kind="moment", head=True),
        Column(key="kind", label=_("What")),
        Column(key="vials", label=_("Quantity"), kind="number"),
        Column(key="source", label=_("From")),
        Column(key="target", label=_("To")),
        Column(key="reason", label=_("Reason")),
        Column(key="note", label=_("Note")),
        Column(key="author", label=_("Entered by")),
    ]
    rows = [
        {
            "at": row.at, "kind": words.word(words.KIND, row.kind), "vials": row.vials,
            "source": _end(row.from_name, row.from_state), "target": _end(row.to_name, row.to_state),
            "reason": words.word(words.REASON, row.reason) or "–", "note": row.note or "–",
            "author": row.author or "–",
        }
        for row in page.journey
    ]  # fmt: skip
    return Listing(
        part="lots", title=_("Journey of the lot, the newest first"), lead="", columns=columns,
        rows=rows, empty=(_("No movement"), ""), file=f"lot-{page.number}",
    )  # fmt: skip


def _end(name: str, state: str) -> str:
    return f"{name} ({words.word(words.STATE, state)})"


def _act(request: ActorRequest, page: queries.LotPage) -> list[str]:
    """What a form of the page asks for; the sentences of what stands in its way."""
    what, reason = request.POST.get("what", ""), request.POST.get("reason", "").strip()[:500]
    if what in ("suspend", "lift"):
        right = SUSPEND if what == "suspend" else DECIDE
        unit = next((i for i, _name in forms.units(request, right)), None)
        if unit is None:
            return [_("Your post does not decide about lots.")]
        if len(reason) < 3:
            return [_("Write the reason.")]
        kind = SuspendLot if what == "suspend" else LiftSuspension
        return forms.send(request, kind(lot=page.id, reason=reason), unit)
    where = request.POST.get("where", "").split("|")
    unit, holder = (words.as_uuid(part) for part in (*where, "", "")[:2])
    if unit is None or holder is None or len(where) != 3:
        return [_("Choose where it lies.")]
    payload, problem = _payload(request, page.id, what, holder, where[2], reason)
    return forms.send(request, payload, unit) if payload is not None else [problem]


def _payload(
    request: ActorRequest, lot: UUID, what: str, holder: UUID, state: str, reason: str
) -> tuple[Payload | None, str]:
    given = request.POST
    vials = whole(given.get("vials", ""), signed=what == "adjust")
    if what == "vvm":
        stage = forms.stage(given.get("vials", ""))
        if stage is None:
            return None, _("Write the stage of the monitor: 1, 2, 3 or 4.")
        return ReadVialMonitor(lot=lot, stage=stage, held_in=holder), ""
    if not vials:
        return None, _("Write how many, as a whole number.")
    if what == "discard":
        why = given.get("why", "other")
        if state not in ("usable", "open", "quarantined") or why not in words.DISCARD:
            return None, _("Choose what was done.")
        return DiscardStock(
            lot=lot, vials=vials, reason=why, state=state, held_in=holder, note=reason  # type: ignore[arg-type]
        ), ""  # fmt: skip
    if len(reason) < 3:
        return None, _("Write the reason.")
    match what:
        case "quarantine":
            return QuarantineStock(lot=lot, vials=vials, reason=reason, held_in=holder), ""
        case "release":
            return ReleaseStock(lot=lot, vials=vials, reason=reason, held_in=holder), ""
        case "adjust":
            return AdjustStock(lot=lot, change=vials, reason=reason, held_in=holder), ""
    return None, _("Choose what was done.")
