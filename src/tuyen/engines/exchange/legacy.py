"""Vietnamese in the font encodings of the 1990s: recognised, named, and converted on request.

TCVN3 ("ABC", fonts .VnTime) puts one Vietnamese letter on one byte of the upper half (TCVN
5712:1993, VN3); VNI-Windows writes a plain letter and then a byte for its marks. Both wear the
clothes of Windows-1252, so the same letters appear as "§iÖn Biªn" or "Ñieän Bieân" in a CSV that
was never Unicode and in a workbook that is. The test is statistical: a word that is no Vietnamese
syllable as it stands, and is one after conversion.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from tuyen.engines.exchange.syllable import is_syllable

Legacy = Literal["tcvn3", "vni"]

LABELS: dict[str, str] = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI Windows"}

# Position of each letter on the upper half of the byte, as Windows-1252 shows it.
_TCVN3_BYTES = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
}
TCVN3 = {
    chr(start + step): letter
    for start, letters in _TCVN3_BYTES.items()
    for step, letter in enumerate(letters)
}
_TCVN3_MAP: dict[int, str] = {ord(sign): letter for sign, letter in TCVN3.items()}

_VNI_MARKS = {
    "a": "ùáøàûảõãïạêăéắèằúẳüẵëặââáấàầåẩãẫäậ",
    "e": "ùéøèûẻõẽïẹâêáếàềåểãễäệ",
    "o": "ùóøòûỏõõïọâôáốàồåổãỗäộ",
    "ô": "ùớøờûởõỡïợ",
    "u": "ùúøùûủõũïụ",
    "ö": "ùứøừûửõữïự",
    "y": "ùýøỳûỷõỹ",
}
_VNI_SINGLE = {"æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ"}


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_SINGLE)
    for base, marks in _VNI_MARKS.items():
        for mark, letter in zip(marks[::2], marks[1::2], strict=True):
            table[base + mark] = letter
    upper = {key.upper(): letter.upper() for key, letter in table.items()}
    # "AÙ" in capitals, and "Aù" as people typed it when only the first letter was one.
    title = {key.capitalize(): letter.upper() for key, letter in table.items()}
    return {**title, **upper, **table}


VNI: dict[str, str] = _vni_table()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))

# Letters that only real Unicode Vietnamese has.
_UNICODE_VIETNAMESE = re.compile("[ăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9]")
_NON_ASCII = re.compile("[^\x00-\x7f]")
_BETWEEN_WORDS = re.compile("[\x00-@\\[-`{-\x7f\u2018-\u201f\u2026]+")
# Signs that no language uses inside a word.
_SIGNS = re.compile("[§«®µ¶·¸¹»¼½¾¦¨©¬\xad×÷]")


def convert_legacy(text: str, encoding: Legacy) -> str:
    """Return ``text``, shown as Windows-1252 shows it, in Unicode Vietnamese.

    >>> convert_legacy("§iÖn Biªn", "tcvn3"), convert_legacy("Ñieän Bieân", "vni")
    ('Điện Biên', 'Điện Biên')
    """
    if encoding == "tcvn3":
        return text.translate(_TCVN3_MAP)
    return _VNI_PATTERN.sub(lambda found: VNI[found[0]], text)


def is_unicode_vietnamese(text: str) -> bool:
    """Whether ``text`` has letters that only real Unicode Vietnamese has."""
    return _UNICODE_VIETNAMESE.search(text) is not None


class LegacyFound(NamedTuple):
    """What the words say: the encoding, a text that shows it, and how many words agree."""

    encoding: Legacy
    sample: str
    words: int


def find_legacy(texts: Iterable[str], most: int = 50_000) -> LegacyFound | None:
    """Return the legacy encoding that some of ``texts`` are written in, or None.

    Two different words are enough when nothing speaks against them, three when the rest of the
    file is Unicode (one column pasted from an old file). At most ``most`` words are looked at.
    """
    verdicts: dict[str, str] = {}
    samples: dict[str, tuple[int, str]] = {}
    for text in texts:
        if text.isascii():
            continue
        found = {"tcvn3": 0, "vni": 0}
        for word in _BETWEEN_WORDS.split(text):
            if word.isascii():
                continue
            verdict = verdicts.get(word) or verdicts.setdefault(word, _verdict(word))
            for encoding in verdict.split("+"):
                if encoding in found:
                    found[encoding] += 1
        for encoding, count in found.items():
            if count > samples.get(encoding, (0, ""))[0]:
                samples[encoding] = (count, text)
        if len(verdicts) > most:
            break
    return _decide(verdicts, samples)


def _decide(verdicts: dict[str, str], samples: dict[str, tuple[int, str]]) -> LegacyFound | None:
    best: LegacyFound | None = None
    encodings: tuple[Legacy, ...] = ("tcvn3", "vni")
    for encoding in encodings:
        words = [word for word, verdict in verdicts.items() if encoding in verdict]
        alone = len(words) >= 0.6 * sum(verdict != "foreign" for verdict in verdicts.values())
        signed = any(_SIGNS.search(word) for word in words) and encoding == "tcvn3"
        enough = 3 if not alone else 1 if signed else 2
        if len(words) >= enough and (best is None or len(words) > best.words):
            best = LegacyFound(encoding, samples[encoding][1], len(words))
    return best


def _verdict(word: str) -> str:
    """ "unicode", "foreign", or the encodings after which the word is a syllable."""
    if _UNICODE_VIETNAMESE.search(word) or is_syllable(word):
        return "unicode"
    # An initial in capitals may be written in the font for small letters, so case is ignored.
    fits = [
        encoding
        for encoding, domain in (("tcvn3", TCVN3), ("vni", _VNI_LETTERS))
        if all(sign in domain for sign in _NON_ASCII.findall(word))
        and is_syllable(convert_legacy(word, encoding))  # type: ignore[arg-type]
    ]
    return "+".join(fits) or "foreign"


_VNI_LETTERS = frozenset("".join(VNI)) | frozenset("íìÍÌ")

# UTF-8 read as Windows-1252 and saved again: "Ä‘iá»‡n". The two marks of a wrong opening.
_DOUBLE = re.compile("á[º»]|Ä[‘\u0090\u0091]|Æ[°\u00a1¯]|Ã[¡-¿\u00a0]|Ä\u0192")


def undo_double(text: str) -> str | None:
    """Return the text that was saved twice ("Ä‘á»‹a" was "địa"), or None if it was not."""
    if text.isascii() or not _DOUBLE.search(text):
        return None
    try:
        before = b"".join(
            letter.encode("latin-1" if "\x80" <= letter <= "\x9f" else "cp1252") for letter in text
        ).decode("utf-8")
    except UnicodeError:
        return None
    return before if before != text else None
