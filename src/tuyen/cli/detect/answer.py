"""What was found, as rows of a file, and what is said of it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tuyen.cli.csv_files import write_rows
from tuyen.cli.detect.methods import Scanned
from tuyen.cli.detect.options import Asked
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import Counts, Mended, shown
from tuyen.kernel.refusal import N_

_FARRINGTON = ("trend", "phi", "mu0", "score", "pvalue")


def write(out: Path, counts: Counts, scanned: list[Scanned], asked: Asked) -> None:
    """One row per scanned point, each series in the order of its first row."""
    time = "date" if counts.dated else "t"
    header = ["series", time, "observed", "expected", "upperbound", "alarm"]
    if asked.method == "farrington-flexible":
        header += _FARRINGTON
    if asked.reasons:
        header.append("reason")
    places = {
        int(series): (part, row) for part in scanned for row, series in enumerate(part.block.series)
    }
    write_rows(
        out,
        header,
        (
            row
            for place, name in enumerate(counts.names)
            for row in _rows(name, *places[place], counts.dated, asked)
        ),
    )


def _rows(
    name: str, part: Scanned, row: int, dated: bool, asked: Asked
) -> Iterator[tuple[str | float, ...]]:
    judged, alarm = part.judged[row].tolist(), part.alarm[row].tolist()
    observed = part.block.count[row, part.points].tolist()
    expected, bound = part.expected[row].tolist(), part.upperbound[row].tolist()
    more = _more(part, row, asked)
    for place, moment in enumerate(part.block.when[part.points].tolist()):
        count = observed[place]
        yield (
            name,
            shown(moment, dated),
            int(count) if count == count else "",  # NaN differs from itself
            expected[place],
            bound[place],
            _word(alarm[place]) if judged[place] else "",
            *(column[place] for column in more),
        )


def _more(part: Scanned, row: int, asked: Asked) -> list[list[str | float]]:
    """The columns of the method, and the reasons."""
    columns: list[list[str | float]] = []
    if asked.method == "farrington-flexible":
        phi = part.more["phi"][row]
        trend = [_word(one) for one in part.more["trend"][row].tolist()]
        columns.append(
            [word if p == p else "" for word, p in zip(trend, phi.tolist(), strict=True)]
        )
        columns += [part.more[name][row].tolist() for name in _FARRINGTON[1:]]
    if asked.reasons:
        columns.append(list(_reasons(part, row)))
    return columns


def _reasons(part: Scanned, row: int) -> list[str]:
    if "reason" in part.more:
        from tuyen.engines.surveillance.farrington_control import REASONS

        return [REASONS[code] for code in part.more["reason"][row].tolist()]
    known = ~np.isnan(part.block.count[row, part.points])
    return [
        "judged" if judged else "short-history" if there else "not-reported"
        for judged, there in zip(part.judged[row].tolist(), known.tolist(), strict=True)
    ]


def _word(true: bool) -> str:
    return "true" if true else "false"


def notes(counts: Counts, scanned: list[Scanned], asked: Asked) -> list[Mended]:
    """What has to be said of the scan: series too short, and points without an answer."""
    said = [] if asked.points is not None else _too_short(counts, scanned)
    if asked.method != "farrington-flexible":
        return said
    many: Counter[str] = Counter()
    for part in scanned:
        for row in range(part.block.series.size):
            many.update(_reasons(part, row))
    silent = {why: number for why, number in many.items() if why not in ("judged", "few-cases")}
    if silent:
        reasons = "; ".join(f"{_(_WHY[why])}: {number}" for why, number in silent.items())
        said.append(
            Mended(
                N_("{path}: {number} points have no answer ({reasons}); --reasons says which"),
                path=counts.path, number=sum(silent.values()), reasons=reasons,
            )
        )  # fmt: skip
    return said


_WHY = {
    "gap-near-now": N_("a count of the last weeks is missing"),
    "not-reported": N_("the count itself is missing"),
    "short-history": N_("too few years before it"),
    "few-points": N_("too few counts in those years"),
    "all-zero": N_("not one case in those years"),
    "no-population": N_("a population is missing or 0"),
    "not-converged": N_("the model has no solution"),
    "overflow": N_("the bound is infinite"),
}


def _too_short(counts: Counts, scanned: list[Scanned]) -> list[Mended]:
    short = [
        counts.names[place]
        for part in scanned
        if not part.points.size
        for place in part.block.series
    ]
    if not short:
        return []
    return [
        Mended(
            _SHORT if len(short) == 1 else _MANY_SHORT,
            path=counts.path, name=short[0], others=len(short) - 1,
        )
    ]  # fmt: skip


_SHORT = N_("{path}: series {name!r} too short to scan; see --range, --baseline")
_MANY_SHORT = N_(
    "{path}: series {name!r} and {others} more too short to scan; see --range, --baseline"
)
