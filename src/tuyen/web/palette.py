"""The colours of every chart, map and alarm, and the style sheet made from them.

One palette for the whole console, so that a colour means the same thing on every screen. It is
judged by tests (`tests/unit/web/charts/test_palette.py`): contrast against the page, and the
distance between classes as seen by people with protanopia, deuteranopia and tritanopia. A colour
never speaks alone: an alarm has a shape and a word, a missing report has a hatch.

`python -m tuyen.web.palette` prints `static/tuyen/css/palette.css`; a test holds the two equal.
"""

import sys
from collections.abc import Iterator
from typing import NamedTuple


class Palette(NamedTuple):
    """The colours of one theme, as ``#rrggbb``.

    sequential: 7 classes, little to much. diverging: 7 classes, below to above, the middle neutral.
    categorical: 6 unordered series. alarm: by level, for marks (3:1 on ``surface``).
    """

    surface: str
    ink: str
    muted: str
    rule: str
    no_report: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    categorical: tuple[str, ...]
    alarm: dict[str, str]
    band: str


LIGHT = Palette(
    surface="#fffefb",
    ink="#1d2233",
    muted="#565c6e",
    rule="#d8d4c7",
    no_report="#8d8a80",
    # Undyed hemp to deep indigo: the cloth of the highlands, dipped once to seven times.
    sequential=("#f2ead2", "#d0d3b4", "#98baaa", "#5f98a6", "#396f9e", "#2c498a", "#1c2a5e"),
    diverging=("#24408f", "#5d7fba", "#a3b9d6", "#f1ece0", "#e2b684", "#bf7f3d", "#8c4a12"),
    categorical=("#2f3a9c", "#b0421a", "#5b7d7a", "#6b1f57", "#c7820d", "#4493da"),
    alarm={"signal": "#c07f00", "alert": "#a82f18", "epidemic": "#5e0a2e", "ended": "#1b6480"},
    band="#dfe0ea",
)

DARK = Palette(
    surface="#191d29",
    ink="#e8e6df",
    muted="#a9adbb",
    rule="#353b4d",
    no_report="#8a8f9f",
    sequential=("#232a3d", "#2d456e", "#386c8f", "#5e99a1", "#9ac0a6", "#d4d7ab", "#f6edcc"),
    diverging=("#a9bdf2", "#6f8bd6", "#41558f", "#2b2f3c", "#7a5530", "#c08347", "#f0b978"),
    categorical=("#7480ee", "#e2952b", "#9dbab5", "#b8628c", "#f7e27a", "#8fe0f7"),
    alarm={"signal": "#f7d654", "alert": "#f97e36", "epidemic": "#d98fd0", "ended": "#86d6e2"},
    band="#2d3347",
)

ALARM_LEVELS = ("signal", "alert", "epidemic", "ended")
"""From a statistical signal, through alert and epidemic by the law, to a declared end."""


def ramp(classes: int, *, diverging: bool = False) -> tuple[int, ...]:
    """Return which of the 7 steps to use for ``classes`` classes (1 to 7), spread over the ramp.

    >>> ramp(5)
    (0, 2, 3, 4, 6)
    """
    last = len(LIGHT.diverging if diverging else LIGHT.sequential) - 1
    if classes <= 1:
        return (last // 2 + 1,)
    return tuple(round(last * step / (classes - 1)) for step in range(classes))


def custom_properties(palette: Palette) -> Iterator[tuple[str, str]]:
    """Yield the (name, value) of each CSS custom property of one theme."""
    for name in ("surface", "ink", "muted", "rule", "no_report", "band"):
        yield f"--chart-{name.replace('_', '-')}", getattr(palette, name)
    for index, colour in enumerate(palette.sequential):
        yield f"--seq-{index}", colour
    for index, colour in enumerate(palette.diverging):
        yield f"--div-{index}", colour
    for index, colour in enumerate(palette.categorical):
        yield f"--cat-{index}", colour
    for level, colour in palette.alarm.items():
        yield f"--alarm-{level}", colour


def stylesheet() -> str:
    """Return `palette.css`: both themes as custom properties, and the classes that use them."""

    def block(selector: str, palette: Palette, indent: str = "") -> str:
        lines = [f"{indent}  {name}: {value};" for name, value in custom_properties(palette)]
        return "\n".join([f"{indent}{selector} {{", *lines, f"{indent}}}"])

    classes = [f".{kind}-{i} {{ fill: var(--{kind}-{i}); }}" for kind, i in _steps()]
    classes += [f".ink-cat-{i} {{ stroke: var(--cat-{i}); }}" for i in range(6)]
    classes += [f".mark-{level} {{ fill: var(--alarm-{level}); }}" for level in ALARM_LEVELS]
    return "\n".join(
        [
            "/* Made by `python -m tuyen.web.palette`: change palette.py, not this file. */",
            block(":root", LIGHT),
            "@media screen and (prefers-color-scheme: dark) {",
            block(":root:not([data-theme=light])", DARK, "  "),
            "}",
            "@media screen {",
            block(":root[data-theme=dark]", DARK, "  "),
            "}",
            *classes,
            "",
        ]
    )


def _steps() -> Iterator[tuple[str, int]]:
    for kind, count in (("seq", 7), ("div", 7), ("cat", 6)):
        for index in range(count):
            yield kind, index


if __name__ == "__main__":
    sys.stdout.write(stylesheet())
