"""What a claim needs beyond the visit itself: papers that it gave out, children born in it, and what is
followed of HIV and tuberculosis. What stands apart is there only for who may open it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.clock import local
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.registry import queries as registry
from tuyen.engines.claims.told import Born, Paper
from tuyen.rules.claims import told_cells
from tuyen.rules.clinical.programme import fits_code, programmes

BIRTH = "birth"
DELIVERED = ("O80", "O81", "O82", "O83", "O84", "Z37")
"""Diagnoses of the visit in which a child is born."""
HERE = "station"


def papers_of(content: Any) -> tuple[Paper, ...]:
    """The papers that a visit gave out, cell by cell."""
    return tuple(
        Paper(told_cells.of_papers()[one.what].table, told_cells.paper_cells(one.what, one.fields))
        for one in content.papers
        if one.what in told_cells.of_papers()
    )


class Further:
    """Births and treatments of visits: a constant number of queries for any number."""

    def __init__(self, by: Actor, facts: Sequence[Any]) -> None:
        self._births = _births(by, [one for one in facts if gives_birth(one.content)])
        paras = {row.pregnancy for rows in self._births.values() for row in rows if row.pregnancy}
        self._paras = clinical.earlier_births(by=by, pregnancies=paras) if paras else {}
        told = {one.row.id: _followed(one.content, one.row.day) for one in facts}
        people = {one.row.person for one in facts if told[one.row.id]}
        keys = {key for mine in told.values() for key in mine}
        self._told = told
        self._before = clinical.answers_of(by=by, persons=people, programmes=keys) if people else {}

    def born(self, visit: Any, place: str) -> tuple[Born, ...]:
        """The children born alive at the visit's unit on a day of the visit, in their order."""
        first, last = (local(at).date() for at in (visit.row.began_at, visit.row.ended_at))
        rows = [
            row for row in self._births.get(visit.row.person, ())
            if row.unit == visit.row.unit and row.place == HERE and first <= row.on <= last
        ]  # fmt: skip
        alive = sorted((row for row in rows if row.alive), key=lambda row: row.number)
        return tuple(
            Born(
                f"{local(row.at):%Y%m%d%H%M}" if row.at else f"{row.on:%Y%m%d}0000",
                str(row.sex), str(row.weight or ""), len(rows), place, _condition(row),
                row.mode == "caesarean", row.weeks, self._which(row.pregnancy),
            )
            for row in alive
        )  # fmt: skip

    def treatments(self, visit: Any) -> tuple[Paper, ...]:
        """What is followed of the person, as it was told at the visit or last before it."""
        found = []
        for key, fields in self._told[visit.row.id].items():
            before: dict[str, str] = {}
            for one in self._before.get((visit.row.person, key), ()):
                if one.visit != visit.row.id and one.on <= visit.row.day:
                    before |= one.fields
            filled = told_cells.of_programmes()[key]
            found.append(Paper(filled.table, told_cells.programme_cells(key, fields, before)))
        return tuple(found)

    def _which(self, pregnancy: UUID | None) -> str:
        before = self._paras.get(pregnancy) if pregnancy else None
        return "" if before is None else str(before + 1)


def gives_birth(content: Any) -> bool:
    """Whether a visit is that of a delivery: by its diagnoses, or by the certificate it gave out."""
    coded = any(one.code.startswith(DELIVERED) for one in content.diagnosed)
    return coded or any(one.what == BIRTH for one in content.papers)


def _births(by: Actor, visits: Sequence[Any]) -> Mapping[UUID, list[Any]]:
    """Births by the person that a visit names."""
    mothers: Collection[UUID] = {one.row.person for one in visits}
    found: dict[UUID, list[Any]] = defaultdict(list)
    if not mothers:
        return found
    roots = registry.canonical(mothers)
    by_root: dict[UUID, list[Any]] = defaultdict(list)
    for row in clinical.births_of_mothers(by=by, mothers=mothers):
        by_root[row.mother].append(row)
    for mother in mothers:
        found[mother] = by_root.get(roots.get(mother, mother), [])
    return found


def _followed(content: Any, on: date) -> dict[str, dict[str, str]]:
    """Programme -> answers of this visit, of those whose table a visit owes: it was answered, or the
    visit is for a confirmed disease of the programme."""
    found: dict[str, dict[str, str]] = {}
    for key in told_cells.of_programmes():
        one = programmes().get(key)
        told = [dict(answer.fields) for answer in content.answered if answer.programme == key]
        if told:
            found[key] = {name: text for fields in told for name, text in fields.items()}
        elif one is not None and _is_for(content.diagnosed, one.who(on)):
            found[key] = {}
    return found


def _is_for(diagnosed: Iterable[Any], who: Any) -> bool:
    return any(d.certainty == "confirmed" and fits_code(who, d.code) for d in diagnosed)


def _condition(row: Any) -> str:
    """How a child was, as the certificate says it; in Vietnamese, as the insurer reads it."""
    apgar = "/".join(str(one) for one in (row.apgar1, row.apgar5) if one is not None)
    told = ("Sống", f"Apgar {apgar}" if apgar else "", row.malformation)
    return "; ".join(part for part in told if part)
