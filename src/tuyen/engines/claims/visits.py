"""What only several visits together show: one key twice, a person at two places, drugs too soon."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from tuyen.engines.claims import values
from tuyen.engines.claims.checker import Finding
from tuyen.engines.claims.functions import days_of_dose
from tuyen.engines.claims.reader import Visit


class Supply(NamedTuple):
    """A drug that was given: the row of table 2 (from 1), its code, the day, for how many days."""

    row: int
    drug: str
    day: str
    days: int


class Stay(NamedTuple):
    """A visit's key, its person by each number that the file gives, its minutes and its drugs."""

    key: str
    persons: tuple[str, ...]
    arrived: str
    ended: str
    supplies: tuple[Supply, ...]


def stay_of(visit: Visit) -> Stay | None:
    """The key and minutes of a visit; None where it has no header."""
    header = visit.header()
    if not header:
        return None
    facility = header.get("MA_CSKCB", "")
    numbers = [*values.parts(header.get("MA_THE_BHYT", "")), header.get("SO_CCCD", "")]
    if header.get("MA_BN"):
        numbers.append(f"{facility} {header['MA_BN']}")
    arrived, ended = header.get("NGAY_VAO", ""), header.get("NGAY_RA", "")
    fit = values.is_moment(arrived) and values.is_moment(ended) and arrived <= ended
    return Stay(
        header.get("MA_LK", ""), tuple(sorted({n for n in numbers if n})) if fit else (),
        arrived, ended, tuple(_supplies(visit)),
    )  # fmt: skip


def _supplies(visit: Visit) -> Iterator[Supply]:
    for number, row in enumerate(visit.tables.get("XML2", ()), start=1):
        days, day = days_of_dose(row.get("LIEU_DUNG", "")), row.get("NGAY_YL", "")[:8]
        if days and row.get("MA_THUOC") and values.is_date(day):
            yield Supply(number, row["MA_THUOC"], day, days)


def among(stays: Sequence[Stay], early: int) -> Iterator[tuple[int, Finding]]:
    """Findings among visits, each with the place of the visit that it names: the later one.

    ``early`` is how many days before a supply ends the next of the same drug may be given.
    """
    first: dict[str, int] = {}
    for place, stay in enumerate(stays):
        if not stay.key:
            continue
        if stay.key in first:
            yield place, Finding("XML1.MA_LK.again", "error", "XML1", 1, "MA_LK", stay.key)
        first.setdefault(stay.key, place)
    by_person: dict[str, list[int]] = {}
    for place, stay in enumerate(stays):
        for person in stay.persons:
            by_person.setdefault(person, []).append(place)
    told: set[tuple[int, int]] = set()
    for places in by_person.values():
        places.sort(key=lambda place: (stays[place].arrived, stays[place].ended))
        for place, finding in (*_overlaps(stays, places), *_too_soon(stays, places, early)):
            # A person is known by several numbers, and would be told by each.
            if (place, finding.row if finding.table == "XML2" else 0) not in told:
                told.add((place, finding.row if finding.table == "XML2" else 0))
                yield place, finding


def _overlaps(stays: Sequence[Stay], places: list[int]) -> Iterator[tuple[int, Finding]]:
    """Visits of one person, in order, that begin before another has ended."""
    latest = places[0]
    for place in places[1:]:
        stay, before = stays[place], stays[latest]
        if stay.arrived < before.ended and stay.key != before.key:
            yield (
                place,
                Finding(
                    "XML1.NGAY_VAO.overlaps",
                    "error",
                    "XML1",
                    1,
                    "NGAY_VAO",
                    stay.arrived,
                    before.key,
                ),
            )
        if stay.ended > before.ended:
            latest = place


def _too_soon(
    stays: Sequence[Stay], places: list[int], early: int
) -> Iterator[tuple[int, Finding]]:
    """Drugs given to one person, visits in order, while what was given before still lasts."""
    until: dict[str, tuple[str, str]] = {}
    for place in places:
        stay = stays[place]
        for supply in stay.supplies:
            lasts, key = until.get(supply.drug, ("", ""))
            if key != stay.key and supply.day < lasts:
                yield (
                    place,
                    Finding(
                        "XML2.NGAY_YL.too-soon",
                        "warning",
                        "XML2",
                        supply.row,
                        "NGAY_YL",
                        supply.day,
                        key,
                    ),
                )
            ends = values.as_date(supply.day) + timedelta(days=max(supply.days - early, 0))
            until[supply.drug] = max((lasts, key), (f"{ends:%Y%m%d}", stay.key))
