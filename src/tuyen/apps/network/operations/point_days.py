"""Who of a main station serves its satellite points, day by day."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.network.operations.outreach import PLAN
from tuyen.kernel.operation import Payload, operation


class PointDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody of the main station is at a point on a day."""

    point: UUID
    day: date
    member: UUID


@operation("network.plan_point_days", version=1, right=PLAN)
class PlanPointDays(Payload, frozen=True, kw_only=True):
    """The days of the points of the operation's unit for a month (its first day). It takes the place of what
    was planned of that month before; an open day that it does not name is not covered."""

    month: date
    days: Annotated[tuple[PointDay, ...], Meta(max_length=1000)]
