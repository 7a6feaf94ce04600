"""How far apart are the periods of each series, and is one missing?"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.tidy_counts import BadCounts, Counts, shown
from tuyen.kernel.refusal import N_

Kind = Literal["day", "week", "month", "step"]
FREQUENCIES: dict[int, Kind] = {365: "day", 52: "week", 12: "month"}
_GAPS: dict[Kind, str] = {
    "day": N_(
        "{path}, row {row}, column {column}: in series {name!r} {here} follows {before}; expected 1"
        " day between periods, so correct it or add the missing rows, with 0 where there were no"
        " cases and an empty count where nothing was reported"
    ),
    "week": N_(
        "{path}, row {row}, column {column}: in series {name!r} {here} follows {before}; expected 7"
        " days between periods, so correct it or add the missing rows, with 0 where there were no"
        " cases and an empty count where nothing was reported"
    ),
    "month": N_(
        "{path}, row {row}, column {column}: in series {name!r} {here} follows {before}; expected 1"
        " month between periods, so correct it or add the missing rows, with 0 where there were no"
        " cases and an empty count where nothing was reported"
    ),
    "step": N_(
        "{path}, row {row}, column {column}: in series {name!r} {here} follows {before}; expected 1"
        " between periods, so correct it or add the missing rows, with 0 where there were no"
        " cases and an empty count where nothing was reported"
    ),
}
_DAYS: dict[int, Kind] = {1: "day", 7: "week", 28: "month", 29: "month", 30: "month", 31: "month"}


@dataclass(frozen=True)
class Block:
    """Series that share their periods, so that they are scanned together."""

    kind: Kind
    series: NDArray[np.int64]  # (n,) places in Counts.names
    when: NDArray[np.int64]  # (m,) days since 1970-01-01, or t
    count: NDArray[np.float64]  # (n, m)
    population: NDArray[np.float64] | None = None  # (n, m)

    def part(self, first: int, last: int) -> "Block":
        """The series ``first`` ... ``last - 1``."""
        people = None if self.population is None else self.population[first:last]
        return Block(self.kind, self.series[first:last], self.when, self.count[first:last], people)


def blocks(counts: Counts, frequency: int | None) -> list[Block]:
    """Group the series by their periods.

    Raises
    ------
    BadCounts
        If a period is missing, or dates are neither daily, weekly nor monthly.
    """
    together: dict[tuple[Kind, int, int], list[int]] = {}
    alone: list[int] = []
    kinds: Counter[Kind] = Counter()
    for place in range(len(counts.names)):
        first, last = counts.starts[place], counts.starts[place + 1]
        if last - first == 1:
            alone.append(place)
            continue
        kind = _kind(counts, place, frequency)
        _refuse_gaps(counts, place, kind)
        kinds[kind] += 1
        together.setdefault((kind, int(counts.when[first]), int(last - first)), []).append(place)
    # A series of one period takes the spacing of the others; there is nothing to check.
    usual = kinds.most_common(1)[0][0] if kinds else ("week" if counts.dated else "step")
    for place in alone:
        moment = int(counts.when[counts.starts[place]])
        together.setdefault((usual, moment, 1), []).append(place)
    return [_block(counts, kind, places) for (kind, _, _), places in together.items()]


def later(block: Block, periods: int) -> int:
    """The period so many after the last, as days since 1970 or t."""
    last = int(block.when[-1])
    if block.kind != "month":
        return last + periods * (7 if block.kind == "week" else 1)
    day = np.datetime64(last, "D")
    month = day.astype("datetime64[M]")
    inside = day - month.astype("datetime64[D]")
    return int(((month + periods).astype("datetime64[D]") + inside).astype(np.int64))


def _block(counts: Counts, kind: Kind, places: list[int]) -> Block:
    series = np.array(places, dtype=np.int64)
    first = counts.starts[series]
    length = int(counts.starts[places[0] + 1] - first[0])
    rows = first[:, None] + np.arange(length)
    people = None if counts.population is None else counts.population[rows]
    return Block(kind, series, counts.when[rows[0]], counts.count[rows], people)


def _kind(counts: Counts, place: int, frequency: int | None) -> Kind:
    if not counts.dated:
        return "step"
    if frequency is not None:
        return FREQUENCIES[frequency]
    when = counts.when[counts.starts[place] : counts.starts[place + 1]]
    steps = np.diff(when)
    firsts = when.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]")
    if steps.min() >= 28 and (when == firsts.astype(np.int64)).all():
        return "month"
    usual = int(np.bincount(steps).argmax()) if steps.max() < 100_000 else int(steps.max())
    if usual in _DAYS:
        return _DAYS[usual]
    if usual % 7 == 0:
        return "week"
    raise BadCounts(
        N_(
            "{path}, row {row}: the dates of series {name!r} are {days} days apart; expected days,"
            " weeks or months"
        ),
        path=counts.path, row=counts.line[counts.starts[place] + 1], name=counts.names[place],
        days=usual,
    )  # fmt: skip


def _refuse_gaps(counts: Counts, place: int, kind: Kind) -> None:
    first, last = int(counts.starts[place]), int(counts.starts[place + 1])
    when = counts.when[first:last]
    if kind == "month":
        dates = when.astype("datetime64[D]")
        months = dates.astype("datetime64[M]")
        in_month = (dates - months.astype("datetime64[D]")).astype(np.int64)
        wrong = (np.diff(months.astype(np.int64)) != 1) | (np.diff(in_month) != 0)
    else:
        wrong = np.diff(when) != (7 if kind == "week" else 1)
    if not wrong.any():
        return
    at = first + int(np.argmax(wrong))
    name = "date" if counts.dated else "t"
    before, here = (shown(int(counts.when[n]), counts.dated) for n in (at, at + 1))
    raise BadCounts(
        _GAPS[kind], path=counts.path, row=counts.line[at + 1], column=name,
        name=counts.names[place], here=here, before=before,
    )  # fmt: skip
