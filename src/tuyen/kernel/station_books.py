"""Lines of the station's books that are no visits, told by the rooms in which they are on record.

The books are kept by one room; the doses that stand in one of them are on record in another, which lies
beside it. A room registers a *source*: a function that tells the lines of a unit's month to a reader.
The room of the books asks every source that a book names (``rules/clinical/books.yaml``) and knows none
of the rooms.

>>> @lines_of("demo")
... def nothing(by, unit, month):
...     return ()
>>> LINES.pop("demo") is nothing
True
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.kernel.period import Period


class Line(NamedTuple):
    """One line: ``person`` is whose it is (None: it names nobody, as a talk in a village), ``told`` what
    it says by the names of its own room, ``tags`` what figures may ask of it, ``codes`` its ICD-10 codes,
    ``reached`` how many people it speaks of where it names none."""

    id: UUID
    day: date
    person: UUID | None
    told: Mapping[str, Any]
    tags: frozenset[str]
    codes: frozenset[str] = frozenset()
    reached: int = 0


Tell = Callable[[Any, UUID, Period], Iterable[Line]]

LINES: dict[str, Tell] = {}


def lines_of(source: str) -> Callable[[Tell], Tell]:
    """Register who tells the lines of a source: for a reader, a unit and a month, in their order, of what
    the reader may read there, by a constant number of queries."""

    def declare(tell: Tell) -> Tell:
        LINES[source] = tell
        return tell

    return declare
