"""The text of the QR in a photograph or a scan, by zxing-cpp; Pillow opens the picture, within limits."""

import io

import zxingcpp
from PIL import Image

from tuyen.engines.certificates.message import PREFIX

_QR = zxingcpp.barcode_formats_from_str("QRCode")
FORMATS = ("PNG", "JPEG", "WEBP")


def read_qr(
    content: bytes, most_bytes: int = 8_388_608, most_pixels: int = 40_000_000
) -> str | None:
    """The text of the first QR that holds a certificate, of the first QR otherwise; None without any.

    A picture larger than the limits, of another format or broken holds none: its decoded size is
    read from its header before a pixel is unpacked.
    """
    if not content or len(content) > most_bytes:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > most_pixels:
                return None
            grey = _on_white(picture)
        found = zxingcpp.read_barcodes(grey, formats=_QR)
    except Exception:  # a decoder of foreign pictures fails in more ways than it names
        return None
    texts = [code.text for code in found if code.valid and code.text]
    return next((text for text in texts if text.startswith(PREFIX)), texts[0] if texts else None)


def _on_white(picture: Image.Image) -> Image.Image:
    """In grey; what is transparent becomes paper, not ink."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("L")
    return picture.convert("L")
