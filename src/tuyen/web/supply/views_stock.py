"""What lies where: by place and item, by lot, by expiry."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.supply import queries
from tuyen.apps.supply.queries import HeldLot
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, words
from tuyen.web.supply.listing import Listing, answer, item_filter, unit_filter
from tuyen.web.tables import Column
from tuyen.web.typed import whole

READ = queries.READ


def tabs(request: ActorRequest) -> list[tuple[str, str, str]]:
    """The pages of the stock."""
    return [
        ("stock", _("By place"), reverse("stock")),
        ("lots", _("Lots"), reverse("stock-lots")),
        ("expiries", _("Expiries"), reverse("stock-expiries")),
        ("orders", _("Levels and orders"), reverse("stock-orders")),
        ("need", _("Need"), reverse("stock-need")),
        ("transfers", _("Transfers"), reverse("stock-transfers")),
    ]


def actions(request: ActorRequest) -> list[tuple[str, str, str]]:
    """What the reader may write into the ledger."""
    found = []
    if policies.may(request.actor, queries.MOVE):
        found += [(_("Receive"), reverse("stock-receive"), "plus"),
                  (_("Send"), reverse("stock-send"), "export")]  # fmt: skip
    if policies.may(request.actor, queries.COUNT):
        found.append((_("Count"), reverse("stock-count"), "verify"))
    return found


def filters(request: ActorRequest) -> tuple[Any, str, list[dict[str, Any]]]:
    """(unit, item, the fields to choose them) as the address says."""
    units = forms.units(request, READ)
    unit = words.as_uuid(request.GET.get("unit", ""))
    item = request.GET.get("item", "")
    shown = [item_filter(words.items(), item)]
    if len(units) > 1:
        shown.insert(0, unit_filter(units, str(unit or "")))
    return unit, item, shown


@screen(right=READ)
@require_GET
def stock(request: ActorRequest) -> HttpResponse:
    """Each item at each of the reader's units."""
    unit, item, shown = filters(request)
    found = queries.stock(
        by=request.actor, on=clock.today(), unit=unit, item=item, items=rules.immunisation()
    )
    promised = queries.promised(by=request.actor)
    columns = [
        Column(key="item", label=_("Item"), head=True, href="_href"),
        Column(key="place", label=_("Held at")),
        Column(key="usable", label=_("Vials"), kind="number"),
        Column(key="doses", label=_("Doses"), kind="number"),
        Column(key="soonest", label=_("First expiry"), kind="day"),
        Column(key="open", label=_("Opened vials"), kind="number"),
        Column(key="quarantined", label=_("Set apart"), kind="number"),
        Column(key="suspended", label=_("Suspended"), kind="number"),
        Column(key="expired", label=_("Expired"), kind="number"),
        Column(key="coming", label=_("On the way here"), kind="number"),
        Column(key="promised", label=_("Promised to a response"), kind="number"),
    ]
    rows = [
        {
            "item": words.item(row.item), "place": row.unit_name, "usable": row.usable,
            "doses": row.doses, "soonest": row.soonest, "open": row.open,
            "quarantined": row.quarantined, "suspended": row.suspended, "expired": row.expired,
            "coming": row.coming, "promised": promised.get((row.unit, row.item), 0),
            "_href": f"{reverse('stock-lots')}?unit={row.unit}&item={row.item}",
        }
        for row in found
    ]  # fmt: skip
    listing = Listing(
        part="stock", title=_("Vaccine stock"),
        lead=_("Vials of vaccines and diluents, as the ledger stands."), columns=columns, rows=rows,
        empty=(_("Nothing lies here yet"),
               _("Receive a lot, or wait for a transfer: then it stands here.")),
        actions=actions(request), filters=shown, notes=_warnings(found),
    )  # fmt: skip
    return answer(request, listing, tabs(request))


def _warnings(found: Iterable[queries.StockRow]) -> list[tuple[str, str]]:
    rows = list(found)
    notes = []
    if suspended := sum(row.suspended for row in rows):
        notes.append(("bad", ngettext(
            "{n} vial is of a suspended lot: leave it apart.",
            "{n} vials are of suspended lots: leave them apart.", suspended,
        ).format(n=suspended)))  # fmt: skip
    if expired := sum(row.expired for row in rows):
        notes.append(("warn", ngettext(
            "{n} vial has expired: destroy it.", "{n} vials have expired: destroy them.", expired,
        ).format(n=expired)))  # fmt: skip
    return notes


LOT_COLUMNS = (
    ("number", "text"), ("item", "text"), ("place", "text"), ("held", "text"), ("state", "text"),
    ("vials", "number"), ("expires", "day"), ("left", "number"), ("stage", "number"), ("maker", "text"),
)  # fmt: skip


def lot_columns() -> list[Column]:
    """The columns of lots."""
    labels = {
        "number": _("Lot"), "item": _("Item"), "place": _("Held at"), "held": _("Kept in"),
        "state": _("State"), "vials": _("Quantity"), "expires": _("Expires"),
        "left": _("Days left"), "stage": _("VVM"), "maker": _("Maker"),
    }  # fmt: skip
    return [
        Column(key=key, label=labels[key], kind=kind, head=key == "number",  # type: ignore[arg-type]
               href="_href" if key == "number" else "")
        for key, kind in LOT_COLUMNS
    ]  # fmt: skip


def lot_row(held: HeldLot, on: date) -> dict[str, Any]:
    """A lot at a place, as a row."""
    state = words.word(words.STATE, held.state)
    if held.expires_on < on:
        state = _("expired")
    elif held.suspended_on is not None:
        state = _("suspended")
    return {
        "number": held.number, "item": words.item(held.item), "place": held.unit_name,
        "held": held.held_name or "–", "state": state, "vials": held.vials,
        "expires": held.expires_on, "left": held.days_left(on), "stage": held.stage,
        "maker": held.maker or "–", "_href": reverse("lot", args=[held.lot]),
    }  # fmt: skip


@screen(right=READ)
@require_GET
def lots(request: ActorRequest) -> HttpResponse:
    """Every lot at every place of the reader's, by place and item."""
    unit, item, shown = filters(request)
    on = clock.today()
    found = queries.lots_at(
        by=request.actor, on=on, unit=unit, item=item, items=rules.immunisation()
    )
    listing = Listing(
        part="lots", title=_("Lots"), lead=_("Each lot where it lies, with its whole journey behind it."),
        columns=lot_columns(), rows=[lot_row(one, on) for one in found],
        empty=(_("No lot lies here"), _("Receive a lot, or wait for a transfer: then it stands here.")),
        actions=actions(request), filters=shown,
    )  # fmt: skip
    return answer(request, listing, tabs(request))


@screen(right=READ)
@require_GET
def expiries(request: ActorRequest) -> HttpResponse:
    """What expires within half a year, the first to expire first."""
    unit, _item, shown = filters(request)
    on = clock.today()
    levels = rules.levels("", on)
    within = whole(request.GET.get("within", "")) or levels.near_days
    found = queries.expiries(
        by=request.actor, on=on, within=min(within, 3650), unit=unit, items=rules.immunisation()
    )
    choice = {
        "name": "within", "label": _("Within"), "given": str(within), "any": "",
        "options": [(str(levels.critical_days), _("three months")),
                    (str(levels.near_days), _("six months")), ("366", _("a year"))],
    }  # fmt: skip
    listing = Listing(
        part="expiries", title=_("Expiries"),
        lead=_("Use what expires first, or send it to where it will be used in time."),
        columns=lot_columns(), rows=[lot_row(one, on) for one in found],
        empty=(_("Nothing expires in this time"), ""), actions=actions(request),
        filters=[*(f for f in shown if f["name"] == "unit"), choice],
    )  # fmt: skip
    return answer(request, listing, tabs(request))
