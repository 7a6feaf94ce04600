"""What the pictures of file commands share: the frame with its title and legend, and the scale."""

import math
from xml.sax.saxutils import escape

from tuyen.cli.terminal import language

GAP = 18


def head(width: int, height: int, title: str, legend: str, style: str) -> str:
    """The beginning of an SVG that says what it shows, to eyes and to screen readers."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" lang="{language()}" aria-labelledby="title desc">\n'
        f'<title id="title">{escape(title)}</title><desc id="desc">{escape(legend)}</desc>\n'
        f'<style>{style}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n'
        f'<text x="{GAP}" y="{GAP + 4}" class="name">{escape(title)}</text>\n'
        f'<text x="{GAP}" y="{GAP + 20}" class="small">{escape(legend)}</text>\n'
    )


def round_up(value: float) -> float:
    """The end of an axis that reaches ``value``: 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(value))
    return next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= value * (1 - 1e-9))
