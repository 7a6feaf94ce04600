"""Scan statistics: is there a circle of places, over the last weeks, with too many cases?"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.zones import Zones
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Model = Literal["poisson", "bernoulli", "expectation", "permutation", "negative-binomial"]

MODELS: tuple[Model, ...] = (
    "poisson", "bernoulli", "expectation", "permutation", "negative-binomial",
)  # fmt: skip
_CODES = {"poisson": 0, "permutation": 0, "expectation": 1, "negative-binomial": 2, "bernoulli": 3}
_BATCH = 50  # replicates drawn at once


class Cluster(NamedTuple):
    """One cluster: its places, how long it has lasted, and how surprising it is."""

    places: tuple[int, ...]  # the centre first
    duration: int  # periods up to the last
    observed: float
    expected: float
    score: float  # log-likelihood ratio; for the negative binomial, standard deviations
    p: float  # by Monte Carlo; NaN without replicates
    replicates: int  # drawn for p


def scan_scores(
    counts: Floats,
    baseline: Floats,
    zones: Zones,
    model: Model = "poisson",
    *,
    durations: int | None = None,
    size: float = np.inf,
) -> Floats:
    """Score (places, most, durations) of every zone over the last 1, 2, ... periods.

    Parameters
    ----------
    counts, baseline : (m, places) float64
        Cases, and what would be expected without a cluster (for ``poisson``: anything
        proportional to it, such as the population). ``permutation`` ignores the baseline.
    model : str
        ``poisson`` (Kulldorff): cases inside against cases outside, the total given.
        ``bernoulli`` (Kulldorff): the same for cases among people, who are the baseline.
        ``expectation``: cases inside against the baseline itself. ``permutation``: against the
        margins of place and time. ``negative-binomial``: standardised sums weighted by their
        variance baseline + baseline^2 / size.

    Returns
    -------
    float64
        0 where there are no more cases than expected; NaN where a zone is no new set of places.

    Notes
    -----
    Sums over nested zones and periods are cumulative: O(places * most * durations). Sources:
    Kulldorff, Commun Stat Theory Methods 1997; 26: 1481-1496 and PLoS Med 2005; 2: e59; Neill, Int J
    Forecast 2009; 25: 498-517; Tango, Takahashi and Kohriyama, Biometrics 2011; 67: 106-115.
    """
    from tuyen.engines.surveillance.scan_kernel import scores_of  # compiles: only when needed

    cases, usual, total, people = _sums(counts, baseline, model, durations, size)
    return scores_of(cases, usual, zones.order, zones.new, total, people, _CODES[model])


def scan(
    counts: Floats,
    baseline: Floats,
    zones: Zones,
    model: Model = "poisson",
    *,
    durations: int | None = None,
    size: float = np.inf,
    replicates: int = 999,
    hopeless: int | None = None,
    most: int = 10,
    rng: np.random.Generator,
) -> list[Cluster]:
    """Find the most surprising clusters, none sharing a place with another, and their p-values.

    Parameters
    ----------
    replicates : int
        Data sets drawn without a cluster; p = (1 + those with a higher best score) / (1 + drawn).
        The p-value of a lesser cluster is against the same best scores, so it errs upwards.
    hopeless : int, optional
        Stop drawing once so many replicates beat the best cluster: its p is then known well enough
        to be called large. Default: never stop.
    most : int
        Clusters returned at most.

    Notes
    -----
    Sequential stopping: Besag and Clifford, Biometrika 1991; 78: 301-304. Counts are drawn
    multinomially over the cells (``poisson``, ``bernoulli``), cell by cell (``expectation``,
    ``negative-binomial``), or by dealing the days of all cases anew (``permutation``).
    """
    from tuyen.engines.surveillance.scan_kernel import (
        best_of_each,
        scores_of,
    )  # compiles: only when needed

    cases, usual, total, people = _sums(counts, baseline, model, durations, size)
    code = _CODES[model]
    scores = scores_of(cases, usual, zones.order, zones.new, total, people, code)
    found = _apart(scores, zones, most)
    draw = _Draws(counts, baseline, model, size, rng)
    best: list[float] = []
    beaten = 0
    while found and len(best) < replicates:
        n = min(_BATCH, replicates - len(best))
        drawn = np.stack([_cases(one, baseline, model, len(usual), size) for one in draw.some(n)])
        tops = best_of_each(drawn, usual, zones.order, zones.new, total, people, code)
        best.extend(tops.tolist())
        beaten = sum(top >= found[0][0] for top in best)
        if hopeless is not None and beaten >= hopeless:
            break
    higher = np.sort(np.array(best))
    observed = np.cumsum(np.asarray(counts, np.float64)[::-1], axis=0)
    expected = np.cumsum(_expected(counts, baseline, model)[::-1], axis=0)
    answer = []
    for score, centre, reach, duration in found:
        inside = zones.order[centre, : reach + 1]
        above = higher.size - np.searchsorted(higher, score - 1e-9)
        answer.append(
            Cluster(
                tuple(inside.tolist()), duration + 1, float(observed[duration, inside].sum()),
                float(expected[duration, inside].sum()), score,
                (1 + above) / (1 + higher.size) if higher.size else float("nan"), higher.size,
            )
        )  # fmt: skip
    return answer


def _expected(counts: Floats, baseline: Floats, model: Model) -> Floats:
    """What each cell (m, places) would have without a cluster."""
    counts = np.asarray(counts, dtype=np.float64)
    if model == "permutation":
        total = counts.sum()
        margins = counts.sum(axis=1)[:, None] * counts.sum(axis=0)[None]
        return margins / total if total else margins
    baseline = np.asarray(baseline, dtype=np.float64)
    if model in ("poisson", "bernoulli"):
        return baseline * counts.sum() / baseline.sum()
    return baseline


def _cases(counts: Floats, baseline: Floats, model: Model, durations: int, size: float) -> Floats:
    """What is summed over a zone: cases, or standardised cases, over the last periods."""
    part = np.asarray(counts, dtype=np.float64)
    if model == "negative-binomial":
        part = (part - baseline) / (1 + baseline / size)
    return np.cumsum(part[::-1], axis=0)[:durations]


def _sums(
    counts: Floats, baseline: Floats, model: Model, durations: int | None, size: float
) -> tuple[Floats, Floats, float, float]:
    """Cumulative cases and expectations (durations, places) backwards, all cases, all people."""
    counts, baseline = np.asarray(counts, np.float64), np.asarray(baseline, np.float64)
    if model not in MODELS:
        raise BadInput(what=f"model is {model!r}; use one of {', '.join(MODELS)}")
    if counts.ndim != 2 or counts.shape != baseline.shape:
        raise BadInput(what=f"counts {counts.shape} and baseline {baseline.shape} differ in shape")
    if np.isnan(counts).any() or (counts < 0).any():
        raise BadInput(what="counts are 0 or more, none missing")
    if not (baseline >= 0).all() or baseline.sum() <= 0:
        raise BadInput(what="the baseline is 0 or more, and above 0 somewhere")
    if not size > 0:
        raise BadInput(what=f"size is {size}; expected more than 0")
    length = min(durations or len(counts), len(counts))
    usual = _expected(counts, baseline, model)
    if model == "negative-binomial":
        usual = baseline / (1 + baseline / size)
    if model == "bernoulli":
        if (counts > baseline).any():
            raise BadInput(what="a place has more cases than people")
        usual = baseline
    cases = _cases(counts, baseline, model, length, size)
    backwards = np.cumsum(usual[::-1], axis=0)[:length]
    return cases, backwards, float(counts.sum()), float(baseline.sum())


def _apart(scores: Floats, zones: Zones, most: int) -> list[tuple[float, int, int, int]]:
    """The best zones that share no place: score, centre, index of the last place, of the period."""
    flat = np.where(np.isnan(scores), 0.0, scores).ravel()
    taken: set[int] = set()
    answer: list[tuple[float, int, int, int]] = []
    for at in np.argsort(-flat, kind="stable"):
        if flat[at] <= 0 or len(answer) == most:
            break
        centre, reach, duration = (int(n) for n in np.unravel_index(at, scores.shape))
        inside = zones.order[centre, : reach + 1].tolist()
        if taken.isdisjoint(inside):
            answer.append((float(flat[at]), centre, reach, duration))
            taken.update(inside)
    return answer


class _Draws:
    """Data sets without a cluster, as many as are asked for."""

    def __init__(
        self, counts: Floats, baseline: Floats, model: Model, size: float, rng: np.random.Generator
    ) -> None:
        self.counts, self.model, self.size, self.rng = counts, model, size, rng
        self.expected = _expected(counts, baseline, model)
        self.total = int(counts.sum())
        if model == "permutation":
            cells = np.repeat(np.arange(counts.size), counts.astype(np.int64).ravel())
            self.when, self.where = np.divmod(cells, counts.shape[1])

    def some(self, n: int) -> Floats:
        """n draws (n, m, places)."""
        shape = (n, *self.counts.shape)
        if self.model in ("poisson", "bernoulli"):
            chances = (self.expected / self.expected.sum()).ravel()
            return self.rng.multinomial(self.total, chances, n).reshape(shape).astype(np.float64)
        if self.model == "permutation":
            drawn = np.zeros(shape)
            for one in drawn:
                np.add.at(one, (self.rng.permutation(self.when), self.where), 1)
            return drawn
        mean = np.broadcast_to(self.expected, shape)
        if self.model == "negative-binomial" and np.isfinite(self.size):
            mean = self.rng.gamma(self.size, mean / self.size)
        return self.rng.poisson(mean).astype(np.float64)
