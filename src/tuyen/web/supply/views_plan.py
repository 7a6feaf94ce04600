"""Levels, orders and need: what to ask for, and what it is reckoned from."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import SetLevel
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, views_stock, words
from tuyen.web.supply.listing import Listing, answer
from tuyen.web.tables import Column
from tuyen.web.typed import whole

READ = queries.READ


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def orders(request: ActorRequest) -> HttpResponse:
    """Each item between its levels, what lasts shortest first; a unit's own levels are set here."""
    problems: list[str] = []
    if request.method == "POST":
        problems = _set_level(request)
        if not problems:
            messages.success(request, _("The levels are kept."))
            return redirect(request.get_full_path())
    unit, item, shown = views_stock.filters(request)
    found = queries.orders(by=request.actor, on=clock.today(), unit=unit)
    due = [row for row in found if row.order]
    only = request.GET.get("due", "")
    columns = [
        Column(key="item", label=_("Item"), head=True, href="_href"),
        Column(key="place", label=_("Held at")),
        Column(key="hand", label=_("Vials"), kind="number"),
        Column(key="coming", label=_("On the way here"), kind="number"),
        Column(key="expiring", label=_("Will expire unused"), kind="number"),
        Column(key="need", label=_("Need a month"), kind="number"),
        Column(key="used", label=_("Used a month"), kind="number"),
        Column(key="days", label=_("Lasts days"), kind="number"),
        Column(key="least", label=_("Least"), kind="number"),
        Column(key="most", label=_("Most"), kind="number"),
        Column(key="order", label=_("To order"), kind="number"),
    ]
    rows = [
        {
            "item": words.item(row.item), "place": row.unit_name, "hand": row.on_hand,
            "coming": row.coming, "expiring": row.expiring, "need": round(row.need_a_month, 1),
            "used": round(row.used_a_month, 1),
            "days": None if row.days_left is None else int(row.days_left), "least": row.least,
            "most": row.most, "order": row.order,
            "_href": f"{reverse('stock-lots')}?unit={row.unit}&item={row.item}",
        }
        for row in (due if only else found)
        if not item or row.item == item
    ]  # fmt: skip
    choice = {
        "name": "due", "label": _("Show"), "given": only, "any": _("Everything"),
        "options": [("1", _("Only what is to be ordered"))],
    }  # fmt: skip
    may = policies.may(request.actor, queries.COUNT)
    listing = Listing(
        part="orders", title=_("Levels and orders"),
        lead=_("Months of need are this project's proposal, open to change; the reserve of six months is the law's."),
        columns=columns, rows=rows, filters=[*shown, choice], actions=views_stock.actions(request),
        empty=(_("Nothing to order"), _("Every item stands above its least level.")),
        notes=[("bad", text) for text in problems],
        more={"level_units": forms.units(request, queries.COUNT) if may else [],
              "level_items": words.items(), "given": request.POST},
    )  # fmt: skip
    response = answer(request, listing, views_stock.tabs(request), "supply/orders.html")
    response.status_code = 422 if problems else response.status_code
    return response


def _set_level(request: ActorRequest) -> list[str]:
    unit = forms.chosen(request, queries.COUNT, "level_unit")
    least, most = (whole(request.POST.get(name, "")) for name in ("least", "most"))
    if unit is None:
        return [_("Choose one of your places.")]
    if least is None or most is None:
        return [_("Write the levels as whole numbers of vials.")]
    item = request.POST.get("level_item", "")[:40] or "-"
    return forms.send(request, SetLevel(item=item, least=least, most=most), unit)


@screen(right=READ)
@require_GET
def need(request: ActorRequest) -> HttpResponse:
    """The need of the coming months, reckoned session by session from the birth cohorts."""
    unit, item, shown = views_stock.filters(request)
    months = whole(request.GET.get("months", "")) or 6
    months = min(max(months, 1), 36)
    found = queries.needs(by=request.actor, on=clock.today(), months=months, unit=unit)
    columns = [
        Column(key="item", label=_("Item"), head=True),
        Column(key="place", label=_("Held at")),
        Column(key="births", label=_("Births a year"), kind="number"),
        Column(key="doses", label=_("Doses"), kind="number"),
        Column(key="vials", label=_("Vials"), kind="number"),
        Column(key="wastage", label=_("Wastage"), kind="percent"),
        Column(key="carried", label=_("Vials a session carries"), kind="number"),
        Column(key="source", label=_("Births known from")),
    ]
    rows: list[dict[str, Any]] = [
        {
            "item": words.item(row.item), "place": row.unit_name, "births": round(row.births),
            "doses": round(row.doses), "vials": round(row.vials), "wastage": row.wastage,
            "carried": row.carried,
            "source": _("infants on record") if row.counted else _("the birth rate"),
        }
        for row in found
        if not item or row.item == item
    ]  # fmt: skip
    choice = {
        "name": "months", "label": _("Months"), "given": str(months), "any": "",
        "options": [(str(n), str(n)) for n in (1, 3, 6, 12, 24)],
    }  # fmt: skip
    listing = Listing(
        part="need", title=_("Need"),
        lead=_("Vials are rounded up in every session, not once a month: what a session opens and does not use is lost."),
        columns=columns, rows=rows, filters=[*shown, choice],
        empty=(_("No cohort is known here"), _("The need follows from the infants of the areas that a unit serves.")),
    )  # fmt: skip
    return answer(request, listing, views_stock.tabs(request))
