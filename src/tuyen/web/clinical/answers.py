"""The further questions of the programmes that somebody is in, as a part of the visit's form."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Answered, Content, Diagnosed
from tuyen.apps.clinical.queries import PatientRow
from tuyen.apps.clinical.refusals import refusal_of
from tuyen.kernel.refusal import Refusal, StoredRefusal
from tuyen.rules.clinical.answers import asked_once, read_form
from tuyen.rules.clinical.programme import Programme, Question, Words, fits_pair, programmes
from tuyen.web.clinical import typed_values
from tuyen.web.clinical.cells import Cell, Typed
from tuyen.web.clinical.reading import Said, texts
from tuyen.web.surveillance.views_resources import day_of
from tuyen.web.surveillance.words import language
from tuyen.web.templatetags.figures import number

MARK = "answer"
GROUP = "group"
"""The question that the enrolment answers, where it names a priority group."""


class Form(Protocol):
    """What has questions: a programme, or a paper."""

    @property
    def key(self) -> str: ...
    @property
    def names(self) -> Words: ...
    @property
    def form(self) -> dict[str, Question]: ...


class Beside(NamedTuple):
    """What answers questions by itself: the day, the diagnoses, the services done and what was handed
    out of the visit; the priority group in which somebody was taken into a programme."""

    on: date
    diagnosed: tuple[Diagnosed, ...] = ()
    served: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    groups: Mapping[str, str] = {}


def open_of(rows: Iterable[PatientRow]) -> list[Programme]:
    """The programmes that somebody is in, of the enrolments that the reader may see, in their order."""
    keys = {row.programme for row in rows if row.until is None}
    return [one for key, one in programmes().items() if key in keys]


def groups_of(rows: Iterable[PatientRow]) -> dict[str, str]:
    """The priority group in which somebody was taken in, by programme: nobody is asked it again."""
    return {row.programme: row.group for row in rows if row.until is None and row.group}


def names(known: Iterable[Form], told: Iterable[str] = ()) -> list[str]:
    """The names of the fields. What several programmes ask is one field, of the first of them; ``told``
    are fields that hold an answer already, also of what nobody is asked any more."""
    asked = [_name(*place) for place, first in asked_once(known).items() if place == first]
    return list(dict.fromkeys((*asked, *told)))


def questions(keys: Iterable[str]) -> list[str]:
    """Those of a form's names that are questions of a programme."""
    held = programmes()
    parts = ((name, *name.split(".", 2)) for name in keys if name.count(".") >= 2)
    return [
        name for name, mark, key, field in parts
        if mark == MARK and key in held and field in held[key].form
    ]  # fmt: skip


def settled(known: Iterable[Form], told: Mapping[str, str]) -> dict[str, str]:
    """What was answered (name -> text), each in the field where it is asked now. Where two programmes
    were answered differently, and of what nobody is asked any more, the answer keeps its own field."""
    forms = list(known)
    found: dict[str, str] = {}
    for place, first in [*asked_once(forms).items()]:
        name, there = _name(*place), _name(*first)
        if name in told and found.setdefault(there, told[name]) != told[name]:
            found[name] = told[name]
    for one in forms:
        for field, asked in one.form.items():
            name = _name(one.key, field)
            if not asked.asked and name in told:
                found[name] = told[name]
    return found


def _name(key: str, field: str) -> str:
    return f"{MARK}.{key}.{field}"


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
                found[_name(told.programme, field)] = as_typed(question, text)
    return found


def on_record(known: Iterable[Form], *, pregnant: bool) -> dict[str, str]:
    """Questions that the record answers already: they stand answered in a new form."""
    held = {"pregnancy": pregnant}
    return {
        _name(one.key, field): "yes"
        for one in known
        for field, asked in one.form.items()
        if held.get(asked.record)
    }


def read(
    typed: Typed, known: Iterable[Form], said: Said, beside: Beside | None = None
) -> tuple[Answered, ...]:
    """What was answered; a field that was left empty was not asked. What does not fit its question
    is said beside it, and nothing of it is left out."""
    forms = list(known)
    once = asked_once(forms)
    found = []
    for one in forms:
        own = {field: _name(one.key, field) for field in one.form
               if _name(one.key, field) in typed.cells}  # fmt: skip
        fields = _filled(typed, one, own)
        if fields or _concerned(one, beside):
            shared = {
                field: _name(*once[one.key, field]) for field in one.form
                if field not in own and (one.key, field) in once
            }  # fmt: skip
            fields = _filled(typed, one, shared) | fields
            lacking = any(asked.needed and name not in fields for name, asked in one.form.items())
            if lacking and not any(typed[name].value.strip() for name in own.values()):
                continue  # nobody opened this form: what another one asked does not fill it
            own |= shared
        if not fields:
            continue
        fields |= _by_itself(one, fields, beside)
        for wrong in read_form(one, fields)[1]:
            typed[own[wrong.field]].error = said(labelled(refusal_of(one.key, wrong)))
        found.append(Answered(programme=one.key, fields=fields))
    return tuple(found)


def _filled(typed: Typed, one: Form, places: Mapping[str, str]) -> dict[str, str]:
    """What stands in the fields of questions, as the record keeps it."""
    return {
        field: _written(typed[name].value.strip(), one.form[field])
        for field, name in places.items()
        if name in typed.cells and typed[name].value.strip()
    }


def _concerned(one: Form, beside: Beside | None) -> bool:
    """Whether a diagnosis of the visit is one of the programme's."""
    if beside is None or not isinstance(one, Programme):
        return False
    who = one.who(beside.on)
    return any(fits_pair(who, each.code, each.traditional) for each in beside.diagnosed)


def _by_itself(one: Form, fields: Mapping[str, str], beside: Beside | None) -> dict[str, str]:
    """Questions that nobody answered and that the visit answers with yes: it was done, or handed out."""
    if beside is None:
        return {}
    found = {
        name: "yes" for name, asked in one.form.items()
        if name not in fields
        and not (beside.served.isdisjoint(asked.served) and beside.given.isdisjoint(asked.given))
    }  # fmt: skip
    group = beside.groups.get(one.key, "")
    if GROUP in one.form and GROUP not in fields and group in one.form[GROUP].choices:
        found[GROUP] = group
    return found


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
    return _name(str(told.get("programme", "")), str(told.get("field", "")))


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
    typed: Typed, known: Iterable[Form], notes: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Each programme with its fields, also of one that was left meanwhile; open where something is
    wrong in it. ``notes`` are said above the fields, by programme; ``groups`` stand for the priority
    group that is left open."""
    asked = {one.key: one for one in (*known, *posted(typed.cells))}
    parts = []
    for one in asked.values():
        fields = [
            _field(typed[_name(one.key, field)], question, _known(one, field, groups or {}))
            for field, question in one.form.items()
            if _name(one.key, field) in typed.cells
        ]
        if fields:
            wrong = any(field["cell"].error for field in fields)
            note = (notes or {}).get(one.key, "")
            parts.append({"name": one.names.of(language()), "fields": fields, "open": wrong,
                          "note": note})  # fmt: skip
    return parts


def _known(one: Form, name: str, groups: Mapping[str, str]) -> str:
    """What stands for a question that is left open, in words; "" for nothing."""
    choice = one.form[name].choices.get(groups.get(one.key, "")) if name == GROUP else None
    return _("as on record: {what}").format(what=choice.names.of(language())) if choice else ""


def _field(cell: Cell, question: Question, known: str = "") -> dict[str, Any]:
    label = question.names.of(language())
    if question.kind in ("yes_no", "choice"):
        listed = [(code, one.names.of(language())) for code, one in question.choices.items()]
        listed = listed or [("yes", _("yes")), ("no", _("no"))]
        told = cell.value.strip()
        odd = [(told, told)] if told and told not in dict(listed) else []
        return {"cell": cell, "label": label, "choices": [("", known or "–"), *listed, *odd]}
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
