"""Numbers that look like the real ones and that nobody can ever hold.

- The citizen number keeps the form of 12 digits: province (3), sex and century (1), year of birth
  (2), serial (6). The century digit is 8 or 9, births of 2300 to 2399, so none is issued before.
- The insurance number keeps 10 digits but begins with 99, which is no province.
- The phone keeps 10 digits but begins with 060, which no network uses.

Serials are distinct by construction, not by trying again: the rank of a person within his group
is carried through a one-to-one map of the serials onto themselves.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tuyen.engines.synthetic.streams import Days, Ints
from tuyen.kernel.refusal import BadInput

_SERIALS = 1_000_000
_STRIDE = 618_033  # shares no factor with 10, so n -> n * stride + shift is one to one
_INSURED = 100_000_000
_INSURED_STRIDE = 61_803_399


def citizen_serials(sex: Ints, born: Days, shift: int, *, from_the_end: bool = False) -> Ints:
    """(n,) int32 serials, distinct among people of one sex born in one year of a century.

    With the same ``shift``, those taken from the end meet those from the start only when a cell
    holds a million people: two lists of people share the serials so.
    """
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    cell = (sex.astype(np.int64) << 8) + year % 100
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    rank = np.empty(cell.size, np.int64)
    rank[order] = np.arange(cell.size) - np.searchsorted(ordered, ordered)
    if cell.size and rank.max() >= _SERIALS:
        raise BadInput(what="more than a million people of one sex and year; use several provinces")
    if from_the_end:
        rank = _SERIALS - 1 - rank
    return np.asarray((rank * _STRIDE + cell * 37_917 + shift) % _SERIALS, np.int32)


def citizen_ids(
    province: str, sex: Ints, born: Days, serial: Ints, rule: Mapping[str, Any]
) -> list[str]:
    """12-digit citizen numbers, from :func:`citizen_serials`."""
    digit = ("", str(rule["century_digit"]["male"]), str(rule["century_digit"]["female"]))
    years = (born.astype("datetime64[Y]").astype(np.int64) + 1970) % 100
    return [
        f"{int(province):03d}{digit[s]}{y:02d}{n:06d}"
        for s, y, n in zip(sex.tolist(), years.tolist(), serial.tolist(), strict=True)
    ]


def insurance_numbers(rows: Ints, shift: int, rule: Mapping[str, Any]) -> list[str]:
    """10-digit insurance numbers of the people at ``rows``; distinct below 100 million rows."""
    serial = (rows.astype(np.int64) * _INSURED_STRIDE + shift) % _INSURED
    return [f"{rule['prefix']}{n:08d}" for n in serial.tolist()]


def phones(rows: Ints, shift: int, rule: Mapping[str, Any]) -> list[str]:
    """10-digit phone numbers of the people at ``rows``; distinct below 10 million rows."""
    serial = (rows.astype(np.int64) * _STRIDE + shift) % 10_000_000
    return [f"{rule['prefix']}{n:07d}" for n in serial.tolist()]


def check_digit(body: str) -> str:
    """The thirteenth digit of a GLN (GS1 General Specifications, section 7.9).

    >>> check_digit("400638133393")
    '1'
    """
    total = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(body))
    return str(-total % 10)
