"""Which figures of one pack are others in another, group by group.

Two packs are laid out as cells (a row of the pack, a field, its value as text) and compared. Nothing is known
here of what a field means, so every table that a pack may have is compared, CDSi's and a country's own.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from tuyen.engines.immunization.pack import Antigen, Conflict, Pack, Vaccine, VaccineRow
from tuyen.engines.immunization.spans import Span

EVERY = ""
"""The group of a difference that concerns all groups: a parameter."""

Cells = dict[tuple[str, str, str], str]


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One cell that differs. ``group`` is the vaccine group it concerns, or EVERY."""

    group: str
    row: str  # "Hib 3-dose series · dose 2"; a vaccine, a conflict, or "parameters"
    field: str  # "ages.minimum", "kind", ...
    before: str  # "" where the older pack has no such cell
    after: str


def differences(old: Pack, new: Pack) -> tuple[Difference, ...]:
    """Every cell in which two packs differ, by group, row and field; their names do not count."""
    before, after = _cells(old), _cells(new)
    return tuple(
        sorted(
            Difference(*place, before.get(place, ""), after.get(place, ""))
            for place in before.keys() | after.keys()
            if before.get(place, "") != after.get(place, "")
        )
    )


def concerned(found: Iterable[Difference], pack: Pack) -> frozenset[str]:
    """The vaccine groups that differences concern; all of a pack's if one concerns every group."""
    groups = {one.group for one in found}
    return frozenset(group.name for group in pack.groups) if EVERY in groups else frozenset(groups)


def narrowed(pack: Pack, groups: frozenset[str]) -> Pack:
    """The pack with no more than some groups and what they need to be judged as in the whole.

    Kept with them are the groups whose vaccines stand in a conflict with one of theirs, and those of
    whose series they ask whether they are complete.
    """
    kept = _closed(pack, groups)
    antigens = {name for group in pack.groups if group.name in kept for name in group.antigens}
    return Pack(
        pack.name,
        pack.version,
        pack.parameters,
        {name: antigen for name, antigen in pack.antigens.items() if name in antigens},
        tuple(group for group in pack.groups if group.name in kept),
        pack.vaccines,
        pack.conflicts,
        pack.observations,
    )


def _closed(pack: Pack, groups: frozenset[str]) -> frozenset[str]:
    if any(
        condition.kind == "completed"
        for antigen in pack.antigens.values()
        for series in antigen.series
        for dose in series.doses
        for skip in dose.skips
        for one in skip.sets
        for condition in one.conditions
    ) or any(series.equivalent for antigen in pack.antigens.values() for series in antigen.series):
        return frozenset(group.name for group in pack.groups)
    holding = _groups_of_vaccines(pack)
    kept = set(groups)
    while True:
        linked = {
            name
            for conflict in pack.conflicts
            if (holding.get(conflict.previous, set()) | holding.get(conflict.current, set())) & kept
            for name in holding.get(conflict.previous, set()) | holding.get(conflict.current, set())
        }
        if linked <= kept:
            return frozenset(kept)
        kept |= linked


def _groups_of_vaccines(pack: Pack) -> Mapping[str, set[str]]:
    return {
        code: {
            pack.group_of[link.antigen].name
            for link in vaccine.associations
            if link.antigen in pack.group_of
        }
        for code, vaccine in pack.vaccines.items()
    }


def _cells(pack: Pack) -> Cells:
    found: Cells = {}
    for field, text in _leaves(pack.parameters, ""):
        found[EVERY, "parameters", field] = text
    for group in pack.groups:
        for name in group.antigens:
            if name in pack.antigens:
                found.update(_of_antigen(group.name, pack.antigens[name]))
        found[group.name, "group", "full"] = "yes" if group.give_full_group else ""
    holding = _groups_of_vaccines(pack)
    for vaccine in pack.vaccines.values():
        found.update(_of_vaccine(pack, vaccine))
    for conflict in pack.conflicts:
        for name in holding.get(conflict.current, ()):
            found[name, f"conflict {conflict.previous} → {conflict.current}", "ends"] = _ends(
                conflict
            )
    return {place: text for place, text in found.items() if text}


def _ends(conflict: Conflict) -> str:
    ends = dict.fromkeys((conflict.minimum_end.text, conflict.end.text))
    return f"{conflict.begin.text} … {' / '.join(ends)}"


def _of_vaccine(pack: Pack, vaccine: Vaccine) -> Iterator[tuple[tuple[str, str, str], str]]:
    for link in vaccine.associations:
        if link.antigen in pack.group_of:
            ends = [span.text if span else "" for span in (link.begin, link.end)]
            group = pack.group_of[link.antigen].name
            yield (group, f"vaccine {vaccine.code}", link.antigen), " … ".join(ends).strip() or "…"


def _of_antigen(group: str, antigen: Antigen) -> Iterator[tuple[tuple[str, str, str], str]]:
    for field, text in _leaves(antigen, ""):
        if not field.startswith("series"):
            yield (group, antigen.name, field), text
    for series in antigen.series:
        for field, text in _leaves(series, ""):
            if not field.startswith("doses"):
                yield (group, series.name, field), text
        for dose in series.doses:
            for field, text in _leaves(dose, ""):
                yield (group, dose.row, field), text


def _leaves(node: object, where: str) -> Iterator[tuple[str, str]]:
    """Each value below a row as (path of fields, text); a row's own label is not a value."""
    if isinstance(node, Span):
        yield where, node.text
    elif isinstance(node, tuple) and node and isinstance(node[0], VaccineRow):
        yield where, ", ".join(sorted(dict.fromkeys(map(_vaccine, node))))
    elif is_dataclass(node) and not isinstance(node, type):
        for one in fields(node):
            if one.name not in ("row", "number", "name"):
                path = f"{where}.{one.name}" if where else one.name
                yield from _leaves(getattr(node, one.name), path)
    elif isinstance(node, tuple) and node and is_dataclass(node[0]):
        for index, child in enumerate(node, start=1):
            yield from _leaves(child, where if index == 1 else f"{where}[{index}]")
    else:
        yield where, _text(node)


def _vaccine(row: VaccineRow) -> str:
    said = [row.vaccine, row.trade_name, row.maker]
    said += [f"≥ {row.begin.text}" if row.begin else "", f"< {row.end.text}" if row.end else ""]
    return " ".join(filter(None, said))


def _text(value: object) -> str:
    if isinstance(value, (tuple, frozenset)):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None or value is False else "yes" if value is True else str(value)
