"""Which schedule pack is in force where, and what of it the register needs to know."""

from collections.abc import Iterator
from datetime import date

from tuyen.engines.immunization.pack import Pack
from tuyen.engines.immunization.spans import Span


def in_force(on: date, province: str | None) -> Pack:
    """The pack of a day for a province, by its administrative code; None: what holds everywhere."""
    from tuyen.rules.immunization import schedules

    return schedules.pack_in_force(on, province)


def name(pack: Pack) -> str:
    """What a status keeps of the pack that it follows from."""
    return f"{pack.name} {pack.version}".strip()[:60]


def ages(pack: Pack) -> frozenset[Span]:
    """Every age with which something in a pack begins or ends."""
    key = id(pack)
    if key not in _AGES:
        _AGES[key] = (pack, frozenset(_every_age(pack)))
    return _AGES[key][1]


_AGES: dict[int, tuple[Pack, frozenset[Span]]] = {}


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
