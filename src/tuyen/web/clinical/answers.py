"""The further questions of the programmes that somebody is in, as a part of the visit's form."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Answered, Content
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical.programme import Programme, Question, programmes
from tuyen.web.clinical import typed_values
from tuyen.web.clinical.cells import Cell, Typed
from tuyen.web.clinical.reading import NotADay, Said, texts
from tuyen.web.surveillance.views_resources import day_of
from tuyen.web.surveillance.words import language

MARK = "answer"


def open_of(by: Actor, person: Any, on: date) -> list[Programme]:
    """The programmes that somebody is in, those that the reader may see."""
    rows = queries.enrolments_of(by=by, person=person, on=on)
    held = programmes()
    keys = dict.fromkeys(row.programme for row in rows if row.until is None)
    return [held[key] for key in keys if key in held]


def names(known: Iterable[Programme]) -> list[str]:
    """The names of the fields."""
    return [f"{MARK}.{one.key}.{field}" for one in known for field in one.form]


def posted(keys: Iterable[str]) -> list[Programme]:
    """The programmes whose questions a form sent."""
    held = programmes()
    told = dict.fromkeys(key.split(".")[1] for key in keys if key.startswith(f"{MARK}."))
    return [held[key] for key in told if key in held]


def initial(content: Content) -> dict[str, str]:
    """What was answered, as it is typed."""
    held, found = programmes(), {}
    for told in content.answered:
        form = held[told.programme].form if told.programme in held else {}
        for field, text in told.fields.items():
            question = form.get(field)
            if question is not None:
                found[f"{MARK}.{told.programme}.{field}"] = _typed(question, text)
    return found


def read(typed: Typed, known: Iterable[Programme], said: Said) -> tuple[Answered, ...]:
    """What was answered; a field that was left empty was not asked."""
    found = []
    for one in known:
        fields = {}
        for field, question in one.form.items():
            cell = typed.cells.get(f"{MARK}.{one.key}.{field}")
            text = _read(cell, question, said) if cell and cell.value.strip() else ""
            if text:
                fields[field] = text
        if fields:
            found.append(Answered(programme=one.key, fields=fields))
    return tuple(found)


def shown(typed: Typed, known: Iterable[Programme]) -> list[dict[str, Any]]:
    """Each programme with its fields; open where something is wrong in it."""
    parts = []
    for one in known:
        fields = [
            _field(typed[f"{MARK}.{one.key}.{field}"], question)
            for field, question in one.form.items()
            if f"{MARK}.{one.key}.{field}" in typed.cells
        ]
        if fields:
            wrong = any(field["cell"].error for field in fields)
            parts.append({"name": one.names.of(language()), "fields": fields, "open": wrong})
    return parts


def _field(cell: Cell, question: Question) -> dict[str, Any]:
    label = question.names.of(language())
    if question.kind == "yes_no":
        choices = [("", "–"), ("yes", _("yes")), ("no", _("no"))]
        return {"cell": cell, "label": label, "choices": choices}
    if question.kind == "choice":
        listed = [(code, one.names.of(language())) for code, one in question.choices.items()]
        return {"cell": cell, "label": label, "choices": [("", "–"), *listed]}
    mode = {"number": "decimal", "day": "numeric"}.get(question.kind, "")
    return {"cell": cell, "label": label, "unit": question.unit, "mode": mode}


def _read(cell: Cell, question: Question, said: Said) -> str:
    """A value as the programme's declaration says it; "" where it is wrong, which is said."""
    text = cell.value.strip()
    if question.kind == "number":
        try:
            return str(typed_values.decimal(text) or 0)
        except Refusal as refusal:
            cell.error = said(refusal)
            return ""
    if question.kind == "day":
        day = day_of(text)
        if day is None:
            cell.error = said(NotADay(text=text[:40]))
        return day.isoformat() if day else ""
    return text[:500]


def _typed(question: Question, text: str) -> str:
    if question.kind == "day":
        try:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        except ValueError:
            return text
    try:
        return texts(text) if question.kind == "number" else text
    except ArithmeticError:
        return text
