"""The completeness strip: weeks across, units down, how much of what was due has come."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, scale, svg
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.palette import ramp
from tuyen.web.templatetags.figures import number, percent

ROW, LABEL, HEAD = 18, 200, 20
CUTS = (0.5, 0.8, 0.95, 1.0)
STEPS = ramp(5)


class Due(NamedTuple):
    """share: 0 to 1 of the reports due that came; 0 is hatched. None: nothing was due, left blank.
    late: some came after their time."""

    share: float | None
    late: bool = False


class Strip(NamedTuple):
    """One unit: its cells in the order of the weeks."""

    label: str
    cells: Sequence[Due]
    href: str = ""


@drawn_once
def render_heat(
    strips: Sequence[Strip],
    weeks: Sequence[str],
    *,
    title: str,
    sub: str = "",
    show_table: bool = True,
    table_at: str = "",
    ident: str = "",
) -> SafeString:
    """Return the strip. Each row has one cell for each of ``weeks``.

    table_at: an address that answers with :func:`heat_table`, for a table fetched when opened.
    """
    for strip in strips:
        if len(strip.cells) != len(weeks):
            raise ValueError(f"{strip.label}: {len(strip.cells)} cells for {len(weeks)} weeks")
    ident = ident or svg.ident_of("heat", title, *weeks, *strips)
    width, _ = parts.SIZES["wide"]
    step = min(30.0, (width - LABEL - 4) / max(1, len(weeks)))
    inner = []
    longest = max([len(w) for w in weeks], default=1) * 6.5 + 10
    for at in scale.spread(len(weeks), int(step * len(weeks) // longest) or 1):
        inner.append(svg.text(LABEL + at * step, 13, weeks[at]))
    for at, strip in enumerate(strips):
        inner += _strip(strip, weeks, HEAD + at * ROW, step, ident)
    desc = gettext("{units} units over {weeks} weeks; {missing} cells without a report.").format(
        units=len(strips),
        weeks=len(weeks),
        missing=sum(cell.share == 0 for strip in strips for cell in strip.cells),
    )
    image = parts.picture(
        ident,
        inner,
        title=title,
        desc=desc,
        width=LABEL + step * len(weeks) + 4,
        height=HEAD + ROW * len(strips),
        size="wide",
        linked=any(s.href for s in strips),
    )
    table = None
    if show_table:
        table = (
            parts.table_at(title, table_at)
            if table_at
            else parts.table(title, *_rows(strips, weeks))
        )
    return parts.figure(image, title=title, sub=sub, key=_key(strips, ident), table=table)


def heat_table(strips: Sequence[Strip], weeks: Sequence[str], *, title: str) -> SafeString:
    """The table of a strip whose ``table_at`` leads here."""
    return parts.table_region(title, *_rows(strips, weeks))


def _rows(
    strips: Sequence[Strip], weeks: Sequence[str]
) -> tuple[list[str], list[list[parts.TableCell]]]:
    """The head and the rows of the table of a strip."""
    rows: list[list[parts.TableCell]] = [
        [(s.label, s.href) if s.href else s.label, *map(_written, s.cells)] for s in strips
    ]
    return [gettext("Unit"), *weeks], rows


def _strip(
    strip: Strip, weeks: Sequence[str], y: float, step: float, ident: str
) -> list[SafeString]:
    name = strip.label if len(strip.label) <= 33 else strip.label[:32].rstrip() + "…"
    label = svg.text(LABEL - 8, y + 13, name, "end label-row")
    drawn = [svg.el("a", label, href=strip.href, tabindex="-1") if strip.href else label]
    for at, cell in enumerate(strip.cells):
        if cell.share is None:
            continue
        path = svg.box(LABEL + at * step + 0.5, y + 0.5, step - 1, ROW - 1)
        words = svg.title(f"{strip.label}, {weeks[at]}: {_written(cell)}")
        if cell.share == 0:
            hatched = svg.el("path", words, d=path, fill=f"url(#{ident}-h)", class_="no-report")
            drawn.append(hatched)
            continue
        step_of = STEPS[scale.class_of(cell.share, CUTS)]
        drawn.append(svg.el("path", words, d=path, class_=f"seq-{step_of}"))
        if cell.late:
            x = LABEL + (at + 0.5) * step
            drawn.append(svg.el("circle", cx=x, cy=y + ROW / 2, r=3, class_="late"))
    return drawn


def _written(cell: Due) -> str:
    if cell.share is None:
        return number(None)
    if cell.share == 0:
        return gettext("No report")
    share = percent(cell.share, 0)
    return gettext("{share}, late").format(share=share) if cell.late else share


def _key(strips: Sequence[Strip], ident: str) -> list[parts.KeyEntry]:
    bounds = [percent(cut, 0) for cut in (0, *CUTS)]
    words = [gettext("under {high}").format(high=bounds[1])]
    words += [
        gettext("{low} to under {high}").format(low=low, high=high)
        for low, high in pairwise(bounds[1:])
    ]
    words.append(bounds[-1])
    key = [(parts.swatch(f"seq-{STEPS[at]}"), said) for at, said in enumerate(words)]
    cells = [cell for strip in strips for cell in strip.cells]
    if any(cell.share == 0 for cell in cells):
        key.append(parts.swatch_hatch(ident))
    if any(cell.late for cell in cells):
        ring = svg.el("circle", cx=9, cy=6, r=3, class_="late")
        key.append((parts.swatch_of(ring), gettext("Some came late")))
    return key
