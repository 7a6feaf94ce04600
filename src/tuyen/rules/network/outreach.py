"""What is proposed for rounds of mobile teams: visits, minutes, speeds; and the words of their choices."""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any

from tuyen.rules.loader import load, value

_FILE = "network/outreach"


def outreach(key: str, on: datetime.date) -> Any:
    """A proposal in force on a day; the first that there is on a day before it."""
    values = load(_FILE)[key]["values"]
    found = value(values, on)
    return values[0]["value"] if found is None else found


@cache
def outreach_words(of: str) -> Mapping[str, Mapping[str, str]]:
    """``kinds`` of teams, ``skills`` or ``functions`` of a point: key -> words by language."""
    return {str(key): words for key, words in load(_FILE)[of].items()}


def outreach_visits(expected: float, on: datetime.date) -> int:
    """Visits in four weeks for a village with so many people expected a month.

    >>> [outreach_visits(n, datetime.date(2026, 1, 1)) for n in (0, 1, 30, 90)]
    [0, 1, 2, 4]
    """
    steps = outreach("visits", on).items()
    return max((int(visits) for visits, least in steps if expected >= least), default=0)


def outreach_minutes(
    children: float, patients: float, pregnant: float, visits: int, on: datetime.date
) -> int:
    """Minutes of a session, the people expected a month shared among its visits."""
    said, share = outreach("minutes", on), max(1, visits)
    told = (
        said["base"]
        + (said["child"] * children + said["patient"] * patients + said["pregnant"] * pregnant)
        / share
    )
    return int(min(said["most"], max(said["least"], 5 * round(told / 5))))
