"""Series with bands, and places with circles, as one SVG: legible in print and without colour."""

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

MOST = 45  # panels: the small multiples of a province's communes
_WIDTH, _HEIGHT, _LEFT, _TOP = 330, 150, 44, 26
_STYLE = """
text{font:11px system-ui,'Noto Sans',sans-serif;fill:#1f2933}
.name{font-weight:600;font-size:12px}.axis{stroke:#7b8794;stroke-width:1}
.count{fill:#5b7fa6}.wide{fill:#d9cfae;fill-opacity:.75}.narrow{fill:#b9a86a;fill-opacity:.75}
.middle{fill:none;stroke:#6b5b1e;stroke-width:1.5}.level{stroke:#7b8794;stroke-dasharray:3 2}
.place{fill:#5b7fa6}.circle{fill:none;stroke:#a3161f;stroke-width:1.5}.small{font-size:10px}
"""


class Panel(NamedTuple):
    """One series along p periods; NaN draws nothing."""

    name: str
    first: str  # label of the first period
    last: str
    bars: Floats  # (p,)
    middle: Floats  # (p,)
    narrow: tuple[Floats, Floats]  # low and high (p,) each
    wide: tuple[Floats, Floats]
    level: float | None = None  # a line across, such as a reproduction number of 1


def draw_panels(out: Path, title: str, legend: str, panels: Sequence[Panel]) -> None:
    """Write at most 45 panels, in the order given. ``legend`` is a sentence of the catalogue."""
    drawn = panels[:MOST]
    columns = max(1, min(3, len(drawn)))
    width = columns * (_WIDTH + GAP) + GAP
    height = math.ceil(max(len(drawn), 1) / columns) * (_HEIGHT + GAP) + 2 * GAP + 24
    heading = filled(title, {"drawn": len(drawn), "all": len(panels)})

    def write(file: TextIO) -> None:
        file.write(head(width, height, heading, _(legend), _STYLE))
        for place, panel in enumerate(drawn):
            x = GAP + place % columns * (_WIDTH + GAP)
            y = 2 * GAP + 20 + place // columns * (_HEIGHT + GAP)
            file.write(f'<g transform="translate({x},{y})">')
            file.writelines(_panel(panel))
            file.write("</g>\n")
        file.write("</svg>\n")

    write_text(out, write)


def draw_places(
    out: Path, places: Floats, names: Sequence[str], cases: Floats,
    circles: Sequence[tuple[int, float, str]],
) -> None:  # fmt: skip
    """Write places (n, 2) as dots by their cases, and circles (centre, radius, label) round them."""
    low, high = places.min(axis=0), places.max(axis=0)
    scale = 560 / max(float((high - low).max()), 1e-9)
    at = (places - low) * scale + 60
    at[:, 1] = 60 + float((high - low)[1] * scale) + 60 - at[:, 1] + 40  # north is up
    legend = N_("Dot: a place, larger with more cases. Circle: a cluster, numbered by its rank.")
    width, height = 680, int(float((high - low)[1] * scale)) + 180
    heading = filled(N_("{count} clusters among {places} places"),
                     {"count": len(circles), "places": len(names)})  # fmt: skip

    def write(file: TextIO) -> None:
        file.write(head(width, height, heading, _(legend), _STYLE))
        most = max(float(cases.max()), 1.0)
        for (x, y), name, count in zip(at.tolist(), names, cases.tolist(), strict=True):
            r = 2 + 8 * math.sqrt(count / most)
            file.write(
                f'<circle class="place" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}">'
                f"<title>{escape(name)}: {count:g}</title></circle>\n"
            )
        for centre, radius, label in circles:
            x, y = at[centre].tolist()
            r = radius * scale + 12
            file.write(
                f'<circle class="circle" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
                f'<text class="name" x="{x:.1f}" y="{y - r - 3:.1f}">{escape(label)}</text>\n'
            )
        file.write("</svg>\n")

    write_text(out, write)


def _panel(panel: Panel) -> Iterator[str]:
    known = np.concatenate([panel.bars, panel.wide[1], panel.middle, [panel.level or 0.0]])
    known = known[np.isfinite(known)]
    top = round_up(float(known.max()) if known.size else 1.0)
    step = (_WIDTH - _LEFT) / max(panel.bars.size, 1)
    bottom = _HEIGHT - 20

    def y(value: float) -> float:
        return bottom - (bottom - _TOP) * min(value, top) / top

    yield f'<text x="0" y="12" class="name">{escape(panel.name)}</text>'
    for n in np.flatnonzero(np.isfinite(panel.bars)).tolist():
        x, high = _LEFT + n * step, y(float(panel.bars[n]))
        yield (
            f'<rect class="count" x="{x:.1f}" y="{high:.1f}" width="{max(step - 0.6, 0.4):.1f}"'
            f' height="{bottom - high:.1f}"/>'
        )
    for name, (low, high_of) in (("wide", panel.wide), ("narrow", panel.narrow)):
        at = np.flatnonzero(np.isfinite(low) & np.isfinite(high_of)).tolist()
        if at:
            there = [f"{_LEFT + (n + 0.5) * step:.1f},{y(float(high_of[n])):.1f}" for n in at]
            back = [f"{_LEFT + (n + 0.5) * step:.1f},{y(float(low[n])):.1f}" for n in at[::-1]]
            yield f'<polygon class="{name}" points="{" ".join(there + back)}"/>'
    at = np.flatnonzero(np.isfinite(panel.middle)).tolist()
    if at:
        line = [f"{_LEFT + (n + 0.5) * step:.1f},{y(float(panel.middle[n])):.1f}" for n in at]
        yield f'<polyline class="middle" points="{" ".join(line)}"/>'
    if panel.level is not None:
        at_level = y(panel.level)
        yield f'<line class="level" x1="{_LEFT}" x2="{_WIDTH}" y1="{at_level}" y2="{at_level}"/>'
    yield f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH}" y1="{bottom}" y2="{bottom}"/>'
    yield f'<text class="small" x="{_LEFT - 4}" y="{_TOP + 4}" text-anchor="end">{top:g}</text>'
    yield f'<text class="small" x="{_LEFT - 4}" y="{bottom}" text-anchor="end">0</text>'
    yield f'<text class="small" x="{_LEFT}" y="{bottom + 14}">{escape(panel.first)}</text>'
    yield (
        f'<text class="small" x="{_WIDTH}" y="{bottom + 14}" text-anchor="end">'
        f"{escape(panel.last)}</text>"
    )
