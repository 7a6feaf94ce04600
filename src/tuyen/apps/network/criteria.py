"""The national criteria of commune health, added up."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tuyen.rules import network as rules


class NationalScore(NamedTuple):
    """The national criteria of a site in its zone. ``passes`` None while not all criteria are marked."""

    points: int
    of: int
    marked: int
    total: int
    weak: Sequence[str]
    passes: bool | None
    zone: int
    total_line: float
    each_line: float


def national_score(marks: dict[str, int], on: date, zone: int) -> NationalScore | None:
    """What the marks come to by the points and pass lines of a zone on a day; None where none was given.
    A mark above what the zone gives counts as all that it gives."""
    most = {key: one.zones[zone - 1] for key, one in rules.national(on).items()}
    given = {key: min(points, most[key]) for key, points in marks.items() if key in most}
    if not given:
        return None
    total_line, each_line = rules.pass_lines(on, zone)
    points, of = sum(given.values()), sum(most.values())
    weak = [key for key, value in given.items() if 100 * value < each_line * most[key]]
    passes = 100 * points >= total_line * of and not weak if len(given) == len(most) else None
    return NationalScore(
        points, of, len(given), len(most), weak, passes, zone, total_line, each_line
    )
