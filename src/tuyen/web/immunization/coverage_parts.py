"""The parts of the screen of coverage: for each what its template shows and its file holds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.queries import FULL, Coverage, CoverageRow, Year
from tuyen.apps.registry import queries as registry
from tuyen.rules.immunization import programme
from tuyen.rules.immunization.coverage import Counted
from tuyen.web.charts import verdict_word
from tuyen.web.immunization import coverage_pictures as pictures
from tuyen.web.immunization.coverage_asked import Asked, behind, name_of
from tuyen.web.templatetags.figures import day, number, percent

READ = "immunization.coverage.read"
CURVES = ("bcg-1", "hepb-birth-24h", "dtp-1", "dtp-3", "opv-3", "ipv-1", "mr-1", "mr-2", "je-2")
YEARS = 4


class Part(NamedTuple):
    """What a part shows (``context`` of its template) and what its file holds."""

    context: dict[str, Any]
    head: list[str]
    rows: list[list[Any]]


def part_of(by: Actor, asked: Asked) -> Part:
    """The part that was asked for."""
    known = queries.indicators(by=by, on=asked.on)
    return _PARTS[asked.part](by, asked, known)


def _areas(by: Actor, asked: Asked, known: Mapping[str, Counted]) -> Part:
    """Coverage by commune on both maps, or by the villages of one."""
    maps = [asked.map_on]
    other = asked.on if asked.on_old else asked.map_old
    if other is not None and asked.area is None:
        maps.append(other)
    tables = queries.coverages(by=by, maps=maps, villages=asked.villages, **asked.cohort)
    found, codes = tables[0], [FULL, *known]
    targets, places = programme.targets(asked.on), registry.atlas()
    target = targets.get(asked.code)

    def href(table: Coverage) -> Callable[[UUID], str]:
        if table.map_on != asked.on:
            return lambda unit: ""
        return lambda unit: asked.address(area=unit, on_old=False)

    shown = [code for code in codes if found.total.eligible[code]]
    context = {
        "heads": [name_of(code, known) for code in shown],
        "rows": [_row(by, row, shown, targets, asked) for row in found.rows],
        "total": _row(by, found.total, shown, targets, asked) if found.rows else None,
        "too_young": [name_of(code, known) for code in codes if code not in shown],
        "lead": _lead(found.total, asked.code),
        "target": target,
        "maps": [
            drawn for table in tables
            if (drawn := pictures.map_of(
                table, asked.code, places, href(table), target=target,
                title=name_of(asked.code, known), sub=_map_name(table, asked),
                around=_around(by, asked, places, table),
            ))
        ],
        "unsure": found.unsure, "inexact": not found.total.exact, "looked_on": found.looked_on,
        "completeness": _complete(by, asked, found),
        "missed_href": behind(by, asked, asked.code, asked.area),
        "missed": found.total.eligible[asked.code] - found.total.reached[asked.code],
    }  # fmt: skip
    head = [_("Area"), _("Children born")]
    for code in codes:
        name = name_of(code, known)
        head += [
            _("{name}: old enough").format(name=name),
            _("{name}: in time").format(name=name),
        ]
    rows = []
    for row in (*found.rows, found.total._replace(name=_("Total"))):
        cells: list[Any] = [row.name, row.children]
        for code in codes:
            cells += [row.eligible[code], row.reached[code]]
        rows.append(cells)
    return Part(context, head, rows)


def _around(by: Actor, asked: Asked, places: Any, table: Coverage) -> list[UUID]:
    """The communes of a map in which the reader may count, where the whole is asked for."""
    if asked.area is not None:
        return []
    scope = policies.scope(by, READ)
    return [unit for unit in places.communes(table.map_on) if scope.covers(unit)]


def _complete(by: Actor, asked: Asked, found: Coverage) -> float | None:
    """The share of the children on record here whom the register of doses follows."""
    flows = queries.flows(by=by, **asked.cohort)[asked.year]
    return min(1.0, found.total.children / len(flows.here)) if flows.here else None


def _map_name(table: Coverage, asked: Asked) -> str:
    if table.map_on == asked.on:
        return _("Map of today")
    return _("Map to {day}").format(day=day(table.map_on))


def _lead(row: CoverageRow, code: str) -> dict[str, Any]:
    eligible, reached = row.eligible[code], row.reached[code]
    return {"share": reached / eligible if eligible else None, "reached": reached,
            "eligible": eligible}  # fmt: skip


def _row(
    by: Actor, row: CoverageRow, codes: Sequence[str], targets: Mapping[str, float], asked: Asked
) -> dict[str, Any]:
    opens = not asked.villages and not asked.on_old and row.unit.int != 0
    area = row.unit if row.unit.int else asked.area
    return {
        "name": row.name,
        "href": asked.address(area=row.unit) if opens else "",
        "children": row.children,
        "cells": [_cell(by, row, code, targets.get(code), asked, area) for code in codes],
    }


def _cell(
    by: Actor, row: CoverageRow, code: str, target: float | None, asked: Asked, area: UUID | None
) -> dict[str, Any]:
    """A share with the two counts it is made of, whether it falls short, and who is behind it."""
    eligible, reached = row.eligible[code], row.reached[code]
    if not eligible:
        return {"text": "–", "of": "", "short": False, "href": ""}
    return {
        "text": percent(reached / eligible, 0),
        "of": f"{number(reached)}/{number(eligible)}",
        "short": target is not None and 100 * reached < target * eligible,
        "href": behind(by, asked, code, area) if reached < eligible else "",
    }


def _time(by: Actor, asked: Asked, known: Mapping[str, Counted]) -> Part:
    """An indicator by quarter of birth, each commune small and beside the others."""
    found = queries.series(
        by=by, code=asked.code, on=asked.on, map_on=asked.map_on, area=asked.area,
        villages=asked.villages,
    )  # fmt: skip
    target = programme.targets(asked.on).get(asked.code)
    opens = not asked.villages and not asked.on_old
    drawn = pictures.multiples(
        found, lambda unit: asked.address(area=unit) if opens else "", target
    )
    names = [pictures.quarter_name(period) for period in found.periods]
    counts = [
        (name, [f"{number(a)}/{number(b)}" if b else "–" for a, b in zip(some, every, strict=True)])
        for name, some, every in zip(
            found.names, found.reached.tolist(), found.eligible.tolist(), strict=True
        )
    ]
    context = {
        "multiples": drawn if found.units else [], "key": pictures.multiples_key(target),
        "quarters": names, "counts": counts,
    }  # fmt: skip
    head = [_("Area")]
    for name in names:
        head += [
            _("{name}: old enough").format(name=name),
            _("{name}: in time").format(name=name),
        ]
    rows: list[list[Any]] = []
    for n, name in enumerate(found.names):
        cells: list[Any] = [name]
        for eligible, reached in zip(
            found.eligible[n].tolist(), found.reached[n].tolist(), strict=True
        ):
            cells += [eligible, reached]
        rows.append(cells)
    return Part(context, head, rows)


def _way(by: Actor, asked: Asked, known: Mapping[str, Counted]) -> Part:
    """The funnel from the first dose to the whole, and the drop-outs of the programme."""
    found = queries.way(by=by, **asked.cohort)
    table = queries.coverage(by=by, **asked.cohort)

    def name(code: str) -> str:
        return name_of(code, known)

    steps, before = [], found.children
    for step in found.steps:
        steps.append(
            {
                "name": name(step.code), "reached": step.reached, "through": step.through,
                "share": step.through / found.children, "lost": before - step.through,
                "href": behind(by, asked, step.code, asked.area),
            }
        )  # fmt: skip
        before = step.through
    drops = [
        {
            "name": f"{name(one.first)} → {name(one.second)}", "with_first": one.with_first,
            "without_second": one.without_second,
            "share": one.without_second / one.with_first if one.with_first else None,
            "href": asked_list(by, asked, one.code),
        }
        for one in table.total.drop_outs
    ]  # fmt: skip
    context = {
        "funnel": pictures.funnel(found, name) if found.steps else "", "steps": steps,
        "children": found.children, "left_out": [name(code) for code in found.left_out],
        "drops": drops,
    }  # fmt: skip
    head = [_("Step"), _("Children old enough"), _("Reached in time"), _("With every step before")]
    rows = [
        [name(step.code), found.children, step.reached, step.through] for step in found.steps
    ]  # fmt: skip
    return Part(context, head, rows)


def asked_list(by: Actor, asked: Asked, drop: str) -> str:
    """The list of those who dropped out and can still be called."""
    href = behind(by, asked, FULL, asked.area)
    return href.replace("list=missed&code=fully-immunized", f"list=drop-outs&drop={drop}")


def _ages(by: Actor, asked: Asked, known: Mapping[str, Counted]) -> Part:
    """How the share with a dose grows with age."""
    found = queries.timeliness(by=by, codes=CURVES, **asked.cohort)

    def name(code: str) -> str:
        return name_of(code, known)

    children = found[0].children if found else 0
    context = {
        "curves": pictures.curves(found, name) if children else [],
        "key": pictures.charts.curve_key(),
    }
    head = [_("Indicator"), _("Age in weeks"), _("With the dose"), _("At least"), _("At most"),
            _("Followed without it")]  # fmt: skip
    rows = [
        [name(curve.code), week, _rounded(share), _rounded(low), _rounded(high), followed]
        for curve in found
        for week, share, low, high, followed in zip(
            curve.weeks, curve.share, curve.low, curve.high, curve.followed, strict=True
        )
    ]
    return Part(context, head, rows)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _chance(by: Actor, asked: Asked, known: Mapping[str, Counted]) -> Part:
    """Places against all of them together: which fall short by more than chance, by name."""
    found = queries.spread(
        by=by, code=asked.code, map_on=asked.map_on, villages=asked.villages, **asked.cohort
    )
    target = programme.targets(asked.on).get(asked.code)

    def href(unit: UUID) -> str:
        if asked.on_old:
            return ""
        return behind(by, asked, asked.code, unit) or (
            "" if asked.villages else asked.address(area=unit)
        )

    falling = found.short()
    short = []
    for place in falling:
        word, tone = pictures.verdict(place)
        bounds = f"{percent(place.low, 0)} – {percent(place.high, 0)}"
        short.append(
            {"place": place, "word": word, "tone": tone, "href": href(place.unit), "limits": bounds}
        )
    context = {
        "plot": pictures.plot(found, href, title=name_of(asked.code, known), target=target),
        "short": short, "share": found.share, "places": len(found.places),
        "beyond": sum(one.verdict == "short" for one in falling),
        "watched": sum(one.verdict == "watch" for one in falling),
        "by_chance": len(found.places) / 1000,
    }  # fmt: skip
    head = [_("Area"), _("Commune"), _("Children old enough"), _("In time"), _("Lower limit"),
            _("Upper limit"), _("Chance of so few"), _("Verdict")]  # fmt: skip
    rows = [
        [
            one.name, one.commune, one.eligible, one.reached, round(one.low, 4),
            round(one.high, 4), f"{one.chance:.2g}", verdict_word(one.verdict),
        ]
        for one in sorted(found.places, key=lambda one: (one.chance, one.name))
    ]  # fmt: skip
    return Part(context, head, rows)


def _years(by: Actor, asked: Asked, known: Mapping[str, Counted]) -> Part:
    """Fully immunised by cohort and by calendar year, with who was born, came, left and died."""
    years = range(asked.on.year - YEARS, asked.on.year + 1)
    found = queries.yearly(by=by, years=years, on=asked.on, area=asked.area, moves=True)
    rows = [_year(one) for one in found]
    head = [
        _("Year"), _("Past the first birthday"), _("Whole before it"), _("Born, living here"),
        _("Became whole in the year"), _("Born here"), _("Moved in"), _("Moved away"), _("Died"),
        _("Living here today"),
    ]  # fmt: skip
    lines = []
    for one in found:
        flows = one.flows
        moved = [flows.born, flows.arrived, flows.left, flows.died, flows.here] if flows else []
        lines.append(
            [one.year, one.cohort, one.cohort_full, one.born, one.became_full, *map(len, moved)]
        )
    return Part({"years": rows if any(one.born for one in found) else []}, head, lines)


def _year(one: Year) -> dict[str, Any]:
    return {
        "year": str(one.year), "cohort": one.cohort, "cohort_full": one.cohort_full,
        "cohort_share": one.cohort_full / one.cohort if one.cohort else None,
        "born": one.born, "became_full": one.became_full,
        "year_share": one.became_full / one.born if one.born else None,
        "flows": {name: len(who) for name, who in one.flows._asdict().items()}
        if one.flows else {},
    }  # fmt: skip


_PARTS: dict[str, Callable[[Actor, Asked, Mapping[str, Counted]], Part]] = {
    "areas": _areas, "time": _time, "way": _way, "ages": _ages, "chance": _chance, "years": _years,
}  # fmt: skip
