"""What was prescribed and waits to be handed out, and differences with the ledger."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from msgspec.structs import replace

from tuyen.apps.access import clock, policies
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.registry import queries as registry
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import Dispense, HandedLine, SettleShortfall
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import not_borne
from tuyen.web.supply import forms, views_medicines, words

READ, COUNT, MOVE = queries.READ, queries.COUNT, queries.MOVE
_DAYS = (1, 7, 30)


def people_of(request: ActorRequest, visits: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Visit -> (person, name), for the visits that the reader may read; the reading is noted."""
    ids = set(visits)
    if not ids or not policies.may(request.actor, clinical.READ):
        return {}
    rows = clinical.visits(by=request.actor, ids=ids)
    people = registry.people(by=request.actor, ids=[row.person for row in rows.values()])
    record_readings(by=request.actor, subject="registry.person", ids=list(people), at=clock.now())
    return {
        id: (row.person, people[row.person].name)
        for id, row in rows.items()
        if row.person in people
    }


def may_see(request: ActorRequest, item: str, unit: UUID) -> bool:
    """Whether a medicine that tells of its taker may be shown beside a visit."""
    medicine = rules.medicine(item)
    if medicine is None or not medicine.sensitive:
        return True
    return policies.may(request.actor.stating("care"), clinical.SENSITIVE, unit)


def asked_of(
    request: ActorRequest, wanted: Mapping[UUID, Collection[str]]
) -> dict[UUID, dict[str, str]]:
    """Visit -> medicine -> why it is asked about before it is handed out: its person does not bear it,
    and the visit does not say why it is given all the same. A constant number of queries."""
    facts = {one.row.id: one for one in clinical.visit_facts(by=request.actor, ids=list(wanted))}
    known = clinical.allergies_by_person(
        by=request.actor, persons={one.row.person for one in facts.values()}
    )
    found: dict[UUID, dict[str, str]] = {}
    for visit, items in wanted.items():
        one = facts.get(visit)
        if one is None:
            continue
        told = {line.item for line in one.content.prescribed if line.despite}
        left = [item for item in items if item not in told]
        asked = not_borne.warned(known.get(one.row.person, []), left, clock.today())
        found[visit] = {item: " ".join(map(not_borne.sentence, why)) for item, why in asked.items()}
    return found


@screen(right=MOVE)
@never_cache
@require_http_methods(["GET", "POST"])
def dispensing(request: ActorRequest) -> HttpResponse:
    """Visits whose prescriptions were not, or not wholly, handed out: one button hands out the rest."""
    on = clock.today()
    unit, shown = views_medicines.choices(request, MOVE)
    days = next((n for n in _DAYS if request.GET.get("days") == str(n)), 1)
    problems: list[str] = []
    if request.method == "POST" and unit is not None:
        payload = _handed(request, unit, problems)
        if payload is not None:
            problems = forms.send(request, payload, unit)
            if not problems:
                messages.success(request, _("Handed out. It is off the shelf."))
                return redirect(f"{reverse('dispensing')}?unit={unit}&days={days}")
    waiting = (
        queries.to_dispense(by=request.actor, unit=unit, first=on - timedelta(days - 1), last=on)
        if unit
        else []
    )
    shown.append({
        "name": "days", "label": _("Visits of"), "given": str(days), "any": "",
        "options": [("1", _("today")), ("7", _("seven days")), ("30", _("thirty days"))],
    })  # fmt: skip
    context = {
        "visits": _visits(request, unit, waiting) if unit else [], "unit": str(unit or ""), "days": days,
        "filters": shown, "problems": problems, "as_of": clock.now(),
        "tabs": views_medicines.tabs(request, unit),
    }  # fmt: skip
    return render(request, "supply/dispensing.html", context, status=422 if problems else 200)


def _visits(
    request: ActorRequest, unit: UUID, waiting: list[queries.WaitingLine]
) -> list[dict[str, Any]]:
    """The visits with their lines, each with what the shelf holds of it."""
    on = clock.today()
    seen = [line for line in waiting if may_see(request, line.item, unit)]
    held = queries.on_hand(by=request.actor, unit=unit, items=[line.item for line in seen], on=on)
    people = people_of(request, {line.visit for line in seen})
    wanted: dict[UUID, list[str]] = defaultdict(list)
    for line in seen:
        wanted[line.visit].append(line.item)
    asked = asked_of(request, wanted)
    lines: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for line in seen:
        there = held[line.item]
        name = f"q-{line.visit}-{line.item}"
        lines[line.visit].append({
            "line": line, "item": words.item(line.item), "counted": words.counted_in(line.item),
            "field": name, "value": request.POST.get(name, _plain(line.left)), "there": there.pieces,
            "lacks": there.pieces < line.left, "lots": _lots(there, line.left),
            "dose": _dose(line), "asked": asked.get(line.visit, {}).get(line.item, ""),
        })  # fmt: skip
    return [
        {"id": visit, "name": people.get(visit, (None, ""))[1], "person": people.get(visit, (None,))[0],
         "at": rows[0]["line"].at, "lines": rows,
         "asks": any(row["asked"] for row in rows) or request.POST.get("visit") == str(visit),
         "note": request.POST.get("note", "") if request.POST.get("visit") == str(visit) else ""}
        for visit, rows in lines.items()
    ]  # fmt: skip


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def _dose(line: queries.WaitingLine) -> str:
    if not line.dose or not line.times:
        return ""
    return _("{dose} × {times} a day, {days} days").format(
        dose=_plain(line.dose), times=line.times, days=line.days
    )


def _lots(there: queries.OnHand, left: Decimal) -> str:
    """Which lots will go, the first to expire first."""
    found, wanted = [], int(-(-left // 1))
    for one in there.lots:
        if wanted <= 0:
            break
        many = min(wanted, one.pieces)
        wanted -= many
        found.append(f"{one.number} ({one.expires_on:%m/%Y}): {many}")
    return "; ".join(found)


def _handed(request: ActorRequest, unit: UUID, problems: list[str]) -> Dispense | None:
    visit = words.as_uuid(request.POST.get("visit", ""))
    lines = []
    for name, text in request.POST.items():
        prefix = f"q-{visit}-"
        if not name.startswith(prefix) or not isinstance(text, str) or not text.strip():
            continue
        item, quantity = name.removeprefix(prefix), as_quantity(text)
        if quantity is None:
            problems.append(
                _("{text} is no quantity; write it as 30 or 7.5.").format(text=text[:20])
            )
        elif quantity and may_see(request, item, unit):
            lines.append(HandedLine(item=item[:40] or "-", quantity=quantity))
    if visit is None or not lines:
        problems.append(_("Write how much of which medicine is handed out."))
    if problems or visit is None:
        return None
    asked = asked_of(request, {visit: [line.item for line in lines]}).get(visit, {})
    why = request.POST.get("note", "").strip()[:500]
    if asked and len(why) < not_borne.LEAST:
        say = _("Hand out another one, or write why it is given all the same.")
        problems += [f"{one} {say}" for one in asked.values()]
        return None
    # Who may not read what somebody does not bear is told by the refusal, and answers for all lines.
    told = [
        replace(line, despite=why) if not asked or line.item in asked else line
        for line in lines[:60]
    ]
    return Dispense(visit=visit, lines=tuple(told), note=why)


def as_quantity(text: str) -> Decimal | None:
    """A quantity with a comma or a point; None for anything else."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value <= 1_000_000 else None


@screen(right=READ)
@never_cache
@require_http_methods(["GET", "POST"])
def shortfalls(request: ActorRequest) -> HttpResponse:
    """What was handed out and the ledger did not hold, each to be settled with its reason."""
    on = clock.today()
    unit, shown = views_medicines.choices(request)
    state = "settled" if request.GET.get("state") == "settled" else "open"
    may = unit is not None and policies.may(request.actor, COUNT, unit)
    problems: list[str] = []
    if request.method == "POST" and may and unit is not None:
        problems = _settle(request, unit)
        if not problems:
            messages.success(request, _("It is settled."))
            return redirect(f"{reverse('shortfalls')}?unit={unit}")
    found = queries.shortfalls(by=request.actor, on=on, unit=unit, state=state) if unit else []
    found = [row for row in found if may_see(request, row.item, row.unit)]
    people = people_of(request, {row.visit for row in found})
    held = queries.on_hand(by=request.actor, unit=unit, items={row.item for row in found}, on=on) if unit else {}  # fmt: skip
    rows = [
        {"row": row, "item": words.item(row.item), "counted": words.counted_in(row.item),
         "why": words.word(words.WHY, row.why), "name": people.get(row.visit, (None, ""))[1],
         "there": held[row.item].pieces, "how": words.word(words.HOW, row.how)}
        for row in found
    ]  # fmt: skip
    shown.append({
        "name": "state", "label": _("State"), "given": state, "any": "",
        "options": [("open", _("to be settled")), ("settled", _("settled"))],
    })  # fmt: skip
    context = {
        "rows": rows, "filters": shown, "unit": str(unit or ""), "problems": problems, "may": may,
        "open": state == "open", "as_of": clock.now(), "hows": list(words.HOW.items()),
        "tabs": views_medicines.tabs(request, unit), "given": request.POST,
    }  # fmt: skip
    return render(request, "supply/shortfalls.html", context, status=422 if problems else 200)


def _settle(request: ActorRequest, unit: UUID) -> list[str]:
    id, how = words.as_uuid(request.POST.get("shortfall", "")), request.POST.get("how", "")
    note = request.POST.get("note", "").strip()[:500]
    if id is None or how not in words.HOW:
        return [_("Choose how it came.")]
    if len(note) < 3:
        return [_("Write the reason.")]
    return forms.send(request, SettleShortfall(shortfall=id, how=how, note=note), unit)  # type: ignore[arg-type]
