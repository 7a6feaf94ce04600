"""The further questions of the programmes that somebody is in, as a part of the visit's form."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Answered, Content
from tuyen.apps.clinical.refusals import refusal_of
from tuyen.kernel.refusal import Refusal, StoredRefusal
from tuyen.rules.clinical.answers import read_form
from tuyen.rules.clinical.programme import Programme, Question, Words, programmes
from tuyen.web.clinical import typed_values
from tuyen.web.clinical.cells import Cell, Typed
from tuyen.web.clinical.reading import Said, texts
from tuyen.web.surveillance.views_resources import day_of
from tuyen.web.surveillance.words import language
from tuyen.web.templatetags.figures import number

MARK = "answer"


class Form(Protocol):
    """What has questions: a programme, or a paper."""

    @property
    def key(self) -> str: ...
    @property
    def names(self) -> Words: ...
    @property
    def form(self) -> dict[str, Question]: ...


def open_of(by: Actor, person: Any, on: date) -> list[Programme]:
    """The programmes that somebody is in, those that the reader may see."""
    rows = queries.enrolments_of(by=by, person=person, on=on)
    held = programmes()
    keys = dict.fromkeys(row.programme for row in rows if row.until is None)
    return [held[key] for key in keys if key in held]


def names(known: Iterable[Form]) -> list[str]:
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
                found[f"{MARK}.{told.programme}.{field}"] = as_typed(question, text)
    return found


def read(typed: Typed, known: Iterable[Form], said: Said) -> tuple[Answered, ...]:
    """What was answered; a field that was left empty was not asked. What does not fit its question
    is said beside it, and nothing of it is left out."""
    found = []
    for one in known:
        cells = {field: typed[f"{MARK}.{one.key}.{field}"] for field in one.form}
        fields = {
            field: _written(cell.value.strip(), one.form[field])
            for field, cell in cells.items()
            if cell.value.strip()
        }
        if not fields:
            continue
        for wrong in read_form(one, fields)[1]:
            cells[wrong.field].error = said(labelled(refusal_of(one.key, wrong)))
        found.append(Answered(programme=one.key, fields=fields))
    return tuple(found)


def labelled(refusal: Refusal) -> Refusal:
    """A refusal about an answer with the names of its programme and question for their keys."""
    told = dict(refusal.values)
    one = programmes().get(str(told.get("programme", "")))
    if one is None or "field" not in told:
        return refusal
    question = one.form.get(str(told["field"]))
    told["programme"] = one.names.of(language())
    if question is not None:
        told["field"] = question.names.of(language())
        names = {code: choice.names.of(language()) for code, choice in question.choices.items()}
        if names:
            told["expected"] = "; ".join(names.values())
        if question.kind == "yes_no":
            told["expected"] = f"{_('yes')}; {_('no')}"
    return StoredRefusal(refusal.code, refusal.message, told)


def place(refusal: Refusal) -> str:
    """The name of the field of the form that a refusal is about; "" where it is about none."""
    told = refusal.values
    return f"{MARK}.{told.get('programme', '')}.{told.get('field', '')}"


def spent(by: Actor, person: UUID, known: Iterable[Programme], on: date) -> dict[str, str]:
    """What was spent on somebody this year of each programme with a cap, in words, once any was."""
    said = {}
    for one in known:
        purse = queries.purse(by=by, programme=one.key, person=person, on=on)
        if purse is not None and purse.spent:
            said[one.key] = (
                _("{spent} of {cap} VND are spent this year: hardly anything is left.")
                if purse.near
                else _("{spent} of {cap} VND are spent this year.")
            ).format(spent=number(purse.spent), cap=number(purse.cap))
    return said


def shown(
    typed: Typed, known: Iterable[Form], notes: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Each programme with its fields, also of one that was left meanwhile; open where something is
    wrong in it. ``notes`` are said above the fields, by programme."""
    asked = {one.key: one for one in (*known, *posted(typed.cells))}
    parts = []
    for one in asked.values():
        fields = [
            _field(typed[f"{MARK}.{one.key}.{field}"], question)
            for field, question in one.form.items()
            if f"{MARK}.{one.key}.{field}" in typed.cells
        ]
        if fields:
            wrong = any(field["cell"].error for field in fields)
            note = (notes or {}).get(one.key, "")
            parts.append({"name": one.names.of(language()), "fields": fields, "open": wrong,
                          "note": note})  # fmt: skip
    return parts


def _field(cell: Cell, question: Question) -> dict[str, Any]:
    label = question.names.of(language())
    if question.kind in ("yes_no", "choice"):
        listed = [(code, one.names.of(language())) for code, one in question.choices.items()]
        listed = listed or [("yes", _("yes")), ("no", _("no"))]
        told = cell.value.strip()
        odd = [(told, told)] if told and told not in dict(listed) else []
        return {"cell": cell, "label": label, "choices": [("", "–"), *listed, *odd]}
    mode = {"number": "decimal", "day": "numeric"}.get(question.kind, "")
    return {"cell": cell, "label": label, "unit": question.unit, "mode": mode}


def _written(text: str, question: Question) -> str:
    """What was typed as the record keeps it; as it came where it is not read as such."""
    if question.kind == "number":
        try:
            return str(typed_values.decimal(text) or 0)
        except Refusal:
            return text
    day = day_of(text) if question.kind == "day" else None
    return day.isoformat() if day else text


def as_typed(question: Question, text: str) -> str:
    """An answer as it is typed."""
    if question.kind == "day":
        try:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        except ValueError:
            return text
    try:
        return texts(text) if question.kind == "number" else text
    except ArithmeticError:
        return text
