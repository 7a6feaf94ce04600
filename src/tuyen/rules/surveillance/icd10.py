"""ICD-10 codes against the entries of a disease list: "A97", "A40.8", "B50-B54"."""

import re
from typing import Literal

Fit = Literal["within", "wider"]
_CODE = re.compile(r"([A-Z])(\d[0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?[†*+]?")


def normal(code: str) -> str:
    """``code`` as letters and digits with its dot: " a970 " is A97.0; dagger and star go.

    Raises
    ------
    ValueError
        If it is not shaped like an ICD-10 code.
    """
    match = _CODE.fullmatch("".join(code.split()).upper())
    if match is None:
        raise ValueError(f"{code!r} is not shaped like an ICD-10 code; write A97 or A97.0")
    letter, category, rest = match.groups()
    return f"{letter}{category}.{rest}" if rest else f"{letter}{category}"


def fit(code: str, entry: str) -> Fit | None:
    """How ``code`` fits ``entry``: within it, wider than it, or not at all (None).

    >>> fit("A97.1", "A97"), fit("B52.0", "B50-B54"), fit("A40", "A40.8"), fit("A98", "A97")
    ('within', 'within', 'wider', None)
    """
    code = normal(code)
    first, _, last = entry.partition("-")
    if last:
        return "within" if first <= code[: len(first)] <= last else None
    if code == entry or code.startswith(entry if "." in entry else f"{entry}."):
        return "within"
    return "wider" if entry.startswith(f"{code}.") or _shorter(code, entry) else None


def _shorter(code: str, entry: str) -> bool:
    return "." in code and len(code) < len(entry) and entry.startswith(code)
