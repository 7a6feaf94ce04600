"""Malnourished children under treatment, methods of contraception, and what a couple may hand on."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.kernel.operation import Payload, operation

Remark = Annotated[str, Meta(max_length=500)]
Why = Annotated[str, Meta(min_length=3, max_length=500)]
Word = Annotated[str, Meta(max_length=12)]
Allele = Annotated[str, Meta(max_length=2)]


@operation("clinical.admit_malnourished", version=1, right="clinical.visit.record")
class AdmitMalnourished(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Take a child of 6 to 59 months (or an infant, in hospital) into treatment, by its last measures.

    Moderate: supplementary; severe: outpatient, weekly; complicated, or below six months: inpatient.
    """

    person: UUID
    since: date
    how: Literal["outpatient", "inpatient", "supplementary"]
    note: Remark = ""


@operation("clinical.discharge_malnourished", version=1, right="clinical.visit.record")
class DischargeMalnourished(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """A child leaves the treatment. Cured takes two good visits and no oedema for two weeks."""

    care: UUID
    on: date
    outcome: Literal["cured", "died", "defaulted", "not-responding", "referred", "moved", "error"]
    note: Remark = ""


@operation("clinical.record_contraception", version=1, right="clinical.visit.record")
class RecordContraception(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Start a method, hand it out again, look after its user, or stop it.

    ``covers`` is for how many days what was handed out lasts; left out, as long as the rule of the
    method says.
    """

    person: UUID
    on: date
    what: Literal["start", "supply", "follow-up", "stop"]
    method: Word
    quantity: Annotated[int, Meta(ge=1, le=1000)] | None = None
    covers: Annotated[int, Meta(ge=1, le=4000)] | None = None
    side_effects: Annotated[tuple[Word, ...], Meta(max_length=7)] = ()
    reason: Word = ""
    note: Remark = ""


@operation("clinical.void_contraception", version=1, right="clinical.visit.record")
class VoidContraception(Payload, frozen=True, kw_only=True):
    """Take a step out of all counts: it was entered in error."""

    step: UUID
    reason: Why


@operation("clinical.record_thalassaemia", version=1, right="clinical.visit.sensitive")
class RecordThalassaemia(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Red cells (MCV fL, MCH pg, Hb g/dL), haemoglobins (% of all) or genes of a person."""

    person: UUID
    on: date
    mcv: Decimal | None = None
    mch: Decimal | None = None
    hb: Decimal | None = None
    hba2: Decimal | None = None
    hbf: Decimal | None = None
    hbe: Decimal | None = None
    hbh: Decimal | None = None
    beta: Annotated[tuple[Allele, ...], Meta(max_length=2)] = ()
    alpha: Annotated[tuple[Allele, ...], Meta(max_length=2)] = ()
    laboratory: Annotated[str, Meta(max_length=200)] = ""


@operation("clinical.void_thalassaemia", version=1, right="clinical.visit.sensitive")
class VoidThalassaemia(Payload, frozen=True, kw_only=True):
    """Take a result out: it was another person's, or mistyped."""

    test: UUID
    reason: Why


@operation("clinical.link_couple", version=1, right="clinical.visit.sensitive")
class LinkCouple(Payload, frozen=True, kw_only=True):
    """Note that a woman and a man mean to have children, or have, so that their risk is known."""

    woman: UUID
    man: UUID
    since: date


@operation("clinical.part_couple", version=1, right="clinical.visit.sensitive")
class PartCouple(Payload, frozen=True, kw_only=True):
    """They do not any more, or it was a mistake: their risk is not shown from the day on."""

    couple: UUID
    until: date


@operation("clinical.advise_couple", version=1, right="clinical.visit.sensitive")
class AdviseCouple(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """A couple was counselled, or an unborn child of theirs was tested, with the result."""

    couple: UUID
    on: date
    what: Literal["counselled", "prenatal"]
    result: Literal["unaffected", "carrier", "affected", "failed", ""] = ""
    method: Annotated[str, Meta(max_length=100)] = ""
    note: Annotated[str, Meta(max_length=1000)] = ""
