"""How many vials a birth cohort needs, session by session.

A vial is opened for the first child and what is left is thrown away at the end of the session, so
need is rounded up in every session, not once a month: a village with two infants a month opens a
ten-dose vial for them. How many children come is chance (Poisson, the law of rare and separate
comings), so the vials of a session are the mean of that rounding over chance, not the rounding of
the mean. See Heaton et al., Vaccine 2015 (33), on vial size and session size.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_ENOUGH = 1e-12
_BY_STEPS = 400.0  # above this mean the rounding is half a vial on average


def mean_vials(doses: float, size: int) -> float:
    """Vials opened in a session to which ``doses`` come on average, with ``size`` doses a vial.

    The mean of ceil(N / size) for N of a Poisson law.
    """
    if doses <= 0:
        return 0.0
    if size == 1:
        return doses
    if doses > _BY_STEPS:
        return doses / size + 0.5 - 0.5 / size
    term = below = math.exp(-doses)  # P(N = 0), P(N <= 0)
    vials, n = 0.0, 0
    # The sum over v of P(N > v * size).
    while True:
        beyond = max(0.0, 1.0 - below)
        vials += beyond
        if beyond < _ENOUGH:
            return vials
        for _ in range(size):
            n += 1
            term *= doses / n
            below += term


def enough_vials(doses: float, size: int, certainty: float) -> int:
    """The fewest vials with which nobody is sent home with a probability of ``certainty``."""
    if doses <= 0:
        return 0
    if doses > _BY_STEPS:
        # The normal law with the Cornish-Fisher term for the skew of a Poisson law.
        z = _normal_point(certainty)
        return math.ceil((doses + z * math.sqrt(doses) + (z * z - 1) / 6) / size)
    term = below = math.exp(-doses)
    n = 0
    while below < certainty and n < 10_000:
        n += 1
        term *= doses / n
        below += term
    return math.ceil(n / size)


def pooled(doses: Sequence[float], days: Sequence[int], open_days: int) -> list[float]:
    """Doses of sessions (``days`` rising) that share opened vials: within ``open_days`` of the first."""
    groups: list[float] = []
    opened = None
    for many, day in zip(doses, days, strict=True):
        if opened is None or day - opened > open_days:
            groups.append(0.0)
            opened = day
        groups[-1] += many
    return groups


class Need(NamedTuple):
    """What one item of one place needs over some months; ``carried`` by one session, to be safe."""

    doses: float
    vials: float
    carried: int
    size: int

    @property
    def wastage(self) -> float:
        """The share of the doses of all these vials that nobody gets."""
        return 1 - self.doses / (self.vials * self.size) if self.vials else 0.0


def forecast(
    *, doses_a_month: float, size: int, sessions_a_month: float, months: float, open_days: int,
    closed_wastage: float, certainty: float,
) -> Need:  # fmt: skip
    """The need of a place for some months.

    Parameters
    ----------
    doses_a_month
        Children that come for this item in a month, on average.
    size
        Doses of a vial.
    sessions_a_month
        How many sessions share them; below 1 a session is held every few months.
    open_days
        For how many days an opened vial may be used on; 0: until the end of its session.
    closed_wastage
        The share of vials lost unopened.
    """
    if doses_a_month <= 0 or months <= 0:
        return Need(0.0, 0.0, 0, size)
    sessions = max(sessions_a_month, 1e-9)
    each = doses_a_month / sessions
    between = 30.4375 / sessions
    sharing = 1 + math.floor(open_days / between) if open_days else 1
    groups = sessions * months / sharing
    vials = groups * mean_vials(each * sharing, size) / (1 - closed_wastage)
    return Need(doses_a_month * months, vials, enough_vials(each, size, certainty), size)


def _normal_point(certainty: float) -> float:
    """The point of the standard normal law below which ``certainty`` lies, by bisection."""
    low, high = -9.0, 9.0
    for _ in range(80):
        middle = (low + high) / 2
        if 0.5 * math.erfc(-middle / math.sqrt(2)) < certainty:
            low = middle
        else:
            high = middle
    return (low + high) / 2


class Injected(NamedTuple):
    """What is given of an item: doses and vials, the syringe of a dose ("" for drops), the one that
    mixes a vial, and the diluent that goes into it ("" where none is)."""

    doses: float
    vials: float
    syringe: str = ""
    mixing: str = ""
    diluent: str = ""


def goods(
    given: Iterable[Injected], *, box: str, holds: int, spare: float
) -> dict[str, tuple[float, float]]:
    """Item -> (uses, pieces with the spare ones) of all that injections take besides vaccine.

    A dose takes its syringe, a vial its mixing syringe and its diluent, and what was used goes into
    safety boxes that hold so many. Diluents come in the vials' own number.

    >>> goods([Injected(100, 20, "ad", "mix", "water")], box="box", holds=100, spare=0.1)["ad"]
    (100.0, 110.00000000000001)
    """
    uses: dict[str, float] = {}
    diluents: dict[str, tuple[float, float]] = {}
    for one in given:
        for item, many in ((one.syringe, one.doses), (one.mixing, one.vials)):
            if item:
                uses[item] = uses.get(item, 0.0) + many
        if one.diluent:
            was = diluents.get(one.diluent, (0.0, 0.0))
            diluents[one.diluent] = (was[0] + one.doses, was[1] + one.vials)
    found = {item: (many, many * (1 + spare)) for item, many in uses.items()}
    if used := sum(uses.values()):
        found[box] = (used / holds, used / holds * (1 + spare))
    return {**diluents, **found}
