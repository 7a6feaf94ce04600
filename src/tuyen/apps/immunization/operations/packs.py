"""What can be done about the schedule of a province."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from tuyen.apps.immunization.operations.words import Code, Reason
from tuyen.kernel.operation import Payload, operation

People = Annotated[int, Meta(ge=0, le=100_000_000)]


@operation("immunization.activate_pack", version=1, right="immunization.pack.activate")
class ActivatePack(Payload, frozen=True, kw_only=True):
    """Put a schedule in force from a day on. ``people`` and ``changed`` say what was seen before:
    how many were compared, and how many of them will stand otherwise."""

    pack: Code
    effective_on: date
    reason: Reason
    people: People | None = None
    changed: People | None = None


@operation("immunization.roll_back_pack", version=1, right="immunization.pack.activate")
class RollBackPack(Payload, frozen=True, kw_only=True):
    """Take an activation back: what was in force without it is in force again."""

    activation: UUID
    reason: Reason
