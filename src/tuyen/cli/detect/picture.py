"""The counts, what was expected and the bound, as small multiples in one SVG."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape

import numpy as np

from tuyen.cli.csv_files import write_text
from tuyen.cli.detect.methods import Floats, Scanned
from tuyen.cli.drawing import GAP, head, round_up
from tuyen.cli.terminal import filled
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import Counts, shown
from tuyen.kernel.refusal import N_

_MOST = 45  # panels: the small multiples of a province's communes
_WIDTH, _HEIGHT, _LEFT, _TOP = 330, 150, 44, 26
# Dark on light and light on dark: a bar, a band and a mark that differ without their colours.
_STYLE = """
text{font:11px system-ui,'Noto Sans',sans-serif;fill:#1f2933}
.name{font-weight:600;font-size:12px}.axis{stroke:#7b8794;stroke-width:1}
.count{fill:#5b7fa6}.band{fill:#d9cfae;fill-opacity:.75}.expected{fill:none;stroke:#6b5b1e}
.bound{fill:none;stroke:#6b5b1e;stroke-dasharray:4 2}.alarm{fill:#a3161f}.small{font-size:10px}
"""


def draw(out: Path, counts: Counts, scanned: list[Scanned]) -> None:
    """Write at most 45 panels: series with an alarm first, then in the order of the file.

    A bar is a count; the band reaches from 0 to the bound, whose edge is dashed; a line is what was
    expected; a triangle above a bar is an alarm, so that nothing is told by colour alone.
    """
    panels = [(part, row) for part in scanned for row in range(part.block.series.size)]
    panels = [panel for panel in panels if panel[0].points.size]
    panels.sort(
        key=lambda panel: (not panel[0].alarm[panel[1]].any(), panel[0].block.series[panel[1]])
    )
    write_text(out, lambda file: _write(file, counts, panels))


def _write(file: TextIO, counts: Counts, panels: list[tuple[Scanned, int]]) -> None:
    drawn = panels[:_MOST]
    columns = max(1, min(3, len(drawn)))
    width = columns * (_WIDTH + GAP) + GAP
    height = math.ceil(max(len(drawn), 1) / columns) * (_HEIGHT + GAP) + 2 * GAP + 24
    title = filled(
        N_("Counts and bounds of {drawn} of {all} series"),
        {"drawn": len(drawn), "all": len(counts.names)},
    )
    file.write(head(width, height, title, _(_LEGEND), _STYLE))
    for place, (part, row) in enumerate(drawn):
        x = GAP + place % columns * (_WIDTH + GAP)
        y = 2 * GAP + 20 + place // columns * (_HEIGHT + GAP)
        file.write(f'<g transform="translate({x},{y})">')
        file.writelines(_panel(counts, part, row))
        file.write("</g>\n")
    file.write("</svg>\n")


_LEGEND = N_("Bar: count. Line: expected. Band with dashed edge: up to the bound. Triangle: alarm.")


def _panel(counts: Counts, part: Scanned, row: int) -> Iterator[str]:
    observed = part.block.count[row, part.points]
    expected, bound, alarm = part.expected[row], part.upperbound[row], part.alarm[row]
    known = np.concatenate([observed, expected, bound])
    known = known[np.isfinite(known)]
    top = round_up(float(known.max()) if known.size else 1.0)
    step = (_WIDTH - _LEFT) / observed.size
    floor = _HEIGHT - 20

    def across(place: float) -> str:
        return f"{_LEFT + place * step:.1f}"

    def up(value: float) -> str:
        return f"{floor - min(value, top) / top * (floor - _TOP):.1f}"

    name = escape(counts.names[int(part.block.series[row])])
    yield f'<text x="0" y="12" class="name">{name}</text>'
    for first, last in _runs(bound):
        edge = [f"{across(n + 0.5)},{up(bound[n])}" for n in range(first, last)]
        ends = f"{across(last - 0.5)},{floor} {across(first + 0.5)},{floor}"
        yield f'<polygon class="band" points="{" ".join(edge)} {ends}"/>'
        yield f'<polyline class="bound" points="{" ".join(edge)}"/>'
    for n in np.flatnonzero(observed > 0).tolist():
        high = float(up(observed[n]))
        yield (
            f'<rect class="count" x="{across(n + 0.1)}" y="{high}" width="{step * 0.8:.1f}"'
            f' height="{floor - high:.1f}"/>'
        )
    for first, last in _runs(expected):
        line = " ".join(f"{across(n + 0.5)},{up(expected[n])}" for n in range(first, last))
        yield f'<polyline class="expected" points="{line}"/>'
    for n in np.flatnonzero(alarm).tolist():
        x, y = float(across(n + 0.5)), float(up(observed[n])) - 3
        yield f'<path class="alarm" d="M{x:.1f} {y:.1f}l-4 -7h8z"/>'
    yield f'<path class="axis" d="M{_LEFT} {_TOP}V{floor}H{_WIDTH}" fill="none"/>'
    yield f'<text class="small" x="{_LEFT - 4}" y="{_TOP + 4}" text-anchor="end">{top:g}</text>'
    yield f'<text class="small" x="{_LEFT - 4}" y="{floor}" text-anchor="end">0</text>'
    moments = part.block.when[part.points]
    since, until = (shown(int(moments[n]), counts.dated) for n in (0, -1))
    yield f'<text class="small" x="{_LEFT}" y="{floor + 14}">{since}</text>'
    yield f'<text class="small" x="{_WIDTH}" y="{floor + 14}" text-anchor="end">{until}</text>'


def _runs(values: Floats) -> list[tuple[int, int]]:
    """Where the values are known: first and one after the last of each stretch."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
