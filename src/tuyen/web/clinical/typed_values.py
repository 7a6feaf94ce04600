"""Measurements as they are typed at the desk: "150/90", "15090", "HA 150/90; M 80; T 36,8".

The labels are those by which the electronic record writes vital signs (M pulse, HA pressure, T
temperature, NT breaths, SP oxygen) and the ones doctors write besides; an unmarked pair is a blood
pressure. A number takes a comma or a point. Nothing is guessed: what is not understood is said.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from tuyen.kernel.refusal import N_, Refusal

# folded label -> what it measures; "" is blood pressure, which is two of them
LABELS = {
    "ha": "", "bp": "", "m": "pulse", "mach": "pulse", "p": "pulse", "t": "temperature",
    "nt": "respiration", "sp": "spo2", "spo2": "spo2", "cn": "weight", "w": "weight",
    "cc": "height", "h": "height", "ve": "waist", "va": "waist", "dh": "glucose",
    "dm": "glucose", "gl": "glucose", "hba1c": "hba1c", "a1c": "hba1c",
}  # fmt: skip
GLUCOSE = ("glucose_fasting", "glucose_random", "glucose_2h")
MOST = 200
HIGHEST = 350  # mmHg; no pressure is above it
_PAIR = re.compile(r"(\d{2,3})\s*[/\\-]\s*(\d{2,3})")
_SPLIT = {4: 2, 5: 3, 6: 3}  # digits of a pressure typed without its stroke: 9060, 15090, 190120


class NotUnderstood(Refusal):
    code = "clinical.not-understood"
    message = N_("“{text}” is not understood; write for example {example}.")


class PressureSwapped(Refusal):
    code = "clinical.pressure-swapped"
    message = N_(
        "{text}: the upper pressure is lower than the lower one. Did you mean {other}? Write it so."
    )


def decimal(text: str) -> Decimal | None:
    """A number with a comma or a point; None when nothing is written.

    >>> decimal(" 7,2 "), decimal(""), decimal("36.80")
    (Decimal('7.2'), None, Decimal('36.80'))

    Raises
    ------
    NotUnderstood
        For anything else, a number with marks between its thousands included.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    plain = text.replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{0,4})?|\.[0-9]{1,4}", plain):
        raise NotUnderstood(text=text[:40], example="7,2")
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise NotUnderstood(text=text[:40], example="7,2") from None


def pressure(text: str) -> tuple[Decimal, Decimal] | None:
    """Upper and lower blood pressure; None when nothing is written.

    >>> [pressure(text) for text in ("150/90", "15090", "190120", "9060")]
    [(Decimal('150'), Decimal('90')), (Decimal('150'), Decimal('90')), (Decimal('190'), Decimal('120')), (Decimal('90'), Decimal('60'))]
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    match = _PAIR.fullmatch(text)
    if match:
        upper, lower = match.groups()
    elif text.isascii() and text.isdecimal() and len(text) in _SPLIT:
        at = _SPLIT[len(text)]
        if len(text) == 5 and int(text[:3]) > HIGHEST:
            at = 2  # 90150: the two were turned round
        upper, lower = text[:at], text[at:]
    else:
        raise NotUnderstood(text=text[:40], example="150/90")
    if int(upper) <= int(lower):
        raise PressureSwapped(text=text, other=f"{lower}/{upper}")
    return Decimal(upper), Decimal(lower)


def shorthand(text: str, *, glucose: str = "glucose_random") -> dict[str, Decimal]:
    """What a line of typed values says, in the order in which it says it; ``glucose`` is what an
    unlabelled kind of glucose is.

    >>> list(shorthand("HA 150/90; M:80  T:36,8").items())
    [('systolic', Decimal('150')), ('diastolic', Decimal('90')), ('pulse', Decimal('80')), ('temperature', Decimal('36.8'))]
    >>> shorthand("15090")["diastolic"], shorthand("160/95 ĐH 7,2")["glucose_random"]
    (Decimal('90'), Decimal('7.2'))

    Raises
    ------
    NotUnderstood
        For a word that is no label and a number that has none.
    PressureSwapped
        When the upper pressure is not above the lower one.
    """
    found: dict[str, Decimal] = {}
    for label, value in _pairs(text):
        what = LABELS[label] if label else ""
        if what:
            told = decimal(value)
            if told is not None:
                found[glucose if what == "glucose" else what] = told
            continue
        both = pressure(value)
        if both:
            found["systolic"], found["diastolic"] = both
    return found


def _pairs(text: str) -> list[tuple[str, str]]:
    """(label folded or "", value) of a line; labels end with a colon, a space, or where digits begin."""
    line = unicodedata.normalize("NFC", text.strip())[:MOST]
    line = re.sub(r"\s*[/\\]\s*", "/", line)
    pairs, label = [], ""
    for token in re.split(r"[;\s]+|,(?=\D)", line.strip(" ;,")):
        if not token:
            continue
        match = re.fullmatch(r"([^\d:]*?(?:1c|o2|O2|1C)?):?((?:\d|[.,]\d).*)?", token)
        word, value = match.groups() if match else (token, None)
        if word:
            if label:
                raise NotUnderstood(text=token[:40], example="HA 150/90; M 80")
            label = _folded(word)
            if label not in LABELS:
                raise NotUnderstood(text=token[:40], example="HA 150/90; M 80")
        if value:
            pairs.append((label, value))
            label = ""
    if label:
        raise NotUnderstood(text=text[:40], example="HA 150/90; M 80")
    return pairs


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFD", word.casefold().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))
