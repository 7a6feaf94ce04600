"""What a visit begins with: who it is, what was measured, prescribed and agreed before, who pays,
and what lies on the shelf. The form is filled with it, so that most of it is not typed again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Content, Measured, Prescribed
from tuyen.apps.clinical.queries import AllergyRow, VisitFacts, mothers
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Cover, PersonCard, PersonRow
from tuyen.kernel.ids import uuid7
from tuyen.rules.clinical.programme import Programme, programmes
from tuyen.web.clinical import answers, next_visit
from tuyen.web.clinical import visit_words as words
from tuyen.web.clinical.cells import Typed
from tuyen.web.clinical.next_visit import Proposed
from tuyen.web.clinical.reading import NAMES, SINGLE, TABLES, texts
from tuyen.web.clinical.typed_values import GLUCOSE

LONG = next_visit.LONG
AS_AGREED = "Khám lại theo hẹn"
"""Why somebody comes who was expected, as the claim asks it: in Vietnamese, as the insurer reads it. It
stands in the form and may be written over."""
REMEMBERED = 200
"""Days after which an earlier prescription is no longer offered again."""


FERTILE = range(10, 56)
"""Years of age at which a woman may be under care for a pregnancy."""


@dataclass(frozen=True, slots=True)
class Heeded:
    """What a visit must heed, before it is saved: what is not borne, a pregnancy, and the programmes."""

    allergies: tuple[AllergyRow, ...] = ()
    pregnancies: tuple[mothers.PregnancyRow, ...] = ()  # the latest first
    pregnancy: mothers.PregnancyRow | None = None  # the one under care
    enrolled: tuple[queries.PatientRow, ...] = ()  # the programmes somebody is or was in


def heed(by: Actor, row: PersonRow, on: date) -> Heeded:
    """What is to be heeded of a person; of a pregnancy it is asked for women of such an age only."""
    found = queries.allergies_of(by=by, person=row.id, stands=row.merged_into is None)
    pregnancy = None
    rows: list[mothers.PregnancyRow] = []
    if row.sex == 2 and months(row.born_on, on) // 12 in FERTILE:
        rows = mothers.pregnancies_of(by=by, person=row.id, on=on)
        pregnancy = next((one for one in rows if one.state == "open" and one.begun_on <= on), None)
    enrolled = queries.enrolments_of(by=by, person=row.id, on=on)
    return Heeded(tuple(found), tuple(reversed(rows)), pregnancy, tuple(enrolled))


@dataclass(slots=True)
class Start:
    """All that is known when somebody sits down."""

    card: PersonCard
    on: date
    visits: list[VisitFacts]
    values: Mapping[str, tuple[Decimal, Any]]
    cover: Cover | None
    drugs: tuple[Prescribed, ...] = ()
    drugs_on: date | None = None
    repeated: VisitFacts | None = None  # the visit that this one goes on from
    programmes: list[Programme] = field(default_factory=list)
    heeded: "Heeded" = field(default_factory=lambda: Heeded())
    next: "Proposed" = field(default_factory=lambda: Proposed())

    @property
    def person(self) -> UUID:
        return self.card.row.id

    @property
    def months(self) -> int:
        return months(self.card.row.born_on, self.on)


def months(born: date, on: date) -> int:
    """Completed months of age."""
    return max(0, (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day))


def begin(by: Actor, id: UUID, on: date) -> Start | None:
    """What is known of somebody whom the reader may read; None where there is nobody."""
    card = registry.person(by=by, id=id)
    if card is None or card.voided_on is not None:
        return None
    visits = queries.visits_of(by=by, person=id, limit=12)
    values = queries.last_values(by=by, persons=[id]).get(id, {})
    covers = registry.covers(by=by, ids=[id]).get(id, [])
    start = Start(
        card, on, visits, values, next((c for c in reversed(covers) if c.holds(on)), None)
    )
    start.heeded = heed(by, card.row, on)
    start.programmes = answers.open_of(start.heeded.enrolled)
    antenatal = programmes().get("antenatal") if start.heeded.pregnancy else None
    if antenatal is not None and antenatal not in start.programmes:
        start.programmes.insert(0, antenatal)
    last = next((one for one in visits if one.content.prescribed), None)
    if last is not None and on - last.row.day <= timedelta(days=REMEMBERED):
        going_on = max(one.days for one in last.content.prescribed) >= LONG
        if going_on or last.row.next_on is not None:
            start.drugs, start.drugs_on, start.repeated = (
                last.content.prescribed,
                last.row.day,
                last,
            )
    if start.repeated is None:
        start.repeated = next((one for one in visits[:1] if one.row.next_on is not None), None)
    start.next = next_visit.proposed(
        on, age=start.months // 12, drugs=(one.days for one in start.drugs),
        programmes=start.programmes, values={w: v for w, (v, _at) in values.items()},
        pregnancy=start.heeded.pregnancy,
    )  # fmt: skip
    return start


def form(start: Start, lots: Mapping[str, str] | None = None) -> Typed:
    """The form of a new visit, filled with what is known; ``lots``: what stands for the lot of each
    of the drugs."""
    before = start.repeated.content if start.repeated else None
    kind = next((what for what in GLUCOSE if what in start.values), "glucose_random")
    latest = [what for what in GLUCOSE if what in start.values]
    if latest:
        kind = max(latest, key=lambda what: start.values[what][1])
    initial = {
        "op": str(uuid7()), "glucose_kind": kind, "setting": "station", "attendance": "1.2",
        "payer": "insurance" if start.cover else "self",
        "care": "05" if start.drugs else "01",
        "reason": AS_AGREED if start.repeated else "",
        "next_programme": start.next.programme
        or next((one.key for one in start.programmes if one.kind == "chronic"), ""),
        "next_on": f"{start.next.on:%d/%m/%Y}" if start.next.on else "",
        **answers.on_record(start.programmes, pregnant=start.heeded.pregnancy is not None),
    }  # fmt: skip
    drugs = [{**row, "lot": (lots or {}).get(row["chosen"], "")} for row in drug_rows(start.drugs)]
    rows = {"rx": drugs, "dx": diagnosis_rows(before) if before else []}
    asked = answers.names(start.programmes)
    return blanks(Typed((*NAMES, "why", *asked), TABLES, initial, rows))


def form_of(content: Content, programmes: Iterable[Programme] = ()) -> Typed:
    """The form of a visit as it stands, to be corrected."""
    told: dict[str, Decimal] = {}
    for one in content.measured:
        told.setdefault(one.what, one.value)
    kind = next((what for what in GLUCOSE if what in told), "glucose_random")
    upper, lower = told.get("systolic"), told.get("diastolic")
    after, sent = content.next, content.referred
    initial = {
        "op": str(uuid7()), "glucose_kind": kind, "glucose": texts(told.get(kind)),
        "pressure": f"{texts(upper)}/{texts(lower)}" if upper and lower else "",
        **{name: texts(told.get(name)) for name in SINGLE},
        "reason": content.reason, "course": content.course, "advice": content.advice,
        "care": content.care, "attendance": content.attendance, "payer": content.payer,
        "card": content.card, "setting": content.setting, "practitioner": content.practitioner,
        "outcome": content.outcome, "leaving": content.leaving,
        "next_on": f"{after.on:%d/%m/%Y}" if after else "",
        "next_why": after.why if after else "", "next_programme": after.programme if after else "",
    }  # fmt: skip
    if sent:
        initial |= {
            "refer_name": sent.to_name, "refer_to": str(sent.to or ""), "refer_reason": sent.reason,
            "refer_urgent": "yes" if sent.urgent else "", "refer_findings": sent.findings,
            "refer_treatment": sent.treatment,
        }  # fmt: skip
    lots = {one.item: str(one.lot or "") for one in content.dispensed}
    rows = {
        "rx": [{**row, "lot": lots.get(row["chosen"], "none")} for row in drug_rows(content.prescribed)],
        "dx": diagnosis_rows(content),
        "sv": [
            {"text": one.code, "chosen": one.code, "quantity": texts(one.quantity), "result": one.result}
            for one in content.served
        ],
    }  # fmt: skip
    programmes = list(programmes)
    answered = answers.settled(programmes, answers.initial(content))
    initial |= answered
    asked = answers.names(programmes, answered)
    return blanks(Typed((*NAMES, "why", *asked), TABLES, initial, rows))


def unshown(content: Content) -> tuple[Measured, ...]:
    """Values that the form has no field for: other measures, and second readings."""
    seen: set[str] = set()
    kind = next((w for w in GLUCOSE if any(one.what == w for one in content.measured)), "")
    fields = {*SINGLE, "systolic", "diastolic", kind}
    kept = []
    for one in content.measured:
        if one.what not in fields or one.what in seen:
            kept.append(one)
        seen.add(one.what)
    return tuple(kept)


def blanks(typed: Typed) -> Typed:
    """Empty rows to type in, beside those that are filled."""
    for key, least in (("dx", 1), ("rx", 2), ("sv", 1)):
        typed.blank(key, max(1, least - len(typed.tables[key])))
    return typed


def drug_rows(drugs: Iterable[Prescribed]) -> list[dict[str, str]]:
    """The quantity is left to be computed where it is what dose, times and days make."""
    return [
        {
            "text": words.item(one.item), "chosen": one.item, "dose": texts(one.dose),
            "times": str(one.times), "days": str(one.days), "lot": "", "route": one.route,
            "quantity": "" if one.quantity == one.dose * one.times * one.days else texts(one.quantity),
            "note": one.note, "despite": one.despite,
        }
        for one in drugs
    ]  # fmt: skip


def diagnosis_rows(content: Content) -> list[dict[str, str]]:
    """The main one first."""
    told = sorted(content.diagnosed, key=lambda one: not one.main)
    return [
        {"text": words.diagnosis(one.code), "chosen": one.code, "certainty": one.certainty,
         "traditional": one.traditional, "note": one.note}
        for one in told
    ]  # fmt: skip


def payer_said(start: Start) -> dict[str, str]:
    """Who pays, in words; that nobody does is said plainly."""
    cover = start.cover
    if cover is None:
        return {"words": _("Not insured"), "tone": "warn",
                "said": _("No insurance card on record holds today: the patient pays.")}  # fmt: skip
    until = _("until {day}").format(day=f"{cover.until:%d/%m/%Y}") if cover.until else ""
    return {"words": _("Insured"), "tone": "good",
            "said": " ".join(filter(None, (registry.masked(cover.card), until)))}  # fmt: skip
