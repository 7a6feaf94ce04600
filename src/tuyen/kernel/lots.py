"""What a room may say against a lot before a dose of it is recorded.

The register of doses asks; it does not know who answers. A room that stops a lot (a serious event
after it) or keeps the stock (it was never received here) registers a *judge*: a function of the
questions of a whole batch that refuses some of them.

>>> from datetime import date
>>> from uuid import UUID
>>> here = UUID(int=1)
>>> asked = Asked("mr", "mrvac", "M01", here, date(2026, 7, 1))
>>> @judges("demo")
... def nothing(asked):
...     return {}
>>> JUDGES.pop("demo")([asked])
{}
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.kernel.refusal import Refusal


class Asked(NamedTuple):
    """A dose of a lot, at a unit, on the day that it was given."""

    vaccine: str
    product: str
    lot: str
    unit: UUID
    on: date


Judge = Callable[[Collection[Asked]], Mapping[Asked, Refusal]]

JUDGES: dict[str, Judge] = {}


def judges(room: str) -> Callable[[Judge], Judge]:
    """Register a room's judge. It runs inside the commit: a constant number of queries, no clock."""

    def declare(judge: Judge) -> Judge:
        JUDGES[room] = judge
        return judge

    return declare


def against(asked: Collection[Asked]) -> dict[Asked, Refusal]:
    """What is said against any of these, by the first room, in the order of their names, that says
    something. Doses whose lot is not known are not asked about."""
    found: dict[Asked, Refusal] = {}
    named = {one for one in asked if one.lot}
    for room in sorted(JUDGES):
        left = named - found.keys()
        if left:
            found |= JUDGES[room](left)
    return found
