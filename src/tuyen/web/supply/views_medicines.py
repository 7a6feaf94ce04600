"""Medicines and consumables of a place: how long they last, what expires, one medicine's card."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import SetLevel
from tuyen.engines.supply.levels import out_rate
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, views_stock, words
from tuyen.web.supply.listing import Listing, answer
from tuyen.web.tables import Column
from tuyen.web.templatetags import figures
from tuyen.web.typed import whole

READ, COUNT, MOVE = queries.READ, queries.COUNT, queries.MOVE
_REGISTER_DAYS = 90


def tabs(request: ActorRequest, unit: UUID | None = None) -> list[tuple[str, str, str]]:
    """The pages of medicines that the reader may open, at the place that is looked at."""
    at = f"?unit={unit}" if unit else ""
    found = [
        ("medicines", _("Medicines"), reverse("medicines") + at),
        ("tracers", _("Tracer medicines"), reverse("medicine-tracers")),
    ]
    if policies.may(request.actor, MOVE):
        found.insert(1, ("dispensing", _("To be handed out"), reverse("dispensing") + at))
    return [
        *found,
        ("shortfalls", _("Differences"), reverse("shortfalls") + at),
        ("controlled", _("Controlled drugs"), reverse("controlled") + at),
        ("equipment-register", _("Equipment"), reverse("equipment-register") + at),
    ]


def choices(request: ActorRequest, right: str = READ) -> tuple[UUID | None, list[dict[str, Any]]]:
    """The place that is looked at, and the field to choose another: one at a time, for a stock over
    several places is nobody's stock."""
    unit, units = forms.chosen(request, right), forms.units(request, right)
    shown = {
        "name": "unit", "label": _("Held at"), "given": str(unit or ""), "any": "",
        "options": [(str(id), name) for id, name in units],
    }  # fmt: skip
    return unit, [shown] if len(units) > 1 else []


@screen(right=READ)
@require_GET
def medicines(request: ActorRequest) -> HttpResponse:
    """Every medicine of a place with its months of stock, what is worst first where it is asked for."""
    on = clock.today()
    unit, shown = choices(request)
    found = queries.medicines(by=request.actor, unit=unit, on=on) if unit else []
    only = request.GET.get("only", "")
    kept = [row for row in found if _kept(row, only)]
    picked = {
        "name": "only", "label": _("Show"), "given": only, "any": _("All medicines"),
        "options": list(words.ONLY.items()),
    }  # fmt: skip
    actions = [] if unit is None else _actions(request, unit)
    listing = Listing(
        part="medicines", title=_("Medicines"), about=_("Medicines"),
        lead=_("Stock by the ledger, and for how many months it lasts by what was used."),
        columns=_columns(), rows=[_shown(row, unit) for row in kept],
        empty=_empty(bool(found)), actions=actions, filters=[*shown, picked],
        notes=_notes(request, found, unit), file="medicines",
    )  # fmt: skip
    return answer(request, listing, tabs(request, unit))


def _empty(any_: bool) -> tuple[str, str]:
    if any_:
        return _("No medicine is like that"), _("Choose another part of the list.")
    return (
        _("No medicine is in the ledger yet"),
        _("Receive what lies on the shelf, one by one or from a file: then it stands here."),
    )


def _actions(request: ActorRequest, unit: UUID) -> list[tuple[str, str, str]]:
    found = []
    if policies.may(request.actor, MOVE, unit):
        found += [
            (_("Receive"), f"{reverse('stock-receive')}?unit={unit}&list=medicines", "plus"),
            (_("From a file"), reverse("medicine-import"), "import"),
        ]
    if policies.may(request.actor, COUNT, unit):
        found.append((_("Count"), f"{reverse('stock-count')}?unit={unit}&list=medicines", "verify"))
    return found


def _kept(row: queries.MedicineRow, only: str) -> bool:
    if only == "tracer":
        return row.item in rules.tracers()
    if only == "near":
        return bool(row.near or row.expired)
    if only == "order":
        return bool(row.order)
    return only not in words.BAND or row.band == only


def _columns() -> list[Column]:
    return [
        Column(key="item", label=_("Medicine"), head=True, href="_href"),
        Column(key="usable", label=_("In stock"), kind="number"),
        Column(key="unit", label=_("Counted in")),
        Column(key="months", label=_("Months of stock"), kind="html"),
        Column(key="band", label=_("State")),
        Column(key="used", label=_("Used a month"), kind="number"),
        Column(key="soonest", label=_("First expiry"), kind="day"),
        Column(key="critical", label=_("Expire within 3 months"), kind="number"),
        Column(key="near", label=_("Expire within 6 months"), kind="number"),
        Column(key="out", label=_("Days without"), kind="number"),
        Column(key="coming", label=_("On the way here"), kind="number"),
        Column(key="order", label=_("To order"), kind="number"),
    ]


def _shown(row: queries.MedicineRow, unit: UUID | None) -> dict[str, Any]:
    return {
        "item": words.item(row.item), "usable": row.usable, "unit": words.counted_in(row.item),
        "months": _bar(row), "band": words.word(words.BAND, row.band),
        "used": round(row.used_a_month, 1), "soonest": row.soonest, "critical": row.critical,
        "near": row.near, "out": row.days_out, "coming": row.coming, "order": row.order,
        "_href": f"{reverse('medicine', args=[row.item])}?unit={unit}",
    }  # fmt: skip


def _bar(row: queries.MedicineRow) -> SafeString:
    """Months of stock as a bar from none to what is too much, and as a number."""
    if row.months is None:
        return format_html("<span>{}</span>", figures.MISSING)
    rule = rules.months(clock.today())
    return format_html(
        '<span class="months"><meter min="0" max="{}" low="{}" high="{}" optimum="{}" value="{}"'
        ' aria-label="{}"></meter> {}</span>',
        rule.over + rule.target_high, rule.low, rule.over, rule.target_low,
        round(min(row.months, rule.over + rule.target_high), 2), _("Months of stock"),
        figures.number(row.months, 1),
    )  # fmt: skip


def _notes(
    request: ActorRequest, rows: Sequence[queries.MedicineRow], unit: UUID | None
) -> list[tuple[str, str]]:
    """What to see to first, and from what the months are reckoned."""
    if unit is None or not rows:
        return []
    tracers, notes = set(rules.tracers()), []
    if gone := sum(row.band == "out" and row.item in tracers for row in rows):
        notes.append(("bad", ngettext(
            "{n} tracer medicine is not on the shelf.", "{n} tracer medicines are not on the shelf.", gone
        ).format(n=gone)))  # fmt: skip
    if near := sum(bool(row.critical) for row in rows):
        notes.append(("warn", ngettext(
            "{n} medicine expires within three months: use it first, or send it where it is used.",
            "{n} medicines expire within three months: use them first, or send them where they are used.",
            near,
        ).format(n=near)))  # fmt: skip
    if short := len(queries.shortfalls(by=request.actor, on=clock.today(), unit=unit)):
        notes.append(("warn", ngettext(
            "{n} difference between what was handed out and the ledger waits to be settled.",
            "{n} differences between what was handed out and the ledger wait to be settled.", short,
        ).format(n=short)))  # fmt: skip
    rate = out_rate([(row.days_out, row.days) for row in rows if row.item in tracers])
    if rate is not None:
        days = max(row.days for row in rows)
        notes.append(("calm", _(
            "Reckoned from {days} days of the ledger. Days without a tracer medicine: {rate}. The limits"
            " of the months are a rule that may be changed; the list of medicines is not verified."
        ).format(days=days, rate=figures.percent(rate))))  # fmt: skip
    return notes


@screen(right=READ)
@require_GET
def tracers(request: ActorRequest) -> HttpResponse:
    """Which stations can hand out which of the tracer medicines today, the fewest first."""
    found = queries.tracers(by=request.actor, on=clock.today())
    columns = [
        Column(key="place", label=_("Held at"), head=True, href="_href"),
        Column(key="present", label=_("On the shelf"), kind="number"),
        Column(key="all", label=_("Of"), kind="number"),
        Column(key="share", label=_("Share"), kind="percent"),
        Column(key="missing", label=_("Missing")),
    ]
    rows = [
        {
            "place": row.unit_name, "present": row.present, "all": row.all, "share": row.share,
            "missing": ", ".join(words.item(item) for item in row.missing) or "–",
            "_href": f"{reverse('medicines')}?unit={row.unit}&only=tracer",
        }
        for row in found
    ]  # fmt: skip
    listing = Listing(
        part="tracers", title=_("Tracer medicines"), about=_("Medicines"),
        lead=_("Twenty medicines and consumables that stand for all; the list is a proposal."),
        columns=columns, rows=rows, file="tracers",
        empty=(_("No station is among your places"), _("Stations and satellite points stand here.")),
    )  # fmt: skip
    return answer(request, listing, tabs(request))


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def medicine(request: ActorRequest, item: str) -> HttpResponse:
    """One medicine: what it is, its lots at a place, and what came and went."""
    facts = rules.medicine(item)
    if facts is None:
        raise Http404
    on = clock.today()
    unit, shown = choices(request)
    problems: list[str] = []
    if request.method == "POST":
        problems = _level(request, item, unit)
        if not problems:
            messages.success(request, _("The levels are kept."))
            return redirect(request.get_full_path())
    by = request.actor
    held = queries.held_of(by=by, item=item, unit=unit, on=on) if unit else []
    row = (
        next((r for r in queries.medicines(by=by, unit=unit, on=on) if r.item == item), None)
        if unit
        else None
    )
    page = queries.register(
        by=by, unit=unit, item=item, first=on - timedelta(_REGISTER_DAYS), last=on
    ) if unit else None  # fmt: skip
    context = {
        "facts": facts, "name": facts.name(words.language()), "row": row, "unit": str(unit or ""),
        "pairs": _facts(request, facts, unit), "counted": words.counted_in(item), "bar": _bar(row) if row else "",
        "band": words.word(words.BAND, row.band) if row else "", "filters": shown,
        "columns": views_stock.lot_columns()[:1] + views_stock.lot_columns()[3:8],
        "rows": [views_stock.lot_row(one, on) for one in held], "as_of": clock.now(),
        "movements": register_rows(page), "register": register_columns(), "problems": problems,
        "trail": [(_("Medicines"), f"{reverse('medicines')}?unit={unit}"), (facts.name(words.language()), None)],
        "may_level": unit is not None and policies.may(by, COUNT, unit), "given": request.POST,
        "actions": _actions(request, unit) if unit else [], "days": _REGISTER_DAYS,
    }  # fmt: skip
    return render(request, "supply/medicine.html", context, status=422 if problems else 200)


def _facts(
    request: ActorRequest, facts: rules.Medicine, unit: UUID | None
) -> list[tuple[str, str]]:  # fmt: skip
    language = words.language()
    sure = _("verified") if facts.verified else _("not verified")
    return [
        (_("Active substance"), facts.substance or "–"), (_("Strength"), facts.strength or "–"),
        (_("Counted in"), rules.unit_name(facts.unit, language)),
        (_("How it is taken"), rules.route_name(facts.route, language) or "–"),
        (_("Chapter"), rules.group_name(facts.group, language)),
        (_("Insurer's code of the substance"), _insurer(request, facts, unit)),
        (_("Special control"), rules.class_name(facts.controlled, language) if facts.controlled else "–"),
        (_("Source of this line"), f"{facts.source} ({sure}, {facts.confidence})"),
    ]  # fmt: skip


def _insurer(request: ActorRequest, facts: rules.Medicine, unit: UUID | None) -> str:
    """The code as it was remembered, and the way to the catalogue in which a facility keeps its own."""
    code = facts.insurer_code or "–"
    if facts.insurer_code and not facts.verified:
        code = f"{code} ({_('not verified')})"
    if unit is None or not policies.may(request.actor, "claims.claim.prepare", unit):
        return code
    asked = urlencode({"kind": "drug", "unit": unit, "key": facts.code})
    return format_html('{} <a href="{}?{}">{}</a>', code, reverse("claim-catalogues"), asked,
                       _("The facility's own code, price and registration"))  # fmt: skip


def _level(request: ActorRequest, item: str, unit: UUID | None) -> list[str]:
    least, most = (whole(request.POST.get(name, "")) for name in ("least", "most"))
    if unit is None:
        return [_("Choose one of your places.")]
    if least is None or most is None:
        return [_("Write the levels as whole numbers.")]
    return forms.send(request, SetLevel(item=item, least=least, most=most), unit)


def register_columns() -> list[Column]:
    """The columns of what came and went."""
    return [
        Column(key="at", label=_("Day"), kind="day", head=True),
        Column(key="kind", label=_("What")),
        Column(key="number", label=_("Lot")),
        Column(key="came", label=_("In"), kind="number"),
        Column(key="went", label=_("Out"), kind="number"),
        Column(key="balance", label=_("Balance"), kind="number"),
        Column(key="whom", label=_("For whom, from or to")),
        Column(key="author", label=_("Entered by")),
        Column(key="note", label=_("Note")),
    ]


def register_rows(
    page: queries.RegisterPage | None, names: dict[UUID, str] | None = None
) -> list[dict[str, Any]]:
    """What came and went, the newest last; ``names``: for whom, of visits that the reader may read."""
    return [
        {
            "at": row.on, "kind": words.word(words.KIND, row.kind), "number": row.number,
            "came": row.came or None, "went": row.went or None, "balance": row.balance,
            "whom": (names or {}).get(row.visit, "") if row.visit else row.other,
            "author": row.author, "note": row.note,
        }
        for row in (page.rows if page else ())
    ]  # fmt: skip
