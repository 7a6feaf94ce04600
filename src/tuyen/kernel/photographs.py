"""A photograph as it is kept: small, upright, without where and by what it was taken."""

import io

FORMATS = ("JPEG", "PNG", "WEBP")
_MOST_BYTES, _MOST_PIXELS = 15_000_000, 50_000_000
"""Of a photograph as it comes from a telephone."""
_LEAST_SIDE = 320


def reduced(content: bytes, side: int, most: int) -> bytes | None:
    """``content`` as JPEG of at most ``side`` pixels a side and ``most`` bytes.

    Nothing of the camera's notes stays in it. None where it is no picture of :data:`FORMATS`, is larger
    than any telephone makes, or cannot be made small enough.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(content) > _MOST_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            plain = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    while side >= _LEAST_SIDE:
        plain.thumbnail((side, side))
        for quality in (80, 60, 45):
            written = io.BytesIO()
            # Saved without ``exif``: the place and the camera stay behind.
            plain.save(written, format="JPEG", quality=quality, optimize=True)
            if written.tell() <= most:
                return written.getvalue()
        side = side * 3 // 4
    return None
