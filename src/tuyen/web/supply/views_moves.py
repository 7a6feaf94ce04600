"""Vials in, out and counted: forms that are quick at the keyboard."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import (
    ArrivedLine,
    CountedLine,
    CountStock,
    ReceiveLot,
    ReceiveTransfer,
    SendStock,
    SentLine,
)
from tuyen.apps.supply.places import HOLDING
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, views_medicines, views_stock, words
from tuyen.web.supply.listing import Listing, answer
from tuyen.web.tables import Column
from tuyen.web.typed import whole

READ, MOVE, COUNT = queries.READ, queries.MOVE, queries.COUNT


def _listed(request: ActorRequest) -> str:
    """Which list a form is about: "medicines", or "" for what immunisation takes."""
    given = request.POST.get("list", request.GET.get("list", ""))
    return "medicines" if given == "medicines" else ""


def _codes(listed: str) -> tuple[str, ...]:
    return tuple(rules.medicines()) if listed else rules.immunisation()


def _tabs(request: ActorRequest, listed: str, unit: UUID | None) -> list[tuple[str, str, str]]:
    return views_medicines.tabs(request, unit) if listed else views_stock.tabs(request)


@screen(right=MOVE)
@require_http_methods(["GET", "POST"])
def receive(request: ActorRequest) -> HttpResponse:
    """Vials or medicines from outside; after one lot the form stands ready for the next."""
    unit, listed = forms.chosen(request, MOVE), _listed(request)
    problems: list[str] = []
    if request.method == "POST" and unit is not None:
        payload = _received(request, problems)
        problems = problems or forms.send(request, payload, unit) if payload else problems
        if not problems and payload is not None:
            messages.success(request, _("Lot {lot}: {n} received.").format(
                lot=payload.number, n=payload.vials
            ))  # fmt: skip
            return redirect(f"{reverse('stock-receive')}?unit={unit}&list={listed}")
    context = {
        "units": forms.units(request, MOVE), "unit": str(unit or ""), "items": words.items(listed),
        "fridges": forms.fridges(request, unit), "problems": problems,
        "given": request.POST or request.GET, "listed": listed,
        "tabs": _tabs(request, listed, unit), "back": reverse("medicines" if listed else "stock"),
    }  # fmt: skip
    return render(request, "supply/receive.html", context, status=422 if problems else 200)


def _received(request: ActorRequest, problems: list[str]) -> ReceiveLot | None:
    given = request.POST
    expires, vials = forms.day(given.get("expires", "")), whole(given.get("vials", ""))
    number = given.get("number", "").strip()[:40]
    if not number:
        problems.append(_("Write the number of the lot as it stands on the pack."))
    if expires is None:
        problems.append(_("Write the last day as 31/12/2027."))
    if not vials:
        problems.append(_("Write how many came, as a whole number."))
    if problems or expires is None or vials is None:
        return None
    return ReceiveLot(
        item=given.get("item", "")[:40] or "-", number=number, expires_on=expires, vials=vials,
        maker=given.get("maker", "").strip()[:120], diluent=given.get("diluent", "").strip()[:40],
        vvm=forms.stage(given.get("vvm", "")), into=words.as_uuid(given.get("into", "")),
        document=given.get("document", "").strip()[:120],
    )  # fmt: skip


@screen(right=MOVE)
@require_http_methods(["GET", "POST"])
def send_away(request: ActorRequest) -> HttpResponse:
    """Vials to another place; what expires first is proposed for the number that is asked for."""
    by, on, unit = request.actor, clock.today(), forms.chosen(request, MOVE)
    listed = _listed(request)
    problems: list[str] = []
    if request.method == "POST" and unit is not None:
        payload = _sent(request, problems)
        if payload is not None:
            problems = forms.send(request, payload, unit)
            if not problems:
                messages.success(request, _("It is on the way until the other place receives it."))
                return redirect("stock-transfers")
    item, wanted = request.GET.get("item", ""), whole(request.GET.get("vials", ""))
    proposed, lacking = {}, 0
    if unit is not None and item and wanted:
        taken, lacking = queries.proposal(by=by, unit=unit, item=item, vials=wanted, on=on)
        proposed = {_key(held): many for held, many in taken}
    rows = []
    for held in (
        queries.lots_at(
            by=by, on=on, unit=unit, states=("usable", "quarantined"), items=_codes(listed)
        )
        if unit
        else ()
    ):
        if held.state == "usable" and (held.suspended_on is not None or held.expires_on < on):
            continue
        rows.append({
            "held": held, "item": words.item(held.item), "key": _key(held),
            "state": words.word(words.STATE, held.state),
            "value": request.POST.get(_key(held), proposed.get(_key(held), "")),
        })  # fmt: skip
    map_ = registry.atlas()
    context = {
        "units": forms.units(request, MOVE), "unit": str(unit or ""), "rows": rows,
        "places": [(str(id), map_.full_name(id, on)) for id in map_.units(HOLDING, on) if id != unit],
        "to": request.POST.get("to", request.GET.get("to", "")), "problems": problems,
        "items": words.items(listed), "listed": listed, "item": item, "wanted": wanted or "", "lacking": lacking,
        "note": request.POST.get("note", ""), "tabs": _tabs(request, listed, unit),
    }  # fmt: skip
    return render(request, "supply/send.html", context, status=422 if problems else 200)


def _key(held: queries.HeldLot) -> str:
    return f"v-{held.lot}-{held.held_in}-{held.state}"


def _typed_lines(request: ActorRequest) -> list[tuple[UUID, UUID, str, str]]:
    """(lot, holder, state, what was typed) of the fields that hold something."""
    found = []
    for name, text in request.POST.items():
        if name.startswith("v-") and isinstance(text, str) and text.strip():
            lot, holder = words.as_uuid(name[2:38]), words.as_uuid(name[39:75])
            if lot is not None and holder is not None:
                found.append((lot, holder, name[76:], text))
    return found


def _sent(request: ActorRequest, problems: list[str]) -> SendStock | None:
    to = words.as_uuid(request.POST.get("to", ""))
    lines = []
    for lot, holder, state, text in _typed_lines(request):
        vials = whole(text)
        if vials is None or state not in ("usable", "quarantined"):
            problems.append(_("{text} is no whole number.").format(text=text[:20]))
        elif vials:
            lines.append(SentLine(lot=lot, vials=vials, out_of=holder, state=state))  # type: ignore[arg-type]
    if to is None:
        problems.append(_("Choose where it goes."))
    if not lines:
        problems.append(_("Write how many of which lot go."))
    if problems or to is None:
        return None
    return SendStock(
        to=to, lines=tuple(lines[:100]), note=request.POST.get("note", "").strip()[:500]
    )


@screen(right=READ)
@require_GET
def transfers(request: ActorRequest) -> HttpResponse:
    """What is on the way between places, and what arrived."""
    state = request.GET.get("state", "")
    found = queries.transfers(by=request.actor, state=state if state in words.TRANSFER else "")
    columns = [
        Column(key="sent", label=_("Sent"), kind="moment", head=True, href="_href"),
        Column(key="source", label=_("From")),
        Column(key="target", label=_("To")),
        Column(key="what", label=_("What")),
        Column(key="vials", label=_("Quantity"), kind="number"),
        Column(key="state", label=_("State")),
        Column(key="received", label=_("Received"), kind="moment"),
        Column(key="short", label=_("Missing"), kind="number"),
    ]
    rows = [
        {
            "sent": row.sent_at, "source": row.from_name, "target": row.to_name,
            "what": ", ".join(dict.fromkeys(words.item(line.item) for line in row.lines)),
            "vials": row.vials, "state": words.word(words.TRANSFER, row.state),
            "received": row.received_at, "short": row.short,
            "_href": reverse("stock-transfer", args=[row.id]),
        }
        for row in found
    ]  # fmt: skip
    choice = {
        "name": "state", "label": _("State"), "given": state, "any": _("All"),
        "options": list(words.TRANSFER.items()),
    }  # fmt: skip
    listing = Listing(
        part="transfers", title=_("Transfers"),
        lead=_("The one sends, the other says what came; a difference is told with its reason."),
        columns=columns, rows=rows, filters=[choice], actions=views_stock.actions(request),
        empty=(_("Nothing was sent yet"), _("What one place sends to another stands here.")),
    )  # fmt: skip
    return answer(request, listing, views_stock.tabs(request))


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def transfer(request: ActorRequest, id: UUID) -> HttpResponse:
    """One transfer; the place that it goes to says here what came."""
    row = queries.transfer(by=request.actor, id=id)
    if row is None:
        raise Http404
    may = row.state == "sent" and policies.may(request.actor, MOVE, row.to_unit)
    problems: list[str] = []
    if request.method == "POST" and may:
        payload = _arrived(request, row, problems)
        if payload is not None:
            problems = forms.send(request, payload, row.to_unit)
            if not problems:
                messages.success(request, _("Received. It lies on your shelf now."))
                return redirect("stock-transfer", id=id)
    lines = [
        {
            "line": line, "item": words.item(line.item), "href": reverse("lot", args=[line.lot]),
            "state": words.word(words.STATE, line.state),
            "arrived": request.POST.get(f"arrived-{line.lot}", line.sent),
            "broken": request.POST.get(f"broken-{line.lot}", 0),
            "vvm": request.POST.get(f"vvm-{line.lot}", ""),
        }
        for line in row.lines
    ]  # fmt: skip
    context = {
        "row": row, "lines": lines, "may": may, "problems": problems, "tabs": views_stock.tabs(request),
        "state": words.word(words.TRANSFER, row.state), "note": request.POST.get("note", ""),
        "fridges": forms.fridges(request, row.to_unit) if may else [], "as_of": clock.now(),
        "into": request.POST.get("into", ""), "back": reverse("stock-transfers"),
    }  # fmt: skip
    return render(request, "supply/transfer.html", context, status=422 if problems else 200)


def _arrived(
    request: ActorRequest, row: queries.TransferRow, problems: list[str]
) -> ReceiveTransfer | None:
    lines, into = [], words.as_uuid(request.POST.get("into", ""))
    for line in row.lines:
        came, broken = (
            whole(request.POST.get(f"{name}-{line.lot}", "") or "0")
            for name in ("arrived", "broken")
        )
        if came is None or broken is None:
            problems.append(_("Lot {lot}: write whole numbers.").format(lot=line.number))
            continue
        stage = forms.stage(request.POST.get(f"vvm-{line.lot}", ""))
        lines.append(ArrivedLine(lot=line.lot, arrived=came, broken=broken, into=into, vvm=stage))
    if problems:
        return None
    note = request.POST.get("note", "").strip()[:500]
    return ReceiveTransfer(transfer=row.id, lines=tuple(lines), note=note)


@screen(right=COUNT)
@require_http_methods(["GET", "POST"])
def count(request: ActorRequest) -> HttpResponse:
    """What was found on the shelves of a place; a field left empty was not counted."""
    by, on, unit = request.actor, clock.today(), forms.chosen(request, COUNT)
    listed = _listed(request)
    problems: list[str] = []
    if request.method == "POST" and unit is not None:
        payload = _counted(request, problems)
        if payload is not None:
            problems = forms.send(request, payload, unit)
            if not problems:
                messages.success(request, _("The count is written into the ledger."))
                return redirect(f"{reverse('medicines' if listed else 'stock-lots')}?unit={unit}")
    rows: list[dict[str, Any]] = [
        {"held": held, "item": words.item(held.item), "key": _key(held),
         "state": words.word(words.STATE, held.state), "value": request.POST.get(_key(held), "")}
        for held in (queries.lots_at(by=by, on=on, unit=unit, items=_codes(listed)) if unit else ())
        if held.item not in rules.controlled()  # counted by two, in a register of their own
    ]  # fmt: skip
    context = {
        "units": forms.units(request, COUNT), "unit": str(unit or ""), "rows": rows,
        "problems": problems, "note": request.POST.get("note", ""), "listed": listed,
        "tabs": _tabs(request, listed, unit),
    }  # fmt: skip
    return render(request, "supply/count.html", context, status=422 if problems else 200)


def _counted(request: ActorRequest, problems: list[str]) -> CountStock | None:
    lines = []
    for lot, holder, state, text in _typed_lines(request):
        vials = whole(text)
        if vials is None or state not in ("usable", "open", "quarantined"):
            problems.append(_("{text} is no whole number.").format(text=text[:20]))
        else:
            lines.append(CountedLine(lot=lot, vials=vials, held_in=holder, state=state))  # type: ignore[arg-type]
    if not lines:
        problems.append(_("Write what you counted beside at least one lot."))
    if problems:
        return None
    return CountStock(lines=tuple(lines[:200]), note=request.POST.get("note", "").strip()[:500])
