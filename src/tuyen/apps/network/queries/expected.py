"""Who is waited for in the villages of a round besides the children: pregnant women, mothers, patients, the elderly.

Every row comes through the queries of the room that keeps it, with the reader's own right and reach; whom the
reader may not name is counted and not named. The door that shows the names notes the reading.
"""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.queries import mothers
from tuyen.apps.network.queries.outreach import READ_OUTREACH
from tuyen.apps.registry import queries as registry
from tuyen.rules import network as rules
from tuyen.rules.clinical.programme import programmes

MOST = 500
"""Patients that one sheet names."""


class Waited(NamedTuple):
    """Somebody waited for. ``service``: antenatal, postnatal, or the key of a programme; ``name`` empty for
    who may not read it; ``late``: days since the day has come; ``danger``: signs at the last contact."""

    service: str
    village: UUID
    person: UUID
    name: str
    born_on: date | None
    age: int | None
    due_on: date
    late: int
    danger: bool


class Waiting(NamedTuple):
    """``cut``: patients beyond those that one sheet names."""

    rows: tuple[Waited, ...]
    cut: int


def waiting(*, by: Actor, unit: UUID, villages: Collection[UUID], on: date) -> Waiting | None:
    """Who is waited for in some villages on the day of a round, by service and the longest waiting first;
    None where the reader may not see the care of the unit. A constant number of queries."""
    policies.check(by, READ_OUTREACH, unit)
    if not policies.may(by, clinical.READ, unit):
        return None
    there = set(villages)
    if not there:
        return Waiting((), 0)
    rows = _women(by, unit, there, on)
    patients, cut = _patients(by, unit, there, on)
    rows += patients
    rows.sort(key=lambda one: (not one.danger, -one.late, one.name, str(one.person)))
    return Waiting(tuple(rows), cut)


def _patients(by: Actor, unit: UUID, villages: set[UUID], on: date) -> tuple[list[Waited], int]:
    """People of the programmes of the sheet whose day has come; one that stands apart is never printed."""
    known = programmes()
    keys = [key for key in rules.outreach("sheet", on) if key in known and not known[key].sensitive]
    if not keys:
        return [], 0
    filters = clinical.PanelFilters(which="due", unit=unit, programmes=keys, villages=villages)
    page = clinical.panel(by=by, filters=filters, on=on, size=MOST)
    return [
        Waited(one.programme, one.place, one.person, one.name, None, one.age, one.due_on, one.late_days, False)
        for one in page.rows if one.place is not None
    ], page.total - len(page.rows)  # fmt: skip


def _women(by: Actor, unit: UUID, villages: set[UUID], on: date) -> list[Waited]:
    """Pregnant women and mothers whose next contact has come by the day: of the unit's own register."""
    told = [("antenatal", one.person, one.name, one.standing, bool(one.signs))
            for one in mothers.pregnancies(by=by, on=on, unit=unit)]  # fmt: skip
    told += [("postnatal", one.person, one.name, one.standing, False)
             for one in mothers.mothers(by=by, on=on, unit=unit)]  # fmt: skip
    due = [
        (service, person, name, standing.next.due, standing.late_days, signs)
        for service, person, name, standing, signs in told
        if standing.next is not None and (signs or standing.late_days or standing.next.due <= on)
    ]
    homes = registry.vitals(by=by, ids={one[1] for one in due}) if due else {}
    found = []
    for service, person, name, day, late, signs in due:
        home = homes.get(person)
        if home is not None and home.here and home.place in villages:
            found.append(Waited(
                service, home.place, person, name, home.born_on, None, day, late, signs,
            ))  # fmt: skip
    return found
