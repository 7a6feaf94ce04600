"""Operating curves as one SVG: outbreaks seen against alarms a week."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import write_text
from tuyen.cli.drawing import GAP, head, round_up
from tuyen.cli.terminal import filled
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_

Floats = NDArray[np.float64]
MOST = 45
_WIDTH, _HEIGHT, _LEFT, _TOP = 330, 190, 44, 26
_STYLE = """
text{font:11px system-ui,'Noto Sans',sans-serif;fill:#1f2933}
.name{font-weight:600;font-size:12px}.axis{stroke:#7b8794;stroke-width:1}
.curve{fill:none;stroke:#6b5b1e;stroke-width:1.5}.chosen{fill:#a3161f}.small{font-size:10px}
"""
_LEGEND = N_(
    "Line: share of the outbreaks laid in that is seen, against alarms a week; one point for each"
    " threshold. Dot: the threshold in use or chosen."
)


class Curve(NamedTuple):
    """One rule in one stratum, g thresholds."""

    name: str
    alarms: Floats  # (g,) a week
    seen: Floats  # (g,) share
    chosen: int | None


def draw_curves(out: Path, curves: Sequence[Curve]) -> None:
    """Write at most 45 curves, in the order given."""
    drawn = curves[:MOST]
    columns = max(1, min(3, len(drawn)))
    width = columns * (_WIDTH + GAP) + GAP
    height = math.ceil(max(len(drawn), 1) / columns) * (_HEIGHT + GAP) + 2 * GAP + 24
    title = filled(N_("Operating curves: {drawn} of {all}"),
                   {"drawn": len(drawn), "all": len(curves)})  # fmt: skip

    def write(file: TextIO) -> None:
        file.write(head(width, height, title, _(_LEGEND), _STYLE))
        for place, curve in enumerate(drawn):
            x = GAP + place % columns * (_WIDTH + GAP)
            y = 2 * GAP + 20 + place // columns * (_HEIGHT + GAP)
            file.write(f'<g transform="translate({x},{y})">')
            file.writelines(_curve(curve))
            file.write("</g>\n")
        file.write("</svg>\n")

    write_text(out, write)


def _curve(curve: Curve) -> Iterator[str]:
    """Alarms on a square-root axis, so that the few alarms that are in use have room."""
    top = round_up(float(np.nanmax(curve.alarms, initial=0.0)))
    bottom, right = _HEIGHT - 30, _WIDTH - 10

    def at(g: int) -> str:
        x = _LEFT + (right - _LEFT) * math.sqrt(float(curve.alarms[g]) / top)
        return f"{x:.1f},{bottom - (bottom - _TOP) * float(curve.seen[g]):.1f}"

    yield f'<text x="0" y="12" class="name">{escape(curve.name)}</text>'
    known = np.flatnonzero(np.isfinite(curve.alarms) & np.isfinite(curve.seen))
    order = known[np.lexsort((curve.seen[known], curve.alarms[known]))].tolist()
    yield f'<polyline class="curve" points="{" ".join(at(g) for g in order)}"/>'
    if curve.chosen is not None and curve.chosen in order:
        x, y = at(curve.chosen).split(",")
        said = f"{100 * float(curve.seen[curve.chosen]):.0f} %, {curve.alarms[curve.chosen]:.3g}"
        yield f'<circle class="chosen" cx="{x}" cy="{y}" r="4"><title>{said}</title></circle>'
    yield f'<line class="axis" x1="{_LEFT}" x2="{right}" y1="{bottom}" y2="{bottom}"/>'
    yield f'<line class="axis" x1="{_LEFT}" x2="{_LEFT}" y1="{_TOP}" y2="{bottom}"/>'
    yield f'<text class="small" x="{_LEFT - 4}" y="{_TOP + 4}" text-anchor="end">100 %</text>'
    yield f'<text class="small" x="{_LEFT - 4}" y="{bottom}" text-anchor="end">0</text>'
    for share in (0.0, 0.25, 1.0):
        x_at = _LEFT + (right - _LEFT) * math.sqrt(share)
        yield (
            f'<text class="small" x="{x_at:.1f}" y="{bottom + 14}" text-anchor="middle">'
            f"{top * share:g}</text>"
        )
