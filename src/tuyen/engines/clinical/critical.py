"""Values that call for action at once."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol


class Limit(Protocol):
    """From a value on something is to be done: ``above`` at the value and over it, ``below`` only
    under it; at ages in months [first, last); ``pregnant``: of pregnant women only."""

    @property
    def above(self) -> Decimal | None: ...
    @property
    def below(self) -> Decimal | None: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int | None: ...
    @property
    def pregnant(self) -> bool: ...
    @property
    def say(self) -> str: ...
    @property
    def instead_of(self) -> str: ...


class Critical(NamedTuple):
    """A value that is critical, and the key of the words that say what to do."""

    what: str
    value: Decimal
    say: str


def critical(
    told: Iterable[tuple[str, Decimal]],
    limits: Mapping[str, Sequence[Limit]],
    *,
    months: int,
    pregnant: bool = False,
) -> list[Critical]:
    """What is critical among ``told`` (what, value), in its order: of each value the first limit that
    holds, no words twice, and none of a lesser degree beside the graver.

    Parameters
    ----------
    told
        Measure and value, in the unit of the rule.
    limits
        Of each measure its limits, those that matter most first.
    months
        Age in completed months.
    """
    found: list[Critical] = []
    said: set[str] = set()
    replaced: set[str] = set()
    for what, value in told:
        for limit in limits.get(what, ()):
            if _holds(limit, value, months, pregnant):
                if limit.say not in said:
                    said.add(limit.say)
                    replaced.add(limit.instead_of)
                    found.append(Critical(what, value, limit.say))
                break
    return [one for one in found if one.say not in replaced]


def _holds(limit: Limit, value: Decimal, months: int, pregnant: bool) -> bool:
    if limit.pregnant and not pregnant:
        return False
    if months < limit.first or (limit.last is not None and months >= limit.last):
        return False
    over = limit.above is not None and value >= limit.above
    under = limit.below is not None and value < limit.below
    return over or under
