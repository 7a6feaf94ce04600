"""A rate of false alarms that holds in every kind of series: p-values against quiet weeks of its like.

What a quiet week looks like depends on how many cases a series has *in the long run* and on how
uneven its disease is, not on where its mean happens to stand this month: a series in a high year
is compared with its own like in their high years. The past is kept as the tail of each stratum,
so that a p-value can be said months later, for one series, without the past.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.evidence import (
    HISTORY,
    NAMES,
    SKIP,
    Evidence,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST = 500
"""Past weeks, each by its chance to have been quiet, that a stratum needs to speak for itself."""
_MEANS = (0.1, 0.2, 0.35, 0.6, 1.1, 2.0, 4.0, 8.0)  # weekly cases in the long run
_UNEVEN = (1.08, 1.18, 1.3)  # variance over mean of the disease
_LATELY = (-0.25, 0.25)  # log of the last weeks over what the years say
_EXACT, _THINNED = 16, 24  # points of a tail that are kept: the highest, and of all the rest


class Tail(NamedTuple):
    """What is kept of the past of one stratum."""

    weight: float  # of all its quiet weeks
    scores: Floats  # (k,) rising
    above: Floats  # (k,) weight of the quiet weeks that scored as high or higher


def unevenness(rows: Evidence, disease: Ints, diseases: int) -> Floats:
    """(diseases,) variance over mean of each disease: the middle of its series in past rows; 1
    where none was worth a look. disease: (n,) of the series."""
    spread = rows.values[:, NAMES.index("dispersion")]
    of = disease[rows.series]
    answer = np.ones(diseases)
    for one in np.unique(of).tolist():
        answer[one] = np.median(spread[of == one])
    return answer


def divisions(rows: Evidence, disease: Ints, uneven: Floats) -> list[Ints]:
    """The strata of r rows, finest first, by what was known of each series in its week.

    disease: (n,) of the series; uneven: (diseases,) as in :func:`unevenness`. Codes of different
    divisions never meet, so that one table holds them all; the last division is everything.
    """
    weeks = np.clip(rows.point - SKIP, 1, HISTORY)
    known = rows.values[:, NAMES.index("log cases known")] - np.log(weeks)
    mean = np.digitize(known, np.log(_MEANS))
    rough = np.digitize(uneven, _UNEVEN)[disease[rows.series]]
    lately = np.digitize(rows.values[:, NAMES.index("log own ratio")], _LATELY)
    kind = mean * (len(_UNEVEN) + 1) + rough
    return [
        1_000 + kind * (len(_LATELY) + 1) + lately,
        500 + kind,
        100 + mean,
        np.zeros(mean.size, np.int64),
    ]


def remember(score: Floats, strata: Sequence[Ints], weight: Floats) -> dict[int, Tail]:
    """The tails of the strata whose quiet weeks weigh enough, and of the last division in any case.

    score, weight: (s,) of past rows, and the chance that each was quiet.
    """
    tails = {}
    for division, codes in enumerate(strata):
        for code in np.unique(codes).tolist():
            here = codes == code
            total = float(weight[here].sum())
            if total >= LEAST or division == len(strata) - 1:
                tails[code] = _tail(score[here], weight[here], total)
    return tails


def p_values(tails: dict[int, Tail], score: Floats, strata: Sequence[Ints]) -> Floats:
    """(r,) how often a quiet week of its like scores as high or higher, itself counted among them.

    The finest stratum that is known speaks; NaN where none is. Between two scores that were kept the
    logarithm runs straight. Source: Bates et al., Ann Stat 2023; 51: 149-178.

    Examples
    --------
    >>> past = [np.zeros(600, np.int64)]
    >>> tails = remember(np.arange(600.0), past, np.ones(600))
    >>> p_values(tails, np.array([600.0, 594.0]), [np.zeros(2, np.int64)]).round(4).tolist()
    [0.0017, 0.0116]
    """
    answer = np.full(score.size, np.nan)
    for codes in strata:
        for code in np.unique(codes[np.isnan(answer)]).tolist():
            tail = tails.get(code)
            if tail is None:
                continue
            rows = np.flatnonzero(np.isnan(answer) & (codes == code))
            lower = np.exp(np.interp(score[rows], tail.scores, np.log(tail.above)))
            lower[score[rows] < tail.scores[0]] = tail.weight
            # Above the highest past week nothing is left but the row itself.
            lower[score[rows] > tail.scores[-1]] = 0.0
            answer[rows] = (1.0 + lower) / (1.0 + tail.weight)
    return answer


def _tail(score: Floats, weight: Floats, total: float) -> Tail:
    order = np.argsort(score, kind="stable")
    scores, above = score[order], np.cumsum(weight[order][::-1])[::-1]
    first = np.concatenate([[True], scores[1:] != scores[:-1]])
    scores, above = scores[first], np.maximum(above[first], 1e-9)
    if scores.size > _EXACT + _THINNED:
        # As many points in each stretch between a thousandth and all: p-values matter by ratios.
        rest = np.geomspace(max(above[-_EXACT], 1e-9), total, _THINNED)
        kept = np.searchsorted(-above, -rest, side="left")
        kept = np.concatenate([kept, np.arange(scores.size - _EXACT, scores.size)])
        kept = np.unique(np.clip(kept, 0, scores.size - 1))
        scores, above = scores[kept], above[kept]
    return Tail(total, scores, above)
