"""What only several visits together show: one key twice, one person at two places at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tuyen.engines.claims import values
from tuyen.engines.claims.checker import Finding
from tuyen.engines.claims.reader import Visit


class Stay(NamedTuple):
    """A visit's key, its person by each number that the file gives, and its minutes."""

    key: str
    persons: tuple[str, ...]
    arrived: str
    ended: str
    end_text: str


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
        arrived, ended, header.get("NGAY_VAO", ""),
    )  # fmt: skip


def among(stays: Sequence[Stay]) -> Iterator[tuple[int, Finding]]:
    """Findings among visits, each with the place of the visit that it names: the later one."""
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
    told: set[int] = set()
    for places in by_person.values():
        places.sort(key=lambda place: (stays[place].arrived, stays[place].ended))
        latest = places[0]
        for place in places[1:]:
            stay, before = stays[place], stays[latest]
            if stay.arrived < before.ended and stay.key != before.key and place not in told:
                told.add(place)
                yield place, Finding(
                    "XML1.NGAY_VAO.overlaps", "error", "XML1", 1, "NGAY_VAO", stay.arrived,
                    before.key,
                )  # fmt: skip
            if stay.ended > before.ended:
                latest = place
