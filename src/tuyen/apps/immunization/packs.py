"""Which schedule pack holds for whom: the regime of the day, less what has not begun where they live
or began after their time."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.engines.immunization.definitions import compile_pack
from tuyen.engines.immunization.pack import Pack
from tuyen.engines.immunization.spans import Span, parse_span
from tuyen.rules.immunization import rollouts, schedules


class Where(NamedTuple):
    """Where somebody lives, by the codes of a day's map; empty where they are not known."""

    province: str = ""
    commune: str = ""


def where(map_: Any, place: UUID | None, on: date) -> Where:
    """The province and commune of a place."""
    if place is None:
        return Where()
    province, commune = map_.province_of(place, on), map_.commune_of(place, on)
    return Where(
        (map_.code(province, "administrative", on) or "") if province else "",
        (map_.code(commune, "administrative", on) or "") if commune else "",
    )


def pack_in_force(on: date, lives: Where, born: date, code: str | None = None) -> Pack:
    """The pack of a day for somebody who lives there and was born then: that of the law, or ``code``
    where the province decided. Few are different, and each is compiled once."""
    code = code or schedules.in_force(on).code
    begun = {group: _begun(group, lives, on) for group in sorted(rollouts.groups())}
    late = frozenset(
        group
        for group, since in begun.items()
        if since is not None and _too_late(code, group, since, born, on)
    )
    return of_regime(code, _outside(code, on, lives, late))


class ByBirth(NamedTuple):
    """The packs of a place by birth: ``packs[k]`` for who was born after ``last[k - 1]`` and not after
    ``last[k]`` (ordinals); the last one for all who are younger."""

    last: tuple[int, ...]
    packs: tuple[Pack, ...]


def packs_by_birth(on: date, lives: Where, code: str) -> ByBirth:
    """:func:`pack_in_force` for everybody who lives in a place at once: a vaccine that began there is
    not for those who were too old when it did, and whoever is older was too."""
    bounds = set()
    for group in rollouts.groups():
        since = _begun(group, lives, on)
        if since is not None and _cohort(group, on) is not None:
            bounds.add(_last_too_late(code, group, since, on))
    last = tuple(sorted(bounds - {0}))
    youngest = last[-1] + 1 if last else on.toordinal()
    packs = [pack_in_force(on, lives, date.fromordinal(born), code) for born in (*last, youngest)]
    return ByBirth(last, tuple(packs))


def _last_too_late(code: str, group: str, since: date, on: date) -> int:
    """The last birth (ordinal) for which a group began too late; 0 where there is none."""
    born = range(_OLDEST, on.toordinal() + 1)
    at = bisect_left(
        born, True, key=lambda day: not _too_late(code, group, since, date.fromordinal(day), on)
    )
    return born[at - 1] if at else 0


_OLDEST = date(1880, 1, 1).toordinal()


def name_of(code: str) -> str:
    """What a status keeps of the packs of a regime."""
    return name(of_regime(code, frozenset()))


def name(pack: Pack) -> str:
    """What a status keeps of the pack that it follows from."""
    return f"{pack.name} {pack.version}".strip()[:60]


def ages(pack: Pack) -> frozenset[Span]:
    """Every age with which something in a pack begins or ends."""
    if pack.name not in _AGES:
        _AGES[pack.name] = frozenset(_every_age(pack))
    return _AGES[pack.name]


_AGES: dict[str, frozenset[Span]] = {}


@lru_cache(maxsize=256)
def of_regime(code: str, outside: frozenset[str]) -> Pack:
    """A regime with the groups for which nobody is called."""
    return compile_pack(schedules.definition(code, outside))


@lru_cache(maxsize=4096)
def _outside(code: str, on: date, lives: Where, late: frozenset[str]) -> frozenset[str]:
    """Groups that are nobody's duty there, with those that began after somebody's time."""
    if not lives.province:
        return schedules.outside(code, on)
    commune = lives.commune or None
    return schedules.outside(code, on, province=lives.province, commune=commune) | late


@lru_cache(maxsize=4096)
def _begun(group: str, lives: Where, on: date) -> date | None:
    if not lives.province:
        return None
    return rollouts.begun(group, lives.province, on, lives.commune or None)


@lru_cache(maxsize=16384)
def _too_late(code: str, group: str, since: date, born: date, on: date) -> bool:
    """Whether somebody had reached the age of a group's cohort when it began in their place."""
    age = _cohort(group, on)
    calendar = of_regime(code, frozenset()).parameters.calendar
    return age is not None and calendar.age(born, age) <= since


@lru_cache(maxsize=64)
def _cohort(group: str, on: date) -> Span | None:
    return parse_span(rollouts.cohort_age(group, on))


def _every_age(pack: Pack) -> Iterator[Span]:
    for antigen in pack.antigens.values():
        for series in antigen.series:
            yield from filter(None, (series.minimum_start, series.maximum_start))
            for dose in series.doses:
                yield from (row.maximum for row in dose.ages if row.maximum is not None)
                for skip in dose.skips:
                    for condition in (one for part in skip.sets for one in part.conditions):
                        if condition.kind == "age":
                            yield from filter(None, (condition.begin, condition.end))
