"""Equipment of every kind and its servicing; the cold chain, its temperatures and excursions."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.supply.operations.words import Many, Note, Reason, Word
from tuyen.kernel.operation import Payload, operation

Servicing = Literal["calibration", "fault", "repair", "maintenance"]
Decision = Literal["release", "discard"]
Celsius = Annotated[float, Meta(ge=-273.15, le=1000)]
MOST_READINGS = 5000


@operation(
    "supply.set_equipment",
    version=2,
    right="supply.equipment.edit",
    upcasts={
        1: lambda values: values
    },  # the kinds are a list of the rules now; each old one is on it
)
class SetEquipment(Payload, frozen=True, kw_only=True):
    """A piece of equipment of the operation's unit, as it is from now on.

    ``kind`` is one of ``rules/supply/equipment.csv``. ``watched``: its temperature is read twice a day, every day. A change names it in ``equipment``
    and corrects the operation that made it.
    """

    equipment: UUID | None = None
    kind: Annotated[str, Meta(min_length=1, max_length=12)]
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    model: Word = ""
    serial: Annotated[str, Meta(max_length=60)] = ""
    litres: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    since: date
    watched: bool = True
    retired_on: date | None = None


@operation("supply.service_equipment", version=1, right="supply.equipment.edit")
class ServiceEquipment(Payload, frozen=True, kw_only=True):
    """Something that was done to a piece of equipment: a check with its result, a fault, a repair."""

    equipment: UUID
    what: Servicing
    passed: bool | None = None
    next_on: date | None = None
    note: Note = ""


@operation("supply.log_temperature", version=1, right="supply.cold.log")
class LogTemperature(Payload, frozen=True, kw_only=True):
    """A temperature read by hand, in the morning or in the afternoon of the operation's day.

    One that was read or written wrong is corrected by another that names it (``corrects``).
    """

    equipment: UUID
    half: Literal["am", "pm"]
    celsius: Celsius
    at: datetime | None = None


@operation("supply.import_readings", version=1, right="supply.cold.log")
class ImportReadings(Payload, frozen=True, kw_only=True):
    """Temperatures of a logger: ``minutes`` since 1970 UTC and ``celsius``, one for the other.

    A minute that is there already keeps what it has.
    """

    equipment: UUID
    minutes: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=100_000_000)], ...],
        Meta(min_length=1, max_length=MOST_READINGS),
    ]
    celsius: Annotated[tuple[Celsius, ...], Meta(min_length=1, max_length=MOST_READINGS)]
    file: Word = ""


@operation("supply.record_excursion", version=1, right="supply.quarantine.decide")
class RecordExcursion(Payload, frozen=True, kw_only=True):
    """An excursion that the program found in the readings; said again while it goes on.

    It sets apart the vials that were there then, wherever they lie now.
    """

    equipment: UUID
    rule: Annotated[str, Meta(max_length=12)]
    since: datetime
    until: datetime
    going_on: bool
    minutes: Many
    worst: Celsius


class DecidedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done with the vials of a lot that an excursion set apart at a holder."""

    lot: UUID
    held_in: UUID
    decision: Decision


@operation("supply.decide_excursion", version=1, right="supply.quarantine.decide")
class DecideExcursion(Payload, frozen=True, kw_only=True):
    """Release or discard what an excursion set apart, lot by lot, with the reason."""

    excursion: UUID
    lines: Annotated[tuple[DecidedLine, ...], Meta(max_length=400)]
    reason: Reason
