"""What a facility lays down: lines of its catalogues, and facts of a patient for the insurer."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.claims.operations.words import Key, Kind, Told, Word
from tuyen.kernel.operation import Payload, operation


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line by its key. Without values it ends: from that day on there is none."""

    key: Key = ""
    values: Annotated[dict[Word, Told], Meta(max_length=40)] = {}


@operation("claims.set_catalogue", version=1, right="claims.claim.prepare")
class SetCatalogue(Payload, frozen=True, kw_only=True):
    """Lines of a catalogue of the operation's unit from a day on. A line that says what it said
    before changes nothing; another closes the one in force and opens a new one."""

    kind: Kind
    since: date
    lines: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=500)]


@operation("claims.set_patient", version=1, right="claims.claim.prepare")
class SetPatient(Payload, frozen=True, kw_only=True):
    """What the insurer asks of a person and the registry does not hold."""

    person: UUID
    nationality: Annotated[str, Meta(pattern="^([0-9]{3})?$")] = ""
    occupation: Annotated[str, Meta(pattern="^([0-9]{5})?$")] = ""
    area: Annotated[str, Meta(pattern="^(K[123])?$")] = ""
    five_years_on: date | None = None
    exempt_from: date | None = None
