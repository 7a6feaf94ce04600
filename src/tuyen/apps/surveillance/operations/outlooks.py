"""What the program says of the weeks to come, kept so that it can be held to it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Word
from tuyen.kernel.operation import Payload, operation

Numbers = Annotated[tuple[float, ...], Meta(max_length=60)]


class Ahead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One area. Rows of ``nowcast`` are the weeks from ``first_week``, of ``forecast`` those from
    ``origin``; columns are the levels. What cannot be said is left out.

    ``reproduction`` holds (mean, low, high) of the windows that end on the last days, the last of
    them the day before it was made; ``growth`` the rate a day with its 95 % interval.
    """

    area: UUID
    reported: Annotated[tuple[int, ...], Meta(max_length=60)] = ()
    nowcast: Annotated[tuple[Numbers, ...], Meta(max_length=60)] = ()
    forecast: Annotated[tuple[Numbers, ...], Meta(max_length=60)] = ()
    reproduction: Annotated[tuple[Numbers, ...], Meta(max_length=400)] = ()
    growth: Numbers = ()


@operation("surveillance.keep_outlook", version=1, right="surveillance.alarm.triage")
class KeepOutlook(Payload, frozen=True, kw_only=True):
    """What the program expects of a disease, from what was known at ``known_at``; sent for the
    province, with a part for each of its areas."""

    disease: Word
    known_at: datetime
    first_week: date
    origin: date
    levels: Numbers
    areas: Annotated[tuple[Ahead, ...], Meta(min_length=1, max_length=1000)]
    method: Word
