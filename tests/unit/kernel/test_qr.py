"""QR codes: read back, and as large as another maker's."""

import io

import pytest
import segno
import zxingcpp
from PIL import Image

from tuyen.kernel import qr

TEXTS = ("7", "https://tram.example/#enrol=K7QX-22", "Đặng Thị Hoà", "HC1:" + "6BFOXN%T" * 90)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("level", qr.LEVELS)
def test_a_code_is_read_back_and_is_no_larger_than_another_makers(text, level):
    with Image.open(io.BytesIO(qr.png(text, level, scale=3))) as picture:
        (read,) = zxingcpp.read_barcodes(picture.convert("L"))

    peer = segno.make_qr(text, error=level.lower(), boost_error=False)
    assert read.text == text
    assert len(qr.modules(text, level)) <= peer.symbol_size()[0]


def test_what_is_long_gets_less_redundancy_and_what_is_too_long_none():
    assert [qr.most_redundant("A1" * n) for n in (20, 1300, 1800, 3000)] == ["Q", "M", "L", None]
    with pytest.raises(ValueError, match="too long"):
        qr.svg("A" * 6000)


def test_a_drawing_holds_every_dark_module_once_and_escapes_what_it_is_told():
    drawn = qr.svg("abc", title="<b>", desc="a & b")
    lengths = [int(run.split("v")[0].split("h")[1]) for run in drawn.split(" d=")[2].split("M")[1:]]

    assert sum(lengths) == int(qr.modules("abc").sum())
    assert "<title>&lt;b&gt;</title><desc>a &amp; b</desc>" in drawn
