"""A pregnancy from its registration to what came of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from tuyen.kernel.operation import Payload, operation

Count = Annotated[int, Meta(ge=0, le=25)]
Apgar = Annotated[int, Meta(ge=0, le=10)]
Weeks = Annotated[int, Meta(ge=16, le=45)]
Remark = Annotated[str, Meta(max_length=500)]
Why = Annotated[str, Meta(min_length=3, max_length=500)]
DatedBy = Literal["lmp", "ultrasound", "size"]


@operation("clinical.register_pregnancy", version=1, right="clinical.visit.record")
class RegisterPregnancy(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Put a woman under antenatal care; the pregnancy's id is the operation's.

    Dated by the first day of the last period (``lmp``) or by the day the birth is expected (``edd``,
    as an ultrasound or the size of the womb has it); one of the two at least. With both, the day of
    birth told is kept, and must lie near what the period says.
    """

    person: UUID
    dated_by: DatedBy = "lmp"
    lmp: date | None = None
    edd: date | None = None
    gravida: Count | None = None
    para: Count | None = None
    caesareans: Count | None = None
    note: Remark = ""


class PregnancyChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of these; those left out stay as they are."""

    dated_by: DatedBy | UnsetType = UNSET
    lmp: date | UnsetType = UNSET
    edd: date | UnsetType = UNSET
    gravida: Count | UnsetType | None = UNSET
    para: Count | UnsetType | None = UNSET
    caesareans: Count | UnsetType | None = UNSET
    note: Remark | UnsetType = UNSET


@operation("clinical.amend_pregnancy", version=1, right="clinical.visit.record")
class AmendPregnancy(Payload, frozen=True, kw_only=True):
    """Correct what is known of a pregnancy, its dating above all."""

    pregnancy: UUID
    changes: PregnancyChanges
    reason: Why


@operation("clinical.end_pregnancy", version=1, right="clinical.visit.record")
class EndPregnancy(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """A pregnancy is over without a birth here. How it was lost is read for care only."""

    pregnancy: UUID
    on: date
    how: Literal["loss", "moved", "not-pregnant"]
    loss: Literal["miscarriage", "termination", "ectopic", "molar", ""] = ""
    note: Remark = ""


class Born(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One child. ``person`` is the record of a child born alive, which was registered before (in the
    same commit); a child born dead has none. Grams and centimetres."""

    sex: Literal[1, 2, 3]
    person: UUID | None = None
    alive: bool = True
    weight: Annotated[int, Meta(ge=1, le=20000)] | None = None
    length: Decimal | None = None
    head: Decimal | None = None
    apgar1: Apgar | None = None
    apgar5: Apgar | None = None
    vitamin_k: bool | None = None
    breastfed: bool | None = None
    essential_care: bool | None = None
    malformation: Annotated[str, Meta(max_length=200)] = ""


@operation("clinical.record_birth", version=1, right="clinical.visit.record")
class RecordBirth(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """A woman gave birth on the day, to one child or several; her open pregnancy ends by it.

    ``weeks`` is told where there was no pregnancy on record.
    """

    mother: UUID
    on: date
    children: Annotated[tuple[Born, ...], Meta(min_length=1, max_length=6)]
    at: Annotated[datetime, Meta(tz=True)] | None = None
    place: Literal["station", "hospital", "home", "way"] = "station"
    attendant: Literal["doctor", "midwife", "assistant", "village-midwife", "unskilled"] = "midwife"
    mode: Literal["normal", "assisted", "caesarean"] = "normal"
    weeks: Weeks | None = None
    note: Remark = ""


@operation("clinical.void_birth", version=1, right="clinical.visit.record")
class VoidBirth(Payload, frozen=True, kw_only=True):
    """Take a delivery out of all counts: it was entered in error. Its pregnancy is open again; what
    the registry holds of the children is corrected there."""

    delivery: UUID
    reason: Why


@operation("clinical.review_maternal_death", version=1, right="clinical.visit.record")
class ReviewMaternalDeath(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """What the audit of a mother's death found: she died pregnant or within 42 days after."""

    person: UUID
    kind: Literal["direct", "indirect", "coincidental", "unknown"]
    findings: Annotated[str, Meta(min_length=10, max_length=4000)]
    cause: Annotated[str, Meta(max_length=10, pattern=r"^$|^[A-Z][0-9]{2}(\.[0-9A-Z]{1,3})?$")] = ""
    actions: Annotated[str, Meta(max_length=4000)] = ""
