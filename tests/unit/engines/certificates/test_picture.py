"""A QR in a picture: read from scans and photographs, and no picture is trusted."""

import io
import struct
import zlib

import pytest
import segno
from PIL import Image

from tuyen.engines.certificates.picture import read_qr

TEXT = "HC1:" + "6BFOXN%T" * 50


def drawn(text: str = TEXT, **how) -> bytes:
    picture = io.BytesIO()
    segno.make_qr(text, error="q").save(picture, kind="png", **({"scale": 4} | how))
    return picture.getvalue()


def turned(content: bytes, angle: float, kind: str) -> bytes:
    picture = io.BytesIO()
    with Image.open(io.BytesIO(content)) as plain:
        plain.convert("RGB").rotate(angle, expand=True, fillcolor="white").save(picture, kind)
    return picture.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        drawn(), drawn(light=None), drawn(dark="darkblue", light="#ffe"), turned(drawn(), 90, "JPEG"),
        turned(drawn(), 12, "WEBP"),
    ],
)  # fmt: skip
def test_it_is_read_as_it_comes(content):
    assert read_qr(content) == TEXT


def test_a_certificate_wins_over_another_code_in_the_picture():
    page = Image.new("L", (1400, 800), "white")
    for text, place in (("https://example.test/", (20, 20)), (TEXT, (500, 20))):
        with Image.open(io.BytesIO(drawn(text))) as one:
            page.paste(one.convert("L"), place)
    picture = io.BytesIO()
    page.save(picture, "PNG")

    assert read_qr(picture.getvalue()) == TEXT


@pytest.mark.parametrize(
    "content", [b"", b"no picture", drawn()[:300], b"<svg></svg>", b"GIF89a" + b"\0" * 50]
)
def test_what_holds_no_readable_code_is_none(content):
    assert read_qr(content) is None


def test_a_picture_that_would_unpack_too_large_is_not_unpacked():
    # A header of 60,000 by 60,000 pixels over a few bytes.
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )

    assert read_qr(bomb) is None
    assert read_qr(drawn(), most_bytes=100) is None
