"""What became of what: bands from kinds on the left to kinds on the right, as wide as they are many."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, svg
from tuyen.web.templatetags.figures import number

WIDTH, HEIGHT = parts.SIZES["flow"]
TOP, GAP, BAR, NAMES = 16, 14, 12, 122


class Flow(NamedTuple):
    """So many that were ``source`` and become ``target``."""

    source: str
    target: str
    many: int


def render_sankey(
    flows: Sequence[Flow], *, title: str, names: Mapping[str, str], sub: str = "", ident: str = ""
) -> SafeString:
    """Return the picture. names: the word of each kind, in the order in which they stand."""
    ident = ident or svg.ident_of("sankey", title, *flows)
    flows = sorted((f for f in flows if f.many), key=lambda f: _rank(f, names))
    left = {k: n for k in names if (n := sum(f.many for f in flows if f.source == k))}
    right = {k: n for k in names if (n := sum(f.many for f in flows if f.target == k))}
    total = max(1, sum(left.values()))
    most = max(len(left), len(right), 1)
    scale = (HEIGHT - 2 * TOP - GAP * (most - 1)) / total
    x0, x1 = float(NAMES), WIDTH - float(NAMES)
    starts, ends = _stacked(left, scale), _stacked(right, scale)
    inner = [*_bars(left, starts, scale, x0 - BAR, names, "end"),
             *_bars(right, ends, scale, x1, names, "start")]  # fmt: skip
    for flow in flows:
        wide = flow.many * scale
        inner.append(_band(flow, x0, starts[flow.source], x1, ends[flow.target], wide, names))
        starts[flow.source] += wide
        ends[flow.target] += wide
    desc = "; ".join(
        gettext("{count} from {source} to {target}").format(
            count=number(f.many), source=names[f.source], target=names[f.target]
        )
        for f in flows
    )
    return parts.figure(
        parts.picture(ident, inner, title=title, desc=desc, width=WIDTH, height=HEIGHT, size="flow"),
        title=title, sub=sub, table=svg.el("p", desc, class_="small muted"),
    )  # fmt: skip


def _rank(flow: Flow, names: Mapping[str, str]) -> tuple[int, int]:
    order = list(names)
    return order.index(flow.source), order.index(flow.target)


def _stacked(counts: Mapping[str, int], scale: float) -> dict[str, float]:
    """Where each kind begins from the top."""
    found, y = {}, float(TOP)
    for kind, count in counts.items():
        found[kind] = y
        y += count * scale + GAP
    return found


def _bars(
    counts: Mapping[str, int], at: Mapping[str, float], scale: float, x: float,
    names: Mapping[str, str], anchor: str,
) -> list[SafeString]:  # fmt: skip
    found = []
    for kind, count in counts.items():
        high = max(count * scale, 1.0)
        found.append(svg.el("rect", x=x, y=at[kind], width=BAR, height=high, class_="sankey-bar"))
        label = f"{names[kind]} {number(count)}"
        edge = x - 6 if anchor == "end" else x + BAR + 6
        found.append(svg.text(edge, at[kind] + high / 2 + 4, label, anchor))
    return found


def _band(
    flow: Flow, x0: float, y0: float, x1: float, y1: float, wide: float, names: Mapping[str, str]
) -> SafeString:
    middle, short = (x0 + x1) / 2, svg.short
    path = (
        f"M{short(x0)} {short(y0)}C{short(middle)} {short(y0)} {short(middle)} {short(y1)} {short(x1)} "
        f"{short(y1)}V{short(y1 + wide)}C{short(middle)} {short(y1 + wide)} {short(middle)} "
        f"{short(y0 + wide)} {short(x0)} {short(y0 + wide)}Z"
    )
    words = gettext("{count} from {source} to {target}").format(
        count=number(flow.many), source=names[flow.source], target=names[flow.target]
    )
    stays = "sankey-same" if flow.source == flow.target else "sankey-moved"
    return svg.el("path", svg.title(words), d=path, class_=stays)
