"""What stands in each column of a book: text made from the visit, typed nowhere."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.queries import BookLine, VisitFacts
from tuyen.apps.registry import queries as registry
from tuyen.kernel.refusal import N_
from tuyen.rules.clinical import measures, services
from tuyen.rules.clinical.programme import programmes
from tuyen.rules.supply.items import item
from tuyen.web.clinical import book_lines
from tuyen.web.templatetags.figures import day, number

APART = book_lines.APART
FEMALE, MALE = 2, 1
DAYS = ("day", "talk_day", "dose_day", "birth_day", "death_day")
"""The day of a line, as each book calls it."""


def language() -> str:
    """The key of the reader's language in a rule."""
    told = get_language() or "vi"
    return {"zh-hans": "zh"}.get(told, told)


def cell(line: BookLine, field: str) -> str:
    """The text of a column of the book; of a line that is no visit, what it says of that column."""
    if field in _OF_ALL:
        return _OF_ALL[field](line)
    if line.told is not None:
        return book_lines.told(line.source, line.told, field)
    visit = line.facts
    return _CELLS[field](line) if visit is not None else ""


def _visit(line: BookLine) -> VisitFacts:
    assert line.facts is not None  # a line without one is told otherwise
    return line.facts


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
        for one in sorted(_visit(line).content.diagnosed, key=lambda one: not one.main)
    ]
    return _marked(line, "; ".join(told))


def _marked(line: BookLine, text: str) -> str:
    """With the mark of what stands apart and is not open."""
    shut = _visit(line).row.apart and not _visit(line).opened
    return f"{text} {APART}".strip() if shut else text


def _medicines(line: BookLine) -> str:
    return "; ".join(
        f"{item_name(one.item)} {amount(one.dose)} × {one.times} × {one.days}"
        for one in _visit(line).content.prescribed
    )


def _dispensed(line: BookLine) -> str:
    return "; ".join(
        f"{item_name(one.item)} × {amount(one.quantity)}" for one in _visit(line).content.dispensed
    )


def _services(line: BookLine) -> str:
    on = _visit(line).row.day
    return "; ".join(service_name(one.code, on) for one in _visit(line).content.served)


def _results(line: BookLine) -> str:
    content, on = _visit(line).content, _visit(line).row.day
    told = [f"{service_name(one.code, on)}: {one.result}" for one in content.served if one.result]
    return "; ".join([*told, *answered(content)])


def _tests(line: BookLine) -> str:
    """Services that show something, with what they showed."""
    content, on = _visit(line).content, _visit(line).row.day
    kinds = ((one, services.service(one.code, on)) for one in content.served)
    return "; ".join(
        f"{service_name(one.code, on)}: {one.result or '?'}"
        for one, kind in kinds if kind and kind.kind in _SHOWS
    )  # fmt: skip


def _answers(line: BookLine) -> str:
    return "; ".join(answered(_visit(line).content))


def answered(content: Content) -> list[str]:
    """What was answered, in the words of the programmes' forms; what several programmes asked, once."""
    told, key = [], language()
    for one in content.answered:
        form = programmes()[one.programme].form if one.programme in programmes() else {}
        for field, text in one.fields.items():
            asked = form.get(field)
            if asked is None:
                continue
            chosen = asked.choices.get(text)
            said = chosen.names.of(key) if chosen else _YES_NO.get(text, text)
            told.append(f"{asked.names.of(key)}: {_(said) if said in _YES_NO.values() else said}")
    return list(dict.fromkeys(told))


def _values(line: BookLine, *whats: str) -> str:
    told = [one for one in _visit(line).content.measured if one.what in whats]
    return "; ".join(amount(one.value) for one in told)


def _pressure(line: BookLine) -> str:
    upper = _values(line, "systolic").split("; ")
    lower = _values(line, "diastolic").split("; ")
    return "; ".join(f"{a}/{b}" for a, b in zip(upper, lower, strict=False) if a and b)


def _glucose(line: BookLine) -> str:
    return _values(line, "glucose_fasting", "glucose_random", "glucose_2h")


def _referred(line: BookLine) -> str:
    sent = _visit(line).content.referred
    return place_name(sent.to, sent.to_name, _visit(line).row.day) if sent else ""


def _returned(line: BookLine) -> str:
    note = _visit(line).returned
    if note is None:
        return ""
    return " – ".join(part for part in (day(note.on), note.diagnosis, note.text) if part)


def _urgent(line: BookLine) -> str:
    sent = _visit(line).content.referred
    return _("Yes") if sent and sent.urgent else ""


def _note(line: BookLine) -> str:
    row = _visit(line).row
    return _("amended") if row.version > 1 else ""


def _traditional(line: BookLine) -> str:
    return "; ".join(one.traditional for one in _visit(line).content.diagnosed if one.traditional)


def _born(line: BookLine) -> str:
    return day(line.person.born_on) if line.person else ""


_YES_NO = {"yes": N_("Yes"), "no": N_("No")}
_SHOWS = ("test", "imaging", "screening")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


_OF_ALL: dict[str, Callable[[BookLine], str]] = {
    "number": lambda line: str(line.number),
    **dict.fromkeys(DAYS, lambda line: day(line.day)),
    "name": lambda line: line.person.name if line.person else _("Name withheld"),
    "age": lambda line: str(line.years),
    "sex": lambda line: {MALE: _("Male"), FEMALE: _("Female")}.get(line.sex, ""),
    "born_on": _born,
    "age_male": lambda line: str(line.years) if line.sex == MALE else "",
    "age_female": lambda line: str(line.years) if line.sex == FEMALE else "",
    "address": lambda line: (line.person.village or line.person.commune) if line.person else "",
}
_CELLS: dict[str, Callable[[BookLine], str]] = {
    "card": lambda line: registry.masked(_visit(line).row.card) if _visit(line).row.card else "",
    "payer": lambda line: payer_name(_visit(line).row.payer),
    "reason": lambda line: _marked(line, _visit(line).content.reason),
    "diagnosis": _diagnosis,
    "traditional": _traditional,
    "medicines": _medicines,
    "dispensed": _dispensed,
    "services": _services,
    "results": _results,
    "tests": _tests,
    "answers": _answers,
    "pressure": _pressure,
    "glucose": _glucose,
    "weight": lambda line: _values(line, "weight"),
    "advice": lambda line: _visit(line).content.advice,
    "referred": _referred,
    "urgent": _urgent,
    "returned": _returned,
    "next": lambda line: day(_visit(line).row.next_on) if _visit(line).row.next_on else "",
    "practitioner": lambda line: _visit(line).row.practitioner,
    "setting": lambda line: setting_name(_visit(line).row.setting),
    "note": _note,
    "weeks": lambda line: _number(line.gestation and line.gestation.weeks),
    "gravida": lambda line: _number(line.gestation and line.gestation.gravida),
    "para": lambda line: _number(line.gestation and line.gestation.para),
    "contact": lambda line: _number((line.gestation and line.gestation.number) or None),
    "danger": lambda line: book_lines.signs(line.gestation.signs if line.gestation else ()),
    "fundal": lambda line: _values(line, "fundal_height"),
    "heart": lambda line: _values(line, "fetal_heart"),
    "protein": lambda line: _values(line, "urine_protein"),
    "haemoglobin": lambda line: _values(line, "haemoglobin"),
}
