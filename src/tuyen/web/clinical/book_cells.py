"""What stands in each column of a book: text made from the visit, typed nowhere."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuyen.apps.clinical.queries import BookLine
from tuyen.apps.registry import queries as registry
from tuyen.rules.clinical import measures, services
from tuyen.rules.supply.items import item
from tuyen.web.templatetags.figures import day, number

APART = "‡"
"""Stands where something stands apart that the reader may not open."""
FEMALE, MALE = 2, 1


def language() -> str:
    """The key of the reader's language in a rule."""
    told = get_language() or "vi"
    return {"zh-hans": "zh"}.get(told, told)


def cell(line: BookLine, field: str) -> str:
    """The text of a column of the book."""
    return _CELLS[field](line)


def amount(value: Decimal) -> str:
    """A quantity without idle zeros: 1.50 is 1,5."""
    plain = value.normalize()
    if plain == plain.to_integral():
        return number(int(plain))
    return number(float(plain), -int(plain.as_tuple().exponent))


def item_name(code: str) -> str:
    """The name of a medicine in the reader's language; its code where it left the list."""
    held = item(code)
    return held.name(language()) if held else code


def service_name(code: str, on: date) -> str:
    held = services.service(code, on)
    return held.name(language()) if held else code


def measure_text(what: str, value: Decimal) -> str:
    """A measured value with its name and unit."""
    rule = measures.measure(what)
    if rule is None:
        return f"{what} {amount(value)}"
    return f"{rule.name(language())} {amount(value)} {rule.unit}"


def payer_name(payer: str) -> str:
    return {
        "insurance": _("Insurance fund"), "self": _("The patient"), "programme": _("A programme"),
        "free": _("Free of charge"),
    }.get(payer, payer)  # fmt: skip


def setting_name(setting: str) -> str:
    return {
        "station": _("At the station"), "satellite": _("At a satellite point"),
        "mobile": _("On the road"), "home": _("At home"), "school": _("At school"),
    }.get(setting, setting)  # fmt: skip


def place_name(unit: UUID | None, words: str, on: date) -> str:
    """A facility of the map, or as somebody wrote it."""
    return registry.atlas().full_name(unit, on) if unit else words


def _diagnosis(line: BookLine) -> str:
    told = [
        f"{one.code}{'?' if one.certainty == 'suspected' else ''}{f' {one.note}' if one.note else ''}"
        for one in sorted(line.facts.content.diagnosed, key=lambda one: not one.main)
    ]
    return _marked(line, "; ".join(told))


def _marked(line: BookLine, text: str) -> str:
    """With the mark of what stands apart and is not open."""
    shut = line.facts.row.apart and not line.facts.opened
    return f"{text} {APART}".strip() if shut else text


def _medicines(line: BookLine) -> str:
    return "; ".join(
        f"{item_name(one.item)} {amount(one.dose)} × {one.times} × {one.days}"
        for one in line.facts.content.prescribed
    )


def _dispensed(line: BookLine) -> str:
    return "; ".join(
        f"{item_name(one.item)} × {amount(one.quantity)}" for one in line.facts.content.dispensed
    )


def _services(line: BookLine) -> str:
    on = line.facts.row.day
    return "; ".join(service_name(one.code, on) for one in line.facts.content.served)


def _results(line: BookLine) -> str:
    content, on = line.facts.content, line.facts.row.day
    told = [f"{service_name(one.code, on)}: {one.result}" for one in content.served if one.result]
    told += [f"{key}: {value}" for one in content.answered for key, value in one.fields.items()]
    return "; ".join(told)


def _values(line: BookLine, *whats: str) -> str:
    told = [one for one in line.facts.content.measured if one.what in whats]
    return "; ".join(amount(one.value) for one in told)


def _pressure(line: BookLine) -> str:
    upper = _values(line, "systolic").split("; ")
    lower = _values(line, "diastolic").split("; ")
    return "; ".join(f"{a}/{b}" for a, b in zip(upper, lower, strict=False) if a and b)


def _glucose(line: BookLine) -> str:
    return _values(line, "glucose_fasting", "glucose_random", "glucose_2h")


def _referred(line: BookLine) -> str:
    sent = line.facts.content.referred
    return place_name(sent.to, sent.to_name, line.facts.row.day) if sent else ""


def _returned(line: BookLine) -> str:
    note = line.facts.returned
    if note is None:
        return ""
    return " – ".join(part for part in (day(note.on), note.diagnosis, note.text) if part)


def _urgent(line: BookLine) -> str:
    sent = line.facts.content.referred
    return _("Yes") if sent and sent.urgent else ""


def _note(line: BookLine) -> str:
    row = line.facts.row
    return _("amended") if row.version > 1 else ""


def _traditional(line: BookLine) -> str:
    return "; ".join(one.traditional for one in line.facts.content.diagnosed if one.traditional)


_CELLS: dict[str, Callable[[BookLine], str]] = {
    "number": lambda line: str(line.number),
    "day": lambda line: day(line.facts.row.day),
    "name": lambda line: line.person.name if line.person else _("Name withheld"),
    "age": lambda line: str(line.years),
    "age_male": lambda line: str(line.years) if line.sex == MALE else "",
    "age_female": lambda line: str(line.years) if line.sex == FEMALE else "",
    "card": lambda line: registry.masked(line.facts.row.card) if line.facts.row.card else "",
    "payer": lambda line: payer_name(line.facts.row.payer),
    "address": lambda line: (line.person.village or line.person.commune) if line.person else "",
    "reason": lambda line: _marked(line, line.facts.content.reason),
    "diagnosis": _diagnosis,
    "traditional": _traditional,
    "medicines": _medicines,
    "dispensed": _dispensed,
    "services": _services,
    "results": _results,
    "pressure": _pressure,
    "glucose": _glucose,
    "weight": lambda line: _values(line, "weight"),
    "advice": lambda line: line.facts.content.advice,
    "referred": _referred,
    "urgent": _urgent,
    "returned": _returned,
    "next": lambda line: day(line.facts.row.next_on) if line.facts.row.next_on else "",
    "practitioner": lambda line: line.facts.row.practitioner,
    "setting": lambda line: setting_name(line.facts.row.setting),
    "note": _note,
}
