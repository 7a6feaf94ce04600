"""Scores of nested zones over rising durations: the loops of :mod:`clusters`, compiled."""

import math

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.compiling import compiled

Floats = NDArray[np.float64]


@compiled(forceinline=True)
def _information(part: float, whole: float) -> float:
    """log-likelihood of ``part`` cases among ``whole`` people at their own rate."""
    answer = 0.0
    if part > 0:
        answer += part * math.log(part / whole)
    if part < whole:
        answer += (whole - part) * math.log1p(-part / whole)
    return answer


@compiled(forceinline=True)
def _score(inside: float, usual: float, total: float, people: float, code: int) -> float:
    """One zone's score: 0 Kulldorff, 1 against the expectation, 2 standardised, 3 Bernoulli."""
    if code == 2:
        return inside / math.sqrt(usual) if usual > 0 and inside > 0 else 0.0
    if code == 3:
        if inside * (people - usual) <= (total - inside) * usual:
            return 0.0
        apart = _information(inside, usual) + _information(total - inside, people - usual)
        return apart - _information(total, people)
    if inside <= usual or inside <= 0:
        return 0.0
    if usual <= 0:
        return math.inf
    score = inside * math.log(inside / usual)
    if code == 1:
        return score + usual - inside
    outside, left = total - inside, total - usual
    if outside > 0:
        score += outside * math.log(outside / left)
    return score


@compiled()
def scores_of(
    cases: Floats, usual: Floats, order: NDArray[np.int64], new: NDArray[np.bool_], total: float,
    people: float, code: int,
) -> Floats:  # fmt: skip
    """Score (places, most, durations) of every zone; NaN where it is no new set of places."""
    durations = len(cases)
    places, most = order.shape
    answer = np.full((places, most, durations), np.nan)
    for centre in range(places):
        for d in range(durations):
            inside = expected = 0.0
            for n in range(most):
                place = order[centre, n]
                if place < 0:
                    break
                inside += cases[d, place]
                expected += usual[d, place]
                if new[centre, n]:
                    answer[centre, n, d] = _score(inside, expected, total, people, code)
    return answer


@compiled()
def best_of_each(
    drawn: Floats, usual: Floats, order: NDArray[np.int64], new: NDArray[np.bool_], total: float,
    people: float, code: int,
) -> Floats:  # fmt: skip
    """The highest score (r,) of each drawn data set (r, durations, places).

    A logarithm is taken only where more cases stand than expected and a bound without logarithms,
    (c - b)^2 / b (times total / outside for Kulldorff's), does not rule a new best out.
    """
    replicates, durations, _ = drawn.shape
    places, most = order.shape
    best = np.zeros(replicates)
    for r in range(replicates):
        top = 0.0
        for d in range(durations):
            for centre in range(places):
                inside = expected = 0.0
                for n in range(most):
                    place = order[centre, n]
                    if place < 0:
                        break
                    inside += drawn[r, d, place]
                    expected += usual[d, place]
                    if not new[centre, n]:
                        continue
                    if code < 2:
                        over = inside - expected
                        if over <= 0:
                            continue
                        # log x <= x - 1 on each logarithm: no score can exceed this.
                        bound = over * over / expected if expected > 0 else math.inf
                        if code == 0 and total > expected:
                            bound *= total / (total - expected)
                        if bound <= top:
                            continue
                    top = max(top, _score(inside, expected, total, people, code))
        best[r] = top
    return best
