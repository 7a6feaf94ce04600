"""Sending teams and goods by trying everything: slow, obvious, and the judge of ``allocation``."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DISPATCH = 5.0


def best_sending(
    skills: NDArray[np.bool_], minutes: Floats, needs: NDArray[np.bool_], urgency: Floats,
    cover: Floats, people: Floats, cover_weight: float, cap: float,
) -> tuple[float, float]:  # fmt: skip
    """(urgency of unmet skills, weighted minutes) of the best of all (s + 1) ** t sendings."""
    teams, places = minutes.shape
    best = (np.inf, np.inf)
    for choice in product(range(-1, places), repeat=teams):
        unmet = 0.0
        for s in range(places):
            for k in range(needs.shape[1]):
                if needs[s, k] and not any(choice[t] == s and skills[t, k] for t in range(teams)):
                    unmet += float(urgency[s])
        spent = 0.0
        for t in range(teams):
            if choice[t] >= 0:
                spent += _minutes(minutes[t, choice[t]], cap) + DISPATCH
        waited = 0.0
        for c in range(len(people)):
            stay = [_minutes(cover[t, c], cap) for t in range(teams) if choice[t] < 0]
            waited += float(people[c]) * min([*stay, cap])
        if people.sum():
            spent += cover_weight * waited / float(people.sum())
        best = min(best, (round(unmet, 9), spent))
    return best


def best_goods(
    free: list[int], minimum: list[int], minutes: Floats, needs: list[int], urgency: Floats,
    cap: float,
) -> tuple[float, int, float]:  # fmt: skip
    """(urgency of shortage, pieces below the minimum, minutes of all journeys) of the best of all
    sendings of whole pieces, of few units and small numbers."""
    units, places = minutes.shape
    best = (np.inf, 0, np.inf)
    for flat in product(*(range(free[u] + 1) for u in range(units) for _ in range(places))):
        sent = np.array(flat).reshape(units, places)
        if (sent.sum(axis=1) > free).any() or (sent.sum(axis=0) > needs).any():
            continue
        short = float(((np.array(needs) - sent.sum(axis=0)) * urgency).sum())
        below = sum(
            max(0, int(sent[u].sum()) - max(0, free[u] - minimum[u])) for u in range(units)
        )  # fmt: skip
        spent = float(
            sum(_minutes(minutes[u, s], cap) + DISPATCH for u in range(units)
                for s in range(places) if sent[u, s])
        )  # fmt: skip
        best = min(best, (round(short, 9), below, spent))
    return best


def _minutes(value: float, cap: float) -> float:
    return cap if np.isnan(value) else min(float(value), cap)
