"""A space-time scan by its definition, every zone from scratch: the judge of :mod:`clusters`."""

import math
from collections.abc import Sequence

Table = Sequence[Sequence[float]]


def score_one(
    counts: Table, baseline: Table, zone: Sequence[int], duration: int, model: str, size: float
) -> float:
    """The score of one zone over the last ``duration`` periods; rows are periods."""
    total = sum(map(sum, counts))
    scale = total / sum(map(sum, baseline)) if model == "poisson" else 1.0
    inside = usual = top = bottom = 0.0
    for t in range(len(counts) - duration, len(counts)):
        for place in zone:
            c, b = counts[t][place], baseline[t][place]
            if model == "permutation":
                b = sum(counts[t]) * sum(row[place] for row in counts) / total
            inside += c
            usual += b * scale
            top += (c - b) / (1 + b / size)
            bottom += b / (1 + b / size)
    if model == "negative-binomial":
        return max(0.0, top / math.sqrt(bottom)) if bottom > 0 else 0.0
    if model == "bernoulli":
        people = sum(map(sum, baseline))
        if inside / usual <= (total - inside) / (people - usual):
            return 0.0
        parts = ((inside, usual), (total - inside, people - usual), (total, people))
        apart = [_information(cases, among) for cases, among in parts]
        return apart[0] + apart[1] - apart[2]
    if inside <= usual:
        return 0.0
    if model == "expectation":
        return inside * math.log(inside / usual) + usual - inside
    score = inside * math.log(inside / usual)
    outside = total - inside
    if outside > 0:
        score += outside * math.log(outside / (total - usual))
    return score


def _information(cases: float, people: float) -> float:
    rate = cases / people
    some = cases * math.log(rate) if cases else 0.0
    return some + ((people - cases) * math.log(1 - rate) if people > cases else 0.0)
