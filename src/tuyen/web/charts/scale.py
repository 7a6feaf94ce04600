"""From values to places and classes."""

import math
from bisect import bisect_right
from collections.abc import Sequence


def ticks(top: float, wanted: int = 4, whole: bool = True) -> list[float]:
    """Round values from 0 up to at least ``top``, about ``wanted`` steps of 1, 2 or 5.

    >>> ticks(23)
    [0.0, 10.0, 20.0, 30.0]
    """
    if top <= 0:
        return [0.0, 1.0]
    rough = top / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    if whole:
        step = max(1.0, step)
    count = math.ceil(top / step - 1e-9)
    return [round(step * n, 10) for n in range(count + 1)]


def spread(count: int, wanted: int) -> list[int]:
    """Indices of about ``wanted`` labels among ``count``, evenly, always with the first."""
    if count <= 0:
        return []
    step = max(1, math.ceil(count / max(1, wanted)))
    return list(range(0, count, step))


def breaks(values: Sequence[float], classes: int = 5) -> list[float]:
    """Upper bounds of the classes but the last: quantiles of the values that are not 0, rounded
    to two figures so that a legend can be read. Fewer classes when the values do not differ.

    Zero is a class of its own on a map, so it is not classed here.
    """
    if not 1 <= classes <= 7:
        raise ValueError(f"{classes} classes; a reader tells at most 7 apart, give 1 to 7")
    ordered = sorted(v for v in values if v > 0)
    if not ordered:
        return []
    cuts: list[float] = []
    for n in range(1, classes):
        at = ordered[min(len(ordered) - 1, round(n * len(ordered) / classes))]
        cut = _two_figures(at)
        if (not cuts or cut > cuts[-1]) and ordered[0] < cut <= ordered[-1]:
            cuts.append(cut)
    return cuts


def class_of(value: float, cuts: Sequence[float]) -> int:
    """The class of a value: 0 below the first cut; a value equal to a cut is above it."""
    return bisect_right(cuts, value)


def _two_figures(value: float) -> float:
    if value >= 10 or value == int(value):
        digits = max(0, math.floor(math.log10(value)) - 1)
        return float(round(value / 10**digits) * 10**digits)
    return float(f"{value:.2g}")
