"""A QR code as a picture: for keys, addresses, certificates and the anchors of the journal.

Symbols are those of ISO/IEC 18004, with the quiet zone of four modules that it asks for. The library
that reads codes from photographs also makes them.
"""

from io import BytesIO
from urllib.parse import quote
from xml.sax.saxutils import escape

import numpy as np

LEVELS = ("Q", "M", "L")
"""Levels of error correction from the most to the least that we use: 25, 15 and 7 % may be lost."""


def modules(text: str, level: str = "M") -> np.ndarray:
    """The code as booleans, shape (n, n), True where dark, with its quiet zone.

    Raises ``ValueError`` where ``text`` is too long for ``level`` (one of L, M, Q, H).
    """
    import zxingcpp

    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    return np.array(zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=True)) < 128


def most_redundant(text: str) -> str | None:
    """The strongest of :data:`LEVELS` at which ``text`` still fits; None where it fits nowhere."""
    for level in LEVELS:
        try:
            modules(text, level)
        except ValueError:
            continue
        return level
    return None


def svg(text: str, level: str = "M", scale: int = 4, title: str = "", desc: str = "") -> str:
    """The code as a drawing of ``scale`` pixels a module. Raises as :func:`modules`."""
    dark = modules(text, level)
    size = len(dark)
    told = f"<title>{escape(title)}</title>" if title else ""
    told += f"<desc>{escape(desc)}</desc>" if desc else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size * scale}" height="{size * scale}"'
        f' viewBox="0 0 {size} {size}" shape-rendering="crispEdges">{told}'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{_runs(dark)}"/></svg>'
    )


def data_uri(text: str, level: str = "M", scale: int = 4) -> str:
    """:func:`svg` as the source of an image."""
    return "data:image/svg+xml," + quote(svg(text, level, scale), safe=" =:/'")


def png(text: str, level: str = "M", scale: int = 4) -> bytes:
    """The code as a PNG file. Raises as :func:`modules`."""
    from PIL import Image

    large = np.kron(~modules(text, level), np.ones((scale, scale), dtype=bool))
    written = BytesIO()
    Image.fromarray(large).save(written, format="PNG", optimize=True)
    return written.getvalue()


def _runs(dark: np.ndarray) -> str:
    """A path with one rectangle for each run of dark modules in a row."""
    edges = np.diff(np.pad(dark.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return "".join(
        f"M{x} {y}h{end - x}v1H{x}z"
        for y, x, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True)
    )
