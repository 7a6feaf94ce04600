"""The figures of an outbreak's pictures, as rows of a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.surveillance import queries

Rows = list[list[Any]]
CURVE = ("day", "confirmed", "probable", "suspected", "still_expected", "low", "high")
CHAINS = ("case", "onset", "classification", "had_it_from", "evidence", "named_in_report")
MAP = ("map_of", "unit", "name", "cases", "contacts")
_CONTACTS = (
    "contact",
    "case",
    "relation",
    "age",
    "exposed_on",
    "watched_until",
    "commune",
    "state",
)


def curve(drawn: queries.Curve) -> Rows:
    """A row for each day of onset."""
    return [[one.day, *one.counts, round(one.coming, 3), one.low, one.high] for one in drawn.days]


def chains(drawn: queries.Chains) -> Rows:
    """A row for each case: from whom it had the disease, as far as that is known."""
    linked: dict[UUID, tuple[UUID, str, bool]] = {
        link.case: (link.infector, link.evidence, False) for link in drawn.infections
    }
    for case, other in drawn.named:
        linked.setdefault(case, (other, "", True))
    rows: Rows = []
    for one in drawn.cases:
        about: list[Any] = [str(one.id), one.onset_on, one.classification]
        if one.id in linked:
            source, evidence, named = linked[one.id]
            rows.append([*about, str(source), evidence, named])
        else:
            rows.append([*about, "", "", None])
    return rows


def by_commune(
    places: Any, cases: Mapping[UUID, int], contacts: Mapping[UUID, int], map_on: date
) -> Rows:
    """A row for each commune with a case or a contact."""
    return [
        [
            map_on,
            str(unit),
            places.full_name(unit, map_on),
            cases.get(unit, 0),
            contacts.get(unit, 0),
        ]
        for unit in sorted({*cases, *contacts}, key=str)
        if cases.get(unit) or contacts.get(unit)
    ]


def contacts(shown: queries.Grid) -> tuple[list[str], Rows]:
    """A row for each contact, a column for each day; whom they met by the id, and no name."""
    header = [*_CONTACTS, *(day.isoformat() for day in shown.days)]
    rows: Rows = [
        [
            str(one.id), str(one.case) if one.case else "", one.relation, one.age, one.exposed_on,
            one.until, one.commune_name, one.state,
            *(shown.marks.get((one.id, day), "") for day in shown.days),
        ]
        for one in shown.rows
    ]  # fmt: skip
    return header, rows
