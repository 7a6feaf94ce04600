"""From the form of a visit to the journal: what is asked once before, and where a refusal is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from msgspec.structs import replace

from tuyen.apps.access import clock
from tuyen.apps.clinical.operations import Content, Measured
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt
from tuyen.rules.clinical import measures
from tuyen.rules.clinical.programme import longest
from tuyen.web.access import ActorRequest
from tuyen.web.clinical import answers, lookups, not_borne, reading
from tuyen.web.clinical import visit_words as words
from tuyen.web.clinical.cells import Cell, Typed
from tuyen.web.clinical.reading import Parts, texts
from tuyen.web.clinical.start import Heeded
from tuyen.web.sentences import say

# Fields of a refusal of the record -> the field of the form beside which it is said.
BESIDE = {
    "clinical.next-not-after": "next_on", "clinical.next-too-far": "next_on",
    "clinical.in-the-future": "began", "clinical.referred-nowhere": "refer_name",
    "clinical.unknown-facility": "refer_name", "clinical.pressures-swapped": "pressure",
    "clinical.reason-needed": "why", "clinical.leaves-otherwise": "leaving",
}  # fmt: skip


@dataclass(slots=True)
class Judged:
    """A form that was read: its parts, when the visit began, and what is dangerous and not yet
    answered for."""

    parts: Parts
    began: datetime
    dangers: list[dict[str, Any]] = field(default_factory=list)


def posted(given: QueryDict) -> Typed:
    """The form of a visit as it was sent, with the questions of the programmes that stood in it."""
    asked = answers.names(answers.posted(given), answers.questions(given))
    return Typed.posted(given, (*reading.NAMES, "why", *asked), reading.TABLES)


def judge(
    typed: Typed, given: QueryDict, *, now: datetime, months: int, heeded: Heeded,
    before: Content | None = None,
) -> Judged:  # fmt: skip
    """Read the form. Values that are unlikely are asked about once, dangerous ones answered for, and
    a medicine that is not borne takes its reason; ``before`` is the visit that is corrected, whose
    medicines were given."""
    confirmed = {
        what: given.get(f"confirm_{what}", "")
        for what in measures.measures()
        if given.get(f"confirm_{what}")
    }
    parts = reading.read(
        typed, lists=lookups.lists(now.date()), said=say, on=now.date(),
        drugs=given.get("do") != "none", confirmed=confirmed,
    )  # fmt: skip
    beside = answers.Beside(
        now.date(), parts.diagnosed, frozenset(one.code for one in parts.served),
        frozenset(one.item for one in parts.dispensed), answers.groups_of(heeded.enrolled),
    )  # fmt: skip
    parts.answered = answers.read(typed, answers.posted(typed.cells), say, beside)
    began = reading.began(typed, say, now)
    for one in parts.measured:
        _ask(typed, one, months)
    _check_drugs(typed)
    _ask_days(typed, parts, given, now.date())
    given_before = {one.item for one in before.prescribed} if before else set()
    not_borne.ask(typed, parts.prescribed, heeded.allergies, now.date(), given_before)
    pregnant = heeded.pregnancy is not None
    told = [(one.what, one.value) for one in parts.measured]
    found = words.dangers(told, months=months, pregnant=pregnant)
    if pregnant:
        found += words.danger_signs(dict(told), parts.answered, now.date())
    unseen = [one for one in found if given.get(f"seen_{one['what']}") != one["value"]]
    return Judged(parts, began, found if unseen else [])


def _ask(typed: Typed, one: Measured, months: int) -> None:
    rule = measures.measure(one.what)
    if rule is None:
        return
    cell = _cell_of(typed, one.what)
    shown = {
        "what": rule.name(words.language()), "value": texts(one.value), "unit": rule.unit,
        "low": texts(rule.low), "high": texts(rule.high),
    }  # fmt: skip
    if not rule.low <= one.value <= rule.high:
        cell.error = _(
            "{what}: {value} {unit} cannot be; expected {low} to {high}. Measure it again."
        ).format(**shown)
        return
    low, high = rule.band(months)
    if low <= one.value <= high or one.confirmed:
        return
    cell.ask = _("{what}: {value} {unit} is unlikely; expected {low} to {high}.").format(
        **shown | {"low": texts(low), "high": texts(high)}
    )
    yes = _("It is really so: {value} {unit}").format(**shown)
    cell.asked = [*cell.asked, (one.what, str(one.value), yes)]


def _ask_days(typed: Typed, parts: Parts, given: QueryDict, on: date) -> None:
    """A medicine for longer than the programmes of the diagnoses allow is asked about once."""
    found = longest(((one.code, one.traditional) for one in parts.diagnosed), on)
    if found is None:
        return
    programme, most = found
    said = programme.said("contacts", on)
    basis = (
        f"{said.source}, {_('verified') if said.verified else _('not verified')}" if said else ""
    )
    for row in typed.tables["rx"]:
        days, key = row.text("days"), f"days_{row.number}"
        fits = row["days"].error or not days.isdecimal() or int(days) <= most
        if fits or given.get(f"confirm_{key}") == days:
            continue
        row["days"].ask = _("{days} days: a prescription for {programme} lasts at most {most} days ({basis}).").format(
            days=days, programme=programme.names.of(words.language()), most=most, basis=basis,
        )  # fmt: skip
        yes = _("It is meant so: {days} days").format(days=days)
        row["days"].asked = [(key, days, yes)]


def _check_drugs(typed: Typed) -> None:
    """A medicine stands once: the same one on two lines is a slip."""
    seen: dict[str, int] = {}
    for row in typed.tables["rx"]:
        code = row.text("chosen") or row.text("text")
        if code and code in seen and not row["text"].error:
            row["text"].error = _("This medicine stands on line {n} already.").format(
                n=seen[code] + 1
            )
        seen.setdefault(code, row.number)


def _cell_of(typed: Typed, what: str) -> Cell:
    """Where a value was typed: in its own field, or in the short line."""
    if what in ("systolic", "diastolic"):
        return typed["pressure" if typed.text("pressure") else "line"]
    name = "glucose" if what.startswith("glucose_") else what
    return typed[name] if name in typed.cells and typed.text(name) else typed["line"]


def content(parts: Parts, person: UUID, began: datetime, before: Content | None = None) -> Content:
    """What the visit says; of a visit that is corrected, what has no field stays as it was."""
    held: Mapping[str, Any] = {}
    dispensed = parts.dispensed
    if before is not None:
        moved = began != before.began_at
        held = {
            "answered": (
                *parts.answered,
                *(
                    one
                    for one in before.answered
                    if one.programme not in {told.programme for told in parts.answered}
                ),
            ),
            "ended_at": None if moved else before.ended_at,
            "papers": before.papers,
        }
        codes = {one.item for one in (*parts.prescribed, *before.prescribed)}
        dispensed += tuple(one for one in before.dispensed if one.item not in codes)
    return Content(**{
        "person": person, "began_at": began, "measured": parts.measured,
        "diagnosed": parts.diagnosed, "prescribed": parts.prescribed, "dispensed": dispensed,
        "served": parts.served, "referred": parts.referred, "next": parts.next,
        "answered": parts.answered, **parts.texts, **held,
    })  # fmt: skip


def send(
    request: ActorRequest, typed: Typed, payload: Payload, *, unit: UUID, corrects: UUID | None = None,
    id: UUID | None = None, beside: Mapping[str, str] = BESIDE,
) -> Receipt | None:  # fmt: skip
    """Commit one operation under the id of the form, so that a form sent twice is one. Where it is
    refused its sentence stands in the form, which gets a new id: then None."""
    now = clock.now()
    operation = Operation.of(
        payload, id=id or id_of(typed), unit=unit, happened_on=now.date(), recorded_at=now,
        corrects=corrects,
    )  # fmt: skip
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is None:
        return receipt
    refusal = answers.labelled(receipt.refusal.refusal())
    name = beside.get(refusal.code, answers.place(receipt.refusal.refusal()))
    if name in typed.cells:
        typed.wrong(name, say(refusal))
    else:
        typed.general.append(say(refusal))
    typed["op"].value = str(uuid7())
    return None


def id_of(typed: Typed) -> UUID:
    """The id under which a form is saved: it was made with the form."""
    try:
        return UUID(typed.text("op"))
    except ValueError:
        return uuid7()


def same(held: Content, told: Content) -> bool:
    """Whether two say the same but for the minute: a form that was sent twice."""
    return replace(held, began_at=told.began_at, ended_at=told.ended_at) == told
