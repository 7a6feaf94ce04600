"""Names drawn from the frequencies of each ethnic group, sex and cohort."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic.streams import Choice, Ints
from tuyen.kernel.refusal import BadInput

COHORTS = ("old", "middle", "young")
SEXES = ("male", "female")  # sex 1 and 2


class Parts(NamedTuple):
    """Names of n people as positions in ``NameTables.words``."""

    family: Ints  # (n,) int16
    middle: Ints  # (n,) int16; the empty word where there is none
    given: Ints  # (n,) int16


class NameTables:
    """The name frequencies of rules/synthetic/names, ready to draw from."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self.groups: list[str] = list(rule["groups"])
        self.codes: list[str] = [group["code"] for group in rule["groups"].values()]
        self.titles: list[str] = [group["name"] for group in rule["groups"].values()]
        self._cohorts = np.array([f"{year}-01-01" for year in rule["cohorts"]], "datetime64[D]")
        self._place: dict[str, int] = {"": 0}
        self._draws: dict[tuple[int, str, str], tuple[Ints, Choice]] = {}
        for n, group in enumerate(rule["groups"].values()):
            self._draws[n, "family", ""] = self._list(group["family"])
            for sex in SEXES:
                for part in ("middle", "given"):
                    for cohort in COHORTS:
                        weights = group[sex][part][cohort]
                        self._draws[n, f"{sex}-{part}", cohort] = self._list(weights)
        self.words: list[str] = list(self._place)

    def _list(self, weights: Mapping[str, float]) -> tuple[Ints, Choice]:
        for word in weights:
            self._place.setdefault(word, len(self._place))
        return np.array([self._place[word] for word in weights], np.int16), Choice(
            list(weights.values())
        )

    def families(self, group: Ints, rng: np.random.Generator) -> Ints:
        """(n,) int16 family names for people of ``group`` (n,)."""
        family = np.zeros(group.size, np.int16)
        for n in range(len(self.groups)):
            self._fill(family, np.flatnonzero(group == n), (n, "family", ""), rng)
        return family

    def personal(
        self, group: Ints, sex: Ints, born: np.ndarray[Any, Any], rng: np.random.Generator
    ) -> tuple[Ints, Ints]:
        """Middle and given names, each (n,) int16, for a group, sex (1, 2) and day of birth."""
        if group.size and not np.isin(sex, (1, 2)).all():
            raise BadInput(what="sex is 1 (male) or 2 (female) in a synthetic population")
        cohort = np.searchsorted(self._cohorts, born, side="right")
        cell = (group.astype(np.int64) * 2 + (sex - 1)) * len(COHORTS) + cohort
        order = np.argsort(cell, kind="stable")
        edges = np.searchsorted(cell[order], np.arange(len(self.groups) * 2 * len(COHORTS) + 1))
        middle, given = np.zeros((2, group.size), np.int16)
        for n in range(len(edges) - 1):
            rows = order[edges[n] : edges[n + 1]]
            of, which = divmod(n, 2 * len(COHORTS))
            sexed, age = SEXES[which // len(COHORTS)], COHORTS[which % len(COHORTS)]
            self._fill(middle, rows, (of, f"{sexed}-middle", age), rng)
            self._fill(given, rows, (of, f"{sexed}-given", age), rng)
        return middle, given

    def _fill(
        self, into: Ints, rows: Ints, key: tuple[int, str, str], rng: np.random.Generator
    ) -> None:
        words, choice = self._draws[key]
        if rows.size:
            into[rows] = words[choice.draw(rng, rows.size)]

    def full(self, parts: Parts) -> list[str]:
        """Names in the Vietnamese order, family first, spelled in composed (NFC) letters."""
        words = self.words
        return [
            f"{words[f]} {words[m]} {words[g]}" if m else f"{words[f]} {words[g]}"
            for f, m, g in zip(
                parts.family.tolist(), parts.middle.tolist(), parts.given.tolist(), strict=True
            )
        ]
