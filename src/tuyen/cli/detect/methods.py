"""Each method over the series of a file: which engine, which points, which columns."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from numpy.typing import NDArray

from tuyen import rules
from tuyen.cli.compiled import keep_compiled
from tuyen.cli.detect.options import Asked
from tuyen.cli.spacing import FREQUENCIES, Block, blocks
from tuyen.cli.tidy_counts import BadCounts, Counts
from tuyen.engines.surveillance.ears import Method, ears, first_point
from tuyen.engines.surveillance.law import Limits
from tuyen.engines.surveillance.law_scan import law_scan
from tuyen.engines.surveillance.same_period import same_period, same_step
from tuyen.kernel.refusal import N_

if TYPE_CHECKING:
    from tuyen.engines.surveillance.glr_mean import Wave

_CHUNK = 500_000  # points scanned at once: bounds the memory of the histories
_PER_YEAR = {kind: frequency for frequency, kind in FREQUENCIES.items()}
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Scanned:
    """The scanned points of one block."""

    block: Block
    points: NDArray[np.int64]  # (p,) places in block.when
    expected: Floats  # (n, p) and so the next three
    upperbound: Floats
    alarm: Bools
    judged: Bools
    more: dict[str, NDArray[np.generic]] = field(default_factory=dict)  # columns of the method


def scan(counts: Counts, asked: Asked) -> list[Scanned]:
    """Scan every series; series that share their periods are scanned together.

    Raises
    ------
    BadCounts
        If a method cannot use the spacing of a series, or no point was asked for.
    """
    one = _SCANS[asked.method]
    scanned = []
    for block in blocks(counts, asked.frequency):
        inside = None if asked.points is None else asked.points.covers(block, counts)
        rows = max(1, _CHUNK // block.when.size)
        scanned += [
            one(block.part(n, n + rows), asked, inside) for n in range(0, block.series.size, rows)
        ]
    if asked.points is not None and not any(part.points.size for part in scanned):
        raise BadCounts(
            N_("--range {range} holds no point of {path}; look at its periods"),
            range=asked.range_text, path=counts.path,
        )  # fmt: skip
    return scanned


def _ears(block: Block, asked: Asked, inside: Bools | None) -> Scanned:
    method = cast(Method, asked.method[-2:].upper())
    length = asked.get("baseline", 7)
    result = ears(
        block.count,
        method,
        baseline=length,
        min_sigma=asked.get("minSigma", 0.0),
        alpha=asked.get("alpha", None),
    )
    if inside is None:
        inside = np.arange(block.when.size) >= first_point(method, length)
    points = np.flatnonzero(inside)
    return _picked(block, points, result.expected, result.upperbound, result.alarm, result.judged)


def _law(block: Block, asked: Asked, inside: Bools | None) -> Scanned:
    limits = _limits(asked.get("b", None))
    kind = block.kind
    if kind == "step":
        kind = FREQUENCIES[asked.frequency or 52]
    if kind == "day":
        raise BadCounts(
            N_("--method law compares weeks or months of years; sum daily counts to weeks")
        )
    if block.kind == "step":
        earlier = same_step(block.when.size, asked.frequency or 52, limits.look_back_years)
    else:
        days = block.when.astype("datetime64[D]")
        calendar: Literal["week", "month"] = "week" if kind == "week" else "month"
        earlier = same_period(days, calendar, limits.look_back_years)
    multiple = limits.alert_sd if kind == "week" else limits.epidemic_sd
    result = law_scan(
        block.count, earlier, limits, k=asked.get("k", multiple), floor=asked.get("floor", 0)
    )
    if inside is None:
        inside = (earlier >= 0).sum(axis=1) >= limits.min_years
        inside = np.maximum.accumulate(inside)
    points = np.flatnonzero(inside)
    return _picked(block, points, result.expected, result.upperbound, result.alarm, result.judged)


def _farrington(block: Block, asked: Asked, inside: Bools | None) -> Scanned:
    keep_compiled()
    from tuyen.engines.surveillance import farrington as engine  # SciPy and numba: only when used
    from tuyen.engines.surveillance.farrington_control import named
    from tuyen.engines.surveillance.farrington_window import Calendar

    control = named({name: v for name, v in asked.control.items() if name != "mode"})
    if control.population_offset and block.population is None:
        raise BadCounts(N_("populationOffset needs a column population in the file"))
    dated = block.kind != "step"
    calendar = Calendar(
        block.when.size, _year(block, asked), block.when.astype("datetime64[D]") if dated else None
    )
    result = engine.farrington(
        block.count,
        calendar,
        control,
        points=None if inside is None else np.flatnonzero(inside),
        mode=asked.get("mode", "corrected"),
        population=block.population if control.population_offset else None,
        workers=os.cpu_count() or 1,
    )
    more: dict[str, NDArray[np.generic]] = {
        "trend": result.trend,
        "phi": result.phi,
        "mu0": result.mu0,
        "score": result.score,
        "pvalue": result.pvalue,
        "reason": result.reason,
    }
    return Scanned(
        block, result.points, result.expected, result.upperbound, result.alarm, result.judged, more
    )


def _cusum(block: Block, asked: Asked, inside: Bools | None) -> Scanned:
    from tuyen.engines.surveillance.cusum import cusum

    first, last, picked = _stretch(block, asked, inside)
    result = cusum(
        block.count,
        first,
        last,
        k=asked.get("k", 1.04),
        h=asked.get("h", 2.26),
        mean=asked.get("m", "constant"),
        scale=asked.get("trans", "standard"),
        frequency=_year(block, asked),
        mode=asked.get("mode", "corrected"),
    )
    at = picked - first
    return Scanned(
        block, picked, result.expected[:, at], result.upperbound[:, at], result.alarm[:, at],
        result.judged[:, at],
    )  # fmt: skip


def _glrnb(block: Block, asked: Asked, inside: Bools | None) -> Scanned:
    from tuyen.engines.surveillance.glr import glr

    first, last, picked = _stretch(block, asked, inside)
    change = asked.get("change", "intercept")
    theta = asked.get("theta", None)
    if theta is not None and change == "intercept":
        theta = math.exp(theta)  # R gives the logarithm of the factor
    result = glr(
        block.count,
        first,
        last,
        mean=_usual(block, asked, last - first + 1),
        alpha=asked.control.get("alpha", 0.0),
        limit=asked.get("c.ARL", 5.0),
        theta=theta,
        shortest=int(asked.get("Mtilde", 1)),
        longest=int(asked.get("M", -1)),
        change=change,
        direction=asked.get("dir", "inc"),
        frequency=_year(block, asked),
        cases=asked.get("ret", "value") == "cases",
        most=int(asked.get("xMax", 10_000)),
    )
    at = picked - first
    bound = result.statistic if result.cases is None else result.cases
    return Scanned(
        block, picked, result.expected[:, at], bound[:, at], result.alarm[:, at],
        result.judged[:, at],
    )  # fmt: skip


def _usual(block: Block, asked: Asked, points: int) -> "Floats | Wave | None":
    """The mean in control: None is that of the counts before."""
    from tuyen.engines.surveillance.glr_mean import Wave

    mean = asked.get("mu0", None)
    if isinstance(mean, dict):
        return Wave(int(mean.get("S", 1)), mean.get("trend", False))
    if isinstance(mean, list):
        if len(mean) != points:
            raise BadCounts(
                N_("mu0 has {count} values; the points from the first to the last are {points}"),
                count=len(mean), points=points,
            )  # fmt: skip
        return np.tile(np.array(mean, dtype=np.float64), (block.series.size, 1))
    return None if mean is None else np.full(block.series.size, float(mean))


def _same_weeks(block: Block, asked: Asked, inside: Bools | None) -> Scanned:
    from tuyen.engines.surveillance import same_weeks as engine

    german = asked.method == "rki"
    b, w = int(asked.get("b", 2 if german else 0)), int(asked.get("w", 4 if german else 6))
    own_year = asked.get("actY", not german)
    year = _year(block, asked)
    if german:
        result = engine.rki(block.count, b=b, w=w, own_year=own_year, frequency=year)
    else:
        result = engine.bayes(
            block.count, b=b, w=w, own_year=own_year, alpha=asked.get("alpha", 0.05),
            frequency=year,
        )  # fmt: skip
    if inside is None:
        inside = np.arange(block.when.size) >= engine.first_point(b, w, own_year, year)
    points = np.flatnonzero(inside)
    return _picked(block, points, result.expected, result.upperbound, result.alarm, result.judged)


def _stretch(
    block: Block, asked: Asked, inside: Bools | None
) -> tuple[int, int, NDArray[np.int64]]:
    """First and last point of a running sum, and the points to show; default: the last year."""
    points = block.when.size
    picked = np.arange(points) if inside is None else np.flatnonzero(inside)
    if inside is None:
        picked = picked[max(points - _year(block, asked), 1) :]
    if picked.size == 0:
        return points, points - 1, picked
    return int(picked[0]) or 1, int(picked[-1]), picked[picked > 0]


def _year(block: Block, asked: Asked) -> int:
    """Periods in a year."""
    return asked.frequency or 52 if block.kind == "step" else _PER_YEAR[block.kind]


def _picked(
    block: Block, points: NDArray[np.int64], expected: Floats, upperbound: Floats, alarm: Bools,
    judged: Bools,
) -> Scanned:  # fmt: skip
    return Scanned(
        block, points, expected[:, points], upperbound[:, points], alarm[:, points],
        judged[:, points],
    )  # fmt: skip


def _limits(years: int | None) -> Limits:
    """The latest parameters of the law; ``b`` asks for so many years, all of them usable."""
    file = rules.load("surveillance/thresholds")
    limits = Limits(**{name: file[name]["values"][-1]["value"] for name in Limits._fields})
    if years is None:
        return limits
    return limits._replace(years=years, look_back_years=years, min_years=years)


_SCANS: dict[str, Callable[[Block, Asked, Bools | None], Scanned]] = {
    "ears-c1": _ears,
    "ears-c2": _ears,
    "ears-c3": _ears,
    "law": _law,
    "farrington-flexible": _farrington,
    "cusum": _cusum,
    "glrnb": _glrnb,
    "rki": _same_weeks,
    "bayes": _same_weeks,
}
