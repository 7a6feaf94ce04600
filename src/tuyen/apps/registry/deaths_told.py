"""That somebody died, on which day after all, or that the person lives."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from tuyen.kernel.operation import Payload, operation


@operation("registry.record_death", version=1, right="registry.person.edit")
class RecordDeath(Payload, frozen=True):
    """A person died: residence, membership and insurance end the day after."""

    person: UUID
    on: date
    cause: Annotated[str, Meta(max_length=8, pattern=r"^([A-Z][0-9]{2}(\.[0-9]{1,3})?)?$")] = ""


@operation("registry.amend_death", version=1, right="registry.person.edit")
class AmendDeathDay(Payload, frozen=True):
    """A person who is on record as having died on ``was`` died on another day: what ended with the
    death ends by the right day. What had stood stays, with the reason."""

    person: UUID
    was: date
    on: date
    reason: Annotated[str, Meta(min_length=3, max_length=500)]


@operation("registry.void_death", version=1, right="registry.person.edit")
class VoidDeath(Payload, frozen=True):
    """A person who is on record as having died on ``was`` lives: residence and membership go on. Insurance
    that the death cut short does not by itself: how long it was to last is entered anew."""

    person: UUID
    was: date
    reason: Annotated[str, Meta(min_length=3, max_length=500)]
