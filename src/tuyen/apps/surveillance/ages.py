"""Ages in completed years, and the bands in which cases are counted."""

from datetime import date

UNKNOWN = 99
"""The band of a case whose age is not known: the last, so that it sorts to the end."""

#: Band number, youngest and oldest age in completed years (both included).
BANDS: tuple[tuple[int, int, int], ...] = (
    (0, 0, 0),
    (1, 1, 4),
    (2, 5, 9),
    (3, 10, 14),
    (4, 15, 24),
    (5, 25, 44),
    (6, 45, 64),
    (7, 65, 200),
)
_BAND_OF_AGE = [next(band for band, low, high in BANDS if low <= age <= high) for age in range(201)]


def age_on(born: date, day: date) -> int:
    """Completed years on ``day``; somebody born on 29 February ages on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def band(age: int | None) -> int:
    """The band that holds an age.

    >>> band(0), band(4), band(65), band(None)
    (0, 1, 7, 99)
    """
    return UNKNOWN if age is None else _BAND_OF_AGE[age]


def label(number: int) -> str:
    """A band as it is written on screens and in exports: "0", "1–4", "65+", "?"."""
    for known, low, high in BANDS:
        if known == number:
            return f"{low}+" if high >= 200 else str(low) if low == high else f"{low}–{high}"
    return "?"
