"""Vietnamese text folded for search: marks, đ, tone placement, case and spacing do not matter."""

import unicodedata
from functools import lru_cache

_STROKE = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d"})


def nfc(text: str) -> str:
    """Composed form, runs of white space (no-break too) as one space, no space at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Return ``text`` without marks, lower case, single-spaced; anything but letters and digits
    becomes a space.

    Tone placement ("Hoà", "Hòa") and composition (NFC, NFD) vanish with the marks. "đ" has no
    decomposition in Unicode, so it is mapped by hand: stripping combining marks alone leaves it.

    >>> fold("Đặng  Thị Hoà"), fold("Đa\u0323\u0306ng Thi\u0323 Ho\u0300a")
    ('dang thi hoa', 'dang thi hoa')
    """
    words = text.split()
    # What is longer than any word of a language is not kept.
    fold_word = _fold_word if len(max(words, key=len, default="")) < 40 else _fold_word.__wrapped__
    return " ".join(filter(None, map(fold_word, words)))


@lru_cache(maxsize=1 << 14)
def _fold_word(word: str) -> str:
    """Names are made of few different words, and a province has many names."""
    if word.isascii():
        plain = word.casefold()
    else:
        spread = unicodedata.normalize("NFKD", word.translate(_STROKE)).casefold()
        plain = "".join(c for c in spread if not unicodedata.combining(c)).translate(_STROKE)
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())
