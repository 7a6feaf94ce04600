"""Writing SVG: every value escaped, numbers short, nothing inline that a strict CSP refuses."""

import html
from collections.abc import Iterable
from functools import cache
from hashlib import sha256

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

Attribute = str | float | None


def short(value: float) -> str:
    """A coordinate with at most one decimal: ``12.04`` is ``12``."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def el(tag: str, *children: str, **attributes: Attribute) -> SafeString:
    """Return one element. ``class_`` is class, ``text_anchor`` is text-anchor; None is left out."""
    written = "".join(
        [
            f' {_named(name)}="{_escaped(value) if isinstance(value, str) else short(value)}"'
            for name, value in attributes.items()
            if value is not None
        ]
    )
    inner = "".join([_escaped(child) for child in children])
    if not inner and tag in _VOID:
        return SafeString(f"<{tag}{written}/>")  # all parts are escaped above
    return SafeString(f"<{tag}{written}>{inner}</{tag}>")


def _escaped(words: str) -> str:
    """What ``conditional_escape`` gives, without its way round by lazy text: a chart has thousands."""
    if type(words) is SafeString:
        return words
    if type(words) is str:
        return html.escape(words)
    return conditional_escape(words)


@cache
def _named(keyword: str) -> str:
    """The attribute that a keyword of Python stands for."""
    return escape(keyword.rstrip("_").replace("_", "-"))


def join(parts: Iterable[str]) -> SafeString:
    """Return the escaped parts one after another."""
    return SafeString("".join([_escaped(part) for part in parts]))


def text(x: float, y: float, words: str, class_: str | None = None) -> SafeString:
    return el("text", words, x=x, y=y, class_=class_)


def title(words: str) -> SafeString:
    """The words a pointer resting on a mark shows."""
    return el("title", words)


def box(x: float, y: float, width: float, height: float) -> str:
    """Path data of a rectangle, so that many of one kind are one element."""
    return f"M{short(x)} {short(y)}h{short(width)}v{short(height)}h{short(-width)}z"


def line(points: Iterable[tuple[float, float] | None]) -> str:
    """Path data through points; None breaks the line."""
    path, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        path.append(f"{pen}{short(point[0])} {short(point[1])}")
        pen = "L"
    return "".join(path)


def ident_of(*parts: object) -> str:
    """A short id that is the same for the same chart."""
    return "c" + sha256(repr(parts).encode()).hexdigest()[:8]


_VOID = frozenset(("rect", "path", "circle", "line", "use", "polygon"))
