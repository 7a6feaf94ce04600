"""What all charts share: the figure around a picture, its key, its table, hatch and marks."""

from collections.abc import Iterable, Sequence
from typing import Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import svg
from tuyen.web.palette import ALARM_LEVELS as ALARM_LEVELS

Size = Literal["small", "flow", "medium", "wide"]
KeyEntry = tuple[SafeString, str]  # a small picture, its words
TableCell = str | tuple[str, str]  # text, or (text, href)

SIZES: dict[Size, tuple[int, int]] = {
    "small": (300, 120),
    "flow": (420, 250),
    "medium": (560, 210),
    "wide": (920, 250),
}


def alarm_word(level: str) -> str:
    """The name of an alarm level in the reader's language."""
    _known(level)
    return {
        "signal": gettext("Signal"),
        "alert": gettext("Alert"),
        "epidemic": gettext("Epidemic"),
        "ended": gettext("Ended"),
    }[level]


def alarm_mark(level: str, x: float, y: float, words: str = "", r: float = 5) -> SafeString:
    """The shape of a level, centred: diamond, triangle, octagon, ring. Never colour alone."""
    _known(level)
    inner = [svg.title(words)] if words else []
    if level == "ended":
        return svg.el("circle", *inner, cx=x, cy=y, r=r - 1, class_="mark mark-ring")
    c = r * 0.41
    corners = {
        "signal": [(0, -r), (r, 0), (0, r), (-r, 0)],
        "alert": [(0, -r), (r * 1.1, r * 0.9), (-r * 1.1, r * 0.9)],
        "epidemic": [(-c, -r), (c, -r), (r, -c), (r, c), (c, r), (-c, r), (-r, c), (-r, -c)],
    }[level]
    points = " ".join(f"{svg.short(x + dx)},{svg.short(y + dy)}" for dx, dy in corners)
    return svg.el("polygon", *inner, points=points, class_=f"mark mark-{level}")


def _known(level: str) -> None:
    if level not in ALARM_LEVELS:
        raise ValueError(f"alarm level {level!r}: expected one of {', '.join(ALARM_LEVELS)}")


def hatch(ident: str) -> SafeString:
    """The pattern of a report that has not come; filled with ``url(#<ident>-h)``."""
    stripe = svg.el("path", d="M-1 1L1 -1M0 6L6 0M5 7L7 5", class_="hatch-line")
    ground = svg.el("rect", width=6, height=6, class_="hatch-ground")
    return svg.el(
        "defs",
        svg.el(
            "pattern",
            ground,
            stripe,
            id=f"{ident}-h",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        ),
    )


def swatch(class_: str, fill: str | None = None) -> SafeString:
    """A small square for a key."""
    return svg.el(
        "svg",
        svg.el("rect", x=1, y=1, width=16, height=10, class_=f"key-swatch {class_}", fill=fill),
        viewBox="0 0 18 12",
        aria_hidden="true",
    )


def swatch_of(inner: SafeString) -> SafeString:
    return svg.el("svg", inner, viewBox="0 0 18 12", aria_hidden="true")


def swatch_hatch(ident: str) -> KeyEntry:
    picture = svg.el(
        "rect", x=1, y=1, width=16, height=10, class_="no-report", fill=f"url(#{ident}-h)"
    )
    return swatch_of(picture), gettext("No report")


def swatch_alarm(level: str) -> KeyEntry:
    return swatch_of(alarm_mark(level, 9, 6)), alarm_word(level)


def picture(
    ident: str,
    inner: Iterable[str],
    *,
    title: str,
    desc: str,
    width: float,
    height: float,
    size: Size,
    linked: bool = False,
) -> SafeString:
    """The SVG: an image with a name and a description, or a group when it holds links."""
    return svg.el(
        "svg",
        svg.el("title", title, id=f"{ident}-t"),
        svg.el("desc", desc, id=f"{ident}-d"),
        hatch(ident),
        *inner,
        viewBox=f"0 0 {svg.short(width)} {svg.short(height)}",
        role="group" if linked else "img",
        aria_labelledby=f"{ident}-t",
        aria_describedby=f"{ident}-d",
        class_=f"size-{size}",
    )


def figure(
    image: SafeString,
    *,
    title: str,
    sub: str = "",
    key: Sequence[KeyEntry] = (),
    table: SafeString | None = None,
    class_: str = "",
    show_title: bool = True,
    scrolls: bool = True,
) -> SafeString:
    """The picture with its claim, its subtitle (unit, period), its key and its data table."""
    head = []
    if show_title:
        head.append(svg.el("span", title, class_="chart-title"))
        if sub:
            head.append(svg.el("span", sub, class_="chart-sub"))
    entries = [svg.el("li", small, words) for small, words in key]
    return svg.el(
        "figure",
        svg.el("figcaption", *head) if head else "",
        scroller(image, title) if scrolls else image,
        svg.el("ul", *entries, class_="chart-key") if entries else "",
        table or "",
        class_=f"chart {class_}".strip(),
    )


def scroller(image: SafeString, title: str) -> SafeString:
    """On a phone a wide picture scrolls in its own place, which the keyboard can reach."""
    return svg.el("div", image, class_="chart-scroll", role="group", tabindex="0", aria_label=title)


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[TableCell]]) -> SafeString:
    """The figures behind the picture, one click away; the first cell of a row names it."""
    return _folded(caption, table_region(caption, head, rows))


def table_at(caption: str, href: str) -> SafeString:
    """The same, fetched when it is opened from ``href``, which answers with :func:`table_region`.

    Inside stands a link to the same address, where the figures are a page: for who has no script,
    and while the answer is on its way.
    """
    words = gettext("Open the data table as a page")
    hidden = svg.el("span", ": " + caption, class_="visually-hidden")
    return _folded(
        caption,
        svg.el("p", svg.el("a", words, hidden, href=href)),
        hx_get=href,
        hx_trigger="toggle once",
        hx_target="find .chart-figures",
        hx_swap="innerHTML",
    )


def _folded(caption: str, inside: SafeString, **attributes: str) -> SafeString:
    hidden = svg.el("span", ": " + caption, class_="visually-hidden")
    return svg.el(
        "details",
        svg.el("summary", gettext("Data table"), hidden),
        svg.el("div", inside, class_="chart-figures"),
        class_="chart-data",
        **attributes,
    )


def table_region(
    caption: str, head: Sequence[str], rows: Iterable[Sequence[TableCell]]
) -> SafeString:
    """The table itself, in a place of its own that scrolls and that the keyboard reaches."""

    def cell(value: TableCell) -> str:
        return value if isinstance(value, str) else svg.el("a", value[0], href=value[1])

    body = [
        svg.el(
            "tr",
            svg.el("th", cell(row[0]), scope="row"),
            *(svg.el("td", cell(value), class_="number") for value in row[1:]),
        )
        for row in rows
    ]
    heads = [
        svg.el("th", words, scope="col", class_="number" if at else None)
        for at, words in enumerate(head)
    ]
    grid = svg.el(
        "table",
        svg.el("caption", caption, class_="visually-hidden"),
        svg.el("thead", svg.el("tr", *heads)),
        svg.el("tbody", *body),
        class_="table",
    )
    return svg.el(
        "div", grid, class_="table-region", role="region", tabindex="0", aria_label=caption
    )
