"""A schedule as plain words and numbers, compiled to the pack that the engine reads.

The definition names the same things as CDSi supporting data, without its form: an age or an interval is
written as in "2 months", a vaccine by its code, and one figure serves as minimum and as absolute minimum
(a grace is a parameter). See ``docs/immunization-rules.md`` for the mapping.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tuyen.engines.immunization.pack import (
    AgeRow,
    Antigen,
    Association,
    Conflict,
    IntervalRow,
    Pack,
    Parameters,
    Series,
    SeriesDose,
    Vaccine,
    VaccineGroup,
    VaccineRow,
)
from tuyen.engines.immunization.spans import CalendarRules, Span, parse_span


class BadDefinition(ValueError):
    """A definition that no pack can be made of: says where and what was expected."""


def compile_pack(definition: Mapping[str, Any]) -> Pack:
    """The pack of a definition: ``{name, version, parameters, vaccines, groups, conflicts, series}``.

    Raises
    ------
    BadDefinition
        If a figure is no span, or a series names an antigen, a group or a vaccine that is not there.
    """
    said = definition["parameters"]
    series = [_series(one, said["one_month_days"]) for one in definition["series"]]
    groups = tuple(
        VaccineGroup(one["name"], tuple(one["antigens"])) for one in definition["groups"]
    )
    vaccines = {one["code"]: _vaccine(one) for one in definition["vaccines"]}
    _check(series, groups, vaccines)
    return Pack(
        name=definition["name"],
        version=definition["version"],
        parameters=Parameters(
            CalendarRules(said["invalid_date"], said["month_end"]), said["grace_days"]
        ),
        antigens={
            antigen: Antigen(antigen, tuple(one for one in series if one.antigen == antigen))
            for antigen in sorted({one.antigen for one in series})
        },
        groups=groups,
        vaccines=vaccines,
        conflicts=tuple(_conflicts(definition["conflicts"])),
    )


def _series(said: Mapping[str, Any], one_month: int | None) -> Series:
    return Series(
        name=said["name"],
        antigen=said["antigen"],
        vaccine_group=said["group"],
        kind=said["kind"],
        doses=tuple(_dose(one, one_month) for one in said["doses"]),
        group_name="Standard",
        genders=tuple(said["genders"]),
        default=True,
        preference=1,
    )


def _dose(said: Mapping[str, Any], one_month: int | None) -> SeriesDose:
    row = said["row"]
    ages = {field: _span(row, said, f"{field}_age") for field in _AGES}
    intervals = {
        field: _between(_span(row, said, f"{field}_interval"), one_month) for field in _INTERVALS
    }
    return SeriesDose(
        number=said["number"],
        row=row,
        ages=(
            (
                AgeRow(
                    f"{row} · age",
                    ages["minimum"],
                    ages["minimum"],
                    ages["recommended"],
                    ages["late"],
                    ages["maximum"],
                ),
            )
            if any(ages.values())
            else ()
        ),
        intervals=(
            (
                IntervalRow(
                    f"{row} · interval 1",
                    absolute_minimum=intervals["minimum"],
                    minimum=intervals["minimum"],
                    earliest=intervals["recommended"],
                    latest=intervals["late"],
                ),
            )
            if any(intervals.values())
            else ()
        ),
        preferable=tuple(
            VaccineRow(f"{row} · preferable {code}", code, forecast=True)
            for code in said["prefers"]
        ),
        allowable=tuple(VaccineRow(f"{row} · allowable {code}", code) for code in said["accepts"]),
    )


_AGES = ("minimum", "recommended", "late", "maximum")
_INTERVALS = ("minimum", "recommended", "late")


def _span(row: str, said: Mapping[str, Any], field: str) -> Span | None:
    try:
        return parse_span(said.get(field))
    except ValueError as error:
        raise BadDefinition(f"{row}, {field}: {error}") from None


def _between(span: Span | None, one_month: int | None) -> Span | None:
    """ "One month" between doses, where the schedule counts it in days."""
    return Span(days=one_month) if one_month and span == Span(months=1) else span


def _vaccine(said: Mapping[str, Any]) -> Vaccine:
    return Vaccine(
        said["code"],
        said["name"],
        tuple(
            Association(
                one["antigen"],
                _span(said["code"], one, "begin"),
                _span(said["code"], one, "end"),
            )
            for one in said["antigens"]
        ),
    )


def _conflicts(said: list[Mapping[str, Any]]) -> Iterator[Conflict]:
    for one in said:
        begin, end = _span("conflict", one, "begin"), _span("conflict", one, "end")
        if begin is None or end is None:
            raise BadDefinition("conflict: begin and end must be spans such as '28 days'")
        for previous in one["among"]:
            for current in one["among"]:
                yield Conflict(previous, current, begin, end, end)


def _check(
    series: list[Series], groups: tuple[VaccineGroup, ...], vaccines: Mapping[str, Vaccine]
) -> None:
    of_group = {group.name: set(group.antigens) for group in groups}
    for one in series:
        if one.antigen not in of_group.get(one.vaccine_group, ()):
            raise BadDefinition(f"{one.name}: {one.antigen} is not in group {one.vaccine_group!r}")
        for dose in one.doses:
            for vaccine in (*dose.preferable, *dose.allowable):
                if vaccine.vaccine not in vaccines:
                    raise BadDefinition(f"{dose.row}: there is no vaccine {vaccine.vaccine!r}")
