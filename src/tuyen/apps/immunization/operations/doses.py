"""What can be done about a dose."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tuyen.apps.immunization.operations.words import (
    Code,
    Line,
    Note,
    Ordinal,
    PlaceKind,
    Precision,
    Product,
    Programme,
    Reason,
    Route,
    Screening,
    Short,
    Site,
)
from tuyen.kernel.operation import Payload, operation


class Given(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One injection of a visit. ``vaccine`` is a code of the catalogue (or its CVX code)."""

    vaccine: Code
    product: Product = ""
    lot: Short = ""
    vial: Short = ""
    site: Site | None = None
    route: Route | None = None
    number: Ordinal | None = None
    injected_at: datetime | None = None


class Remembered(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One dose of the past, as a booklet or a certificate has it.

    ``on`` is the day; with ``precision`` "month" or "year" any day of it, and the middle is kept.
    """

    vaccine: Code
    on: date
    precision: Precision = "day"
    product: Product = ""
    lot: Short = ""
    facility: UUID | None = None
    place: Line = ""
    place_kind: PlaceKind | None = None
    programme: Programme = "routine"
    number: Ordinal | None = None
    external_id: Annotated[str, Meta(max_length=100)] = ""


@operation("immunization.record_doses", version=1, right="immunization.dose.record")
class RecordDoses(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Record what was given to a person at one visit, on the operation's day.

    The screening comes first: without a passed one no dose is taken. ``facility`` is left out where
    the operation's unit gave it itself. The id of the nth dose follows from the operation's id.
    """

    person: UUID
    given: Annotated[tuple[Given, ...], Meta(min_length=1, max_length=20)]
    programme: Programme
    place_kind: PlaceKind
    screening: Screening
    facility: UUID | None = None
    session: UUID | None = None
    arrived_at: datetime | None = None
    screened_at: datetime | None = None
    left_at: datetime | None = None
    vaccinator: Line = ""
    note: Note = ""


@operation("immunization.record_history", version=1, right="immunization.dose.record")
class RecordHistory(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Copy the doses that a person got earlier or elsewhere, from what they show."""

    person: UUID
    doses: Annotated[tuple[Remembered, ...], Meta(min_length=1, max_length=60)]
    shown: Literal["booklet", "certificate", "register", "told"] = "booklet"
    note: Note = ""


class DoseChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of these; those left out stay as they are."""

    vaccine: Code | UnsetType = UNSET
    on: date | UnsetType = UNSET
    precision: Precision | UnsetType = UNSET
    product: Product | UnsetType = UNSET
    lot: Short | UnsetType = UNSET
    vial: Short | UnsetType = UNSET
    site: Site | UnsetType | None = UNSET
    route: Route | UnsetType | None = UNSET
    number: Ordinal | UnsetType | None = UNSET
    facility: UUID | UnsetType | None = UNSET
    place: Line | UnsetType = UNSET
    place_kind: PlaceKind | UnsetType | None = UNSET
    programme: Programme | UnsetType = UNSET
    arrived_at: datetime | UnsetType | None = UNSET
    screened_at: datetime | UnsetType | None = UNSET
    injected_at: datetime | UnsetType | None = UNSET
    left_at: datetime | UnsetType | None = UNSET
    vaccinator: Line | UnsetType = UNSET
    note: Note | UnsetType = UNSET


@operation("immunization.amend_dose", version=1, right="immunization.dose.record")
class AmendDose(Payload, frozen=True, kw_only=True):
    """Correct a dose: only what changes. The unit that recorded it, or where the person lives, may.

    ``revision`` is how many amendments the author had seen; when there are more by now, the
    amendment is refused rather than laid over work that its author does not know.
    """

    dose: UUID
    changes: DoseChanges
    reason: Annotated[str, Meta(max_length=500)] = ""
    revision: Annotated[int, Meta(ge=0)] | None = None


@operation("immunization.void_dose", version=1, right="immunization.dose.void")
class VoidDose(Payload, frozen=True, kw_only=True):
    """Take a dose out of all counts: it was entered in error. Its row stays, with the reason."""

    dose: UUID
    reason: Reason


@operation("immunization.resolve_duplicate", version=1, right="immunization.dose.record")
class ResolveDuplicate(Payload, frozen=True, kw_only=True):
    """Say of a dose that looks like another's second entry what it is.

    ``same``: one dose, entered twice; the entry ``keep`` is counted (left out: the one that is
    counted now). Otherwise they are two doses, and both are counted.
    """

    dose: UUID
    same: bool
    keep: UUID | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""


@operation("immunization.follow", version=1, right="immunization.dose.record")
class Follow(Payload, frozen=True, kw_only=True):
    """Look at people anew: who was born or came, moved, died, was merged, grew older, or falls
    under another pack. What is already so stays so."""

    people: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=2000)]
