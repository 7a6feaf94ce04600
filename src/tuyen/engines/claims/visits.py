"""What only several visits together show: one key twice, a person at two places, drugs too soon, one
service twice a day."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from tuyen.engines.claims import values
from tuyen.engines.claims.checker import Finding
from tuyen.engines.claims.functions import days_of_dose
from tuyen.engines.claims.reader import Visit

REFERRED = frozenset({"2", "5"})
"""Ways of leaving (MA_LOAI_RV) of a patient who was sent on."""
EMERGENCY = "2"
"""The class of attendance of whoever came as an emergency."""
NOT_DONE = "_TB"
"""How the code of a service ends that was begun and not done."""


class Supply(NamedTuple):
    """A drug that was given: the row of table 2 (from 1), its code, the day, for how many days."""

    row: int
    drug: str
    day: str
    days: int


class Done(NamedTuple):
    """A service that was done: the row of table 3 (from 1), its code, its group of cost, the day."""

    row: int
    service: str
    group: str
    day: str


class Stay(NamedTuple):
    """A visit's key, its person by each number that the file gives, its minutes, its drugs, the
    facility and what was done there. ``referred``: the patient was sent on; ``sent``: came with a
    referral, or as an emergency."""

    key: str
    persons: tuple[str, ...]
    arrived: str
    ended: str
    supplies: tuple[Supply, ...]
    facility: str = ""
    done: tuple[Done, ...] = ()
    referred: bool = False
    sent: bool = False


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
        arrived, ended, tuple(_supplies(visit)), facility, tuple(_done(visit)),
        header.get("MA_LOAI_RV", "") in REFERRED,
        bool(header.get("MA_NOI_DI")) or header.get("MA_DOITUONG_KCB") == EMERGENCY,
    )  # fmt: skip


def _supplies(visit: Visit) -> Iterator[Supply]:
    for number, row in enumerate(visit.tables.get("XML2", ()), start=1):
        days, day = days_of_dose(row.get("LIEU_DUNG", "")), row.get("NGAY_YL", "")[:8]
        if days and row.get("MA_THUOC") and values.is_date(day):
            yield Supply(number, row["MA_THUOC"], day, days)


def _done(visit: Visit) -> Iterator[Done]:
    for number, row in enumerate(visit.tables.get("XML3", ()), start=1):
        service, day = row.get("MA_DICH_VU", ""), row.get("NGAY_YL", "")[:8]
        if service and not service.endswith(NOT_DONE) and values.is_date(day):
            yield Done(number, service, row.get("MA_NHOM", ""), day)


def among(
    stays: Sequence[Stay], early: int, once: frozenset[str] = frozenset()
) -> Iterator[tuple[int, Finding]]:
    """Findings among visits, each with the place of the visit that it names: the later one.

    ``early`` is how many days before a supply ends the next of the same drug may be given; ``once``,
    the groups of cost of which a service is done once a day.
    """
    yield from _again(stays)
    by_person: dict[str, list[int]] = {}
    for place, stay in enumerate(stays):
        for person in stay.persons:
            by_person.setdefault(person, []).append(place)
    told: set[tuple[int, str, int]] = set()
    for places in by_person.values():
        if len(places) == 1:
            continue
        places.sort(key=lambda place: (stays[place].arrived, stays[place].ended))
        for place, finding in _of_person(stays, places, early, once):
            # A person is known by several numbers, and would be told by each.
            if (place, finding.code, finding.row) not in told:
                told.add((place, finding.code, finding.row))
                yield place, finding


def _again(stays: Sequence[Stay]) -> Iterator[tuple[int, Finding]]:
    """Visits whose key another had before."""
    seen: set[str] = set()
    for place, stay in enumerate(stays):
        if stay.key and stay.key in seen:
            yield place, Finding("XML1.MA_LK.again", "error", "XML1", 1, "MA_LK", stay.key)
        seen.add(stay.key)


def _of_person(
    stays: Sequence[Stay], places: list[int], early: int, once: frozenset[str]
) -> Iterator[tuple[int, Finding]]:
    """Findings among the visits of one person, given in order."""
    yield from _overlaps(stays, places)
    yield from _same_day(stays, places)
    yield from _too_soon(stays, places, early)
    yield from _done_again(stays, places, once)


def _overlaps(stays: Sequence[Stay], places: list[int]) -> Iterator[tuple[int, Finding]]:
    """Visits of one person, in order, that begin before another has ended."""
    latest = places[0]
    for place in places[1:]:
        stay, before = stays[place], stays[latest]
        if stay.arrived < before.ended and stay.key != before.key:
            yield place, _arrival("overlaps", "error", stay, before)
        if stay.ended > before.ended:
            latest = place


def _same_day(stays: Sequence[Stay], places: list[int]) -> Iterator[tuple[int, Finding]]:
    """Visits that began after another of that day had ended at another facility, which had not sent
    the patient on."""
    before: dict[str, list[Stay]] = {}
    for place in places:
        stay = stays[place]
        others = before.setdefault(stay.arrived[:8], [])
        apart = [one for one in others if _elsewhere(one, stay)]
        if apart and not stay.sent:
            yield place, _arrival("same-day", "warning", stay, apart[-1])
        others.append(stay)


def _elsewhere(before: Stay, stay: Stay) -> bool:
    known = bool(before.facility and stay.facility) and before.key != stay.key
    return (
        known
        and before.facility != stay.facility
        and before.ended <= stay.arrived
        and not before.referred
    )


def _arrival(what: str, severity: str, stay: Stay, before: Stay) -> Finding:
    return Finding(
        f"XML1.NGAY_VAO.{what}", severity, "XML1", 1, "NGAY_VAO", stay.arrived, before.key
    )


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
                yield place, Finding(
                    "XML2.NGAY_YL.too-soon", "warning", "XML2", supply.row, "NGAY_YL", supply.day, key
                )  # fmt: skip
            ends = values.as_date(supply.day) + timedelta(days=max(supply.days - early, 0))
            until[supply.drug] = max((lasts, key), (f"{ends:%Y%m%d}", stay.key))


def _done_again(
    stays: Sequence[Stay], places: list[int], once: frozenset[str]
) -> Iterator[tuple[int, Finding]]:
    """Services of which one visit has what another of the person had on that day."""
    first: dict[tuple[str, str], str] = {}
    for place in places:
        stay = stays[place]
        for one in stay.done:
            if one.group in once:
                key = first.setdefault((one.service, one.day), stay.key)
                if key != stay.key:
                    yield place, Finding(
                        "XML3.MA_DICH_VU.done-twice", "warning", "XML3", one.row, "MA_DICH_VU",
                        one.service, key,
                    )  # fmt: skip
