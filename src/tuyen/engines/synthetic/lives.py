"""How long people live: a life table from five numbers for each sex."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tuyen.engines.synthetic.streams import YEAR, Days, Floats, Ints

_OLDEST = 115


class LifeTable:
    """Survival by exact age, from the hazards of rules/synthetic/demography.

    The hazard is ``infant`` under 1, ``child`` from 1 to 4, then Gompertz and Makeham:
    ``makeham + gompertz * exp(slope * age)`` (Makeham 1860, J. Inst. Actuaries 8: 301-310).
    """

    def __init__(self, rule: Mapping[str, Any]) -> None:
        ages = np.arange(_OLDEST)
        self._log = np.zeros((3, _OLDEST + 1))  # by sex 1, 2: minus the logarithm of survival
        for sex, name in ((1, "male"), (2, "female")):
            p = rule[name]
            hazard = p["makeham"] + p["gompertz"] * np.exp(p["slope"] * (ages + 0.5))
            hazard[0], hazard[1:5] = p["infant"], p["child"]
            self._log[sex, 1:] = np.cumsum(hazard)

    def death(self, sex: Ints, born: Days, alive_at: Floats, rng: np.random.Generator) -> Days:
        """(n,) day of death of people known to be alive at the age ``alive_at`` (n,), in years."""
        age = np.empty(sex.size)
        luck = rng.exponential(size=sex.size)
        ages = np.arange(_OLDEST + 1)
        for which in (1, 2):
            rows = np.flatnonzero(sex == which)
            passed = np.interp(alive_at[rows], ages, self._log[which])
            age[rows] = np.interp(passed + luck[rows], self._log[which], ages)
        # A newborn may die on the day of birth; nobody dies before a day he was known alive.
        return born + np.ceil(np.maximum(age, alive_at) * YEAR).astype("timedelta64[D]")

    def expectancy(self, sex: int) -> float:
        """Years of life expected at birth, for sex 1 or 2."""
        survival = np.exp(-self._log[sex])
        return float(((survival[1:] + survival[:-1]) / 2).sum())
