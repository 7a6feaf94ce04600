"""The national criteria of commune health, added up."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tuyen.rules import network as rules


class NationalScore(NamedTuple):
    """The national criteria of a site. ``passes`` None while not all criteria are marked."""

    points: int
    of: int
    marked: int
    total: int
    weak: Sequence[str]
    passes: bool | None


def national_score(marks: dict[str, int], on: date) -> NationalScore | None:
    """What the marks come to, by the pass lines of a day; None where none was given."""
    known = rules.national()
    given = {key: points for key, points in marks.items() if key in known}
    if not given:
        return None
    total_line, each_line = rules.pass_lines(on)
    points, of = sum(given.values()), sum(one.most for one in known.values())
    weak = [key for key, value in given.items() if 100 * value < each_line * known[key].most]
    passes = 100 * points >= total_line * of and not weak if len(given) == len(known) else None
    return NationalScore(points, of, len(given), len(known), weak, passes)
