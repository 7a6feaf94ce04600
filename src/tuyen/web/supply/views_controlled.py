"""The register of drugs under special control, and their count by two persons."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import (
    CountControlled,
    DestroyControlled,
    DestroyedLine,
    FoundLine,
    WitnessCount,
)
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, views_medicines, words
from tuyen.web.supply.views_dispensing import may_see, people_of
from tuyen.web.typed import whole

READ, COUNT = queries.READ, queries.COUNT


@screen(right=READ)
@never_cache
@require_http_methods(["GET", "POST"])
def controlled(request: ActorRequest) -> HttpResponse:
    """The register of one drug and month, the cabinet with its count, and counts that wait."""
    by, on = request.actor, clock.today()
    unit, shown = views_medicines.choices(request)
    may = unit is not None and policies.may(by, COUNT, unit)
    problems: list[str] = []
    if request.method == "POST" and may and unit is not None:
        problems = _act(request, unit)
        if not problems:
            messages.success(request, _("Written into the register."))
            return redirect(request.get_full_path())
    drugs = [code for code in rules.controlled() if unit is None or may_see(request, code, unit)]
    item = request.GET.get("item", "")
    first, last = _month(request.GET.get("month", ""), on)
    held = queries.lots_at(by=by, on=on, unit=unit, items=drugs, states=("usable",)) if unit else []
    item = item if item in drugs else next((one.item for one in held), next(iter(drugs), ""))
    page = queries.register(by=by, unit=unit, item=item, first=first, last=last) if unit else None
    names = people_of(request, {row.visit for row in page.rows if row.visit}) if page else {}
    lying = (
        queries.lots_at(by=by, on=on, unit=unit, items=drugs, states=("usable", "quarantined"))
        if unit and may
        else []
    )
    shown.append({
        "name": "item", "label": _("Medicine"), "given": item, "any": "",
        "options": [(code, words.item(code)) for code in drugs],
    })  # fmt: skip
    context = {
        "unit": str(unit or ""), "filters": shown, "month": first, "problems": problems, "may": may,
        "item": words.item(item), "class": words.controlled_class(item), "page": page,
        "columns": views_medicines.register_columns(), "counted": words.counted_in(item),
        "rows": views_medicines.register_rows(page, {v: name for v, (_p, name) in names.items()}),
        "cabinet": [(one, words.item(one.item), f"f-{one.lot}-{one.held_in}") for one in held],
        "lying": [
            (one, words.item(one.item), f"d-{one.lot}-{one.held_in}-{one.state}") for one in lying
        ],
        "reasons": [(key, words.REASON[key]) for key in words.DISCARD],
        "counts": _counts(request, unit), "as_of": clock.now(), "given": request.POST,
        "place": dict(forms.units(request, READ)).get(unit, "") if unit else "",
        "tabs": views_medicines.tabs(request, unit), "value": f"{first:%Y-%m}",
        "months": _months(on),
    }  # fmt: skip
    return render(request, "supply/controlled.html", context, status=422 if problems else 200)


def _month(text: str, on: date) -> tuple[date, date]:
    """The first day and the last of a month as 2026-11; of this one for anything else, and for years in
    which nothing was kept."""
    try:
        first = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  # a month has no zone
    except ValueError:
        first = on.replace(day=1)
    if not 2000 <= first.year <= on.year + 1:
        first = on.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, date.fromordinal(after.toordinal() - 1)


def _months(on: date) -> list[tuple[str, str]]:
    """The months that may be looked at: this one and the 24 before it."""
    number = on.year * 12 + on.month - 1
    months = [divmod(number - back, 12) for back in range(25)]
    return [(f"{year}-{month + 1:02}", f"{month + 1:02}/{year}") for year, month in months]


def _counts(request: ActorRequest, unit: UUID | None) -> list[dict[str, Any]]:
    """Counts of the place, each with whether the reader may be its second person."""
    if unit is None:
        return []
    may = policies.may(request.actor, COUNT, unit)
    return [
        {
            "row": row, "state": words.word(words.COUNTED, row.state),
            "destroys": row.purpose == "destroy",
            "reason": words.word(words.REASON, row.reason) if row.reason else "",
            "lines": [(words.item(line.item), line, line.there - line.found) for line in row.lines],
            "mine": may and row.state == "waiting" and row.author_id != request.actor.user,
        }
        for row in queries.counts(by=request.actor, unit=unit, limit=12)
    ]  # fmt: skip


def _act(request: ActorRequest, unit: UUID) -> list[str]:
    given = request.POST
    note = given.get("note", "").strip()[:500]
    count = words.as_uuid(given.get("count", ""))
    if count is not None:
        agrees = given.get("agrees") == "yes"
        return forms.send(request, WitnessCount(count=count, agrees=agrees, note=note), unit)
    if given.get("act") == "destroy":
        return _destroy(request, unit, note)
    lines = []
    for name, text in given.items():
        if not (name.startswith("f-") and isinstance(text, str) and text.strip()):
            continue
        lot, holder, found = words.as_uuid(name[2:38]), words.as_uuid(name[39:75]), whole(text)
        if found is None:
            return [_("{text} is no whole number.").format(text=text[:20])]
        if lot is not None and holder is not None:
            lines.append(FoundLine(lot=lot, found=found, held_in=holder))
    if not lines:
        return [_("Write what you counted beside at least one lot.")]
    return forms.send(request, CountControlled(lines=tuple(lines[:100]), note=note), unit)


def _destroy(request: ActorRequest, unit: UUID, note: str) -> list[str]:
    """What is to be destroyed; a second person confirms that they saw it."""
    given, lines = request.POST, []
    for name, text in given.items():
        if not (name.startswith("d-") and isinstance(text, str) and text.strip()):
            continue
        lot, holder, pieces = words.as_uuid(name[2:38]), words.as_uuid(name[39:75]), whole(text)
        if pieces is None:
            return [_("{text} is no whole number.").format(text=text[:20])]
        state = "quarantined" if name[76:] == "quarantined" else "usable"
        if lot is not None and holder is not None and pieces:
            lines.append(DestroyedLine(lot=lot, pieces=pieces, held_in=holder, state=state))  # type: ignore[arg-type]
    why = given.get("reason", "")
    if not lines:
        return [_("Write how many are to be destroyed beside at least one lot.")]
    if why not in words.DISCARD or len(note) < 3:
        return [_("Say why they are destroyed, and the number of the minutes.")]
    payload = DestroyControlled(lines=tuple(lines[:100]), reason=why, note=note)  # type: ignore[arg-type]
    return forms.send(request, payload, unit)
