"""The treatment of acute malnutrition, week by week: who may leave, who stays away, how well it goes.

Discharge: weight for height of -2 or more, or an arm of 12.5 cm or more, at two visits in a row, and no
oedema for two weeks (WHO guideline 2013). Quality: the minimum standards of the Sphere Handbook.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple


class Seen(NamedTuple):
    """One visit under treatment. None: not measured, or not plausible."""

    on: date
    wfh: Decimal | None
    muac: Decimal | None
    oedema: int


class Leaving(NamedTuple):
    """What it takes to be discharged as cured."""

    score: Decimal
    arm: Decimal
    visits: int
    without_oedema_days: int


def recovered(seen: Sequence[Seen], rule: Leaving, on: date) -> bool:
    """Whether the last visits (in order of day) say that the treatment may end.

    >>> weeks = [Seen(date(2026, 3, d), Decimal("-1.8"), None, 0) for d in (2, 9, 16)]
    >>> recovered(weeks, Leaving(Decimal(-2), Decimal("12.5"), 2, 14), date(2026, 3, 16))
    True
    """
    last = list(seen)[-rule.visits :]
    if len(last) < rule.visits or not all(_well(one, rule) for one in last):
        return False
    since = on - timedelta(days=rule.without_oedema_days)
    return not any(one.oedema and one.on > since for one in seen)


def _well(one: Seen, rule: Leaving) -> bool:
    """By each measure that was taken: a child with a thick arm and a low weight is not well."""
    if one.oedema or (one.wfh is None and one.muac is None):
        return False
    return (one.wfh is None or one.wfh >= rule.score) and (one.muac is None or one.muac >= rule.arm)


def next_visit(admitted_on: date, seen: Sequence[Seen], every_days: int) -> date:
    """The day on which the child is wanted next."""
    last = max((one.on for one in seen), default=admitted_on)
    return last + timedelta(days=every_days)


class Quality(NamedTuple):
    """Exits of a programme. Shares are of those that were discharged for one of the three reasons."""

    cured: int
    died: int
    defaulted: int
    other: int  # moved, referred, not responding: outside the denominator
    share_cured: float | None
    share_died: float | None
    share_defaulted: float | None
    good: bool | None  # all three within the standard; None where nobody left


class Standard(NamedTuple):
    """Shares that a programme is held to: cured above, died and defaulted below."""

    cured: float
    died: float
    defaulted: float


def quality(exits: Iterable[str], standard: Standard) -> Quality:
    """Judge a programme by how children left it.

    >>> quality(["cured"] * 8 + ["defaulted"] * 2, Standard(0.75, 0.10, 0.15)).good
    False
    """
    counted = Counter(exits)
    cured, died, defaulted = (counted[key] for key in ("cured", "died", "defaulted"))
    total = cured + died + defaulted
    other = sum(counted.values()) - total
    if not total:
        return Quality(cured, died, defaulted, other, None, None, None, None)
    shares = cured / total, died / total, defaulted / total
    good = (
        shares[0] > standard.cured and shares[1] < standard.died and shares[2] < standard.defaulted
    )
    return Quality(cured, died, defaulted, other, *shares, good)
