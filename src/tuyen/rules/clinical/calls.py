"""What may come of a call to somebody who did not come."""

from dataclasses import dataclass
from functools import cache

from tuyen.rules.clinical.programme import Words
from tuyen.rules.clinical.reading import read
from tuyen.rules.loader import load

FAR_DAYS = 90
"""A next try is not further away than this."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """``again``: the days until the next try, 0 where there is none; ``ends``: the outcome that it
    suggests, which a person decides."""

    names: Words
    again: int
    ends: str = ""


@cache
def results() -> dict[str, CallResult]:
    """Every result by its code, in the order in which they are offered."""
    found: dict[str, CallResult] = read(
        load("clinical/calls")["results"], dict[str, CallResult], "clinical/calls"
    )
    return found
