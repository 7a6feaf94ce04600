"""Before a dose is corrected: what would become of the child's schedule.

The service's own code foresees, so that what is shown is what comes; it stands above the services
and is asked by doors only.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import catalogue, packs
from tuyen.apps.immunization.evaluating import Asked, judged
from tuyen.apps.immunization.operations import DoseChanges
from tuyen.apps.immunization.queries import Card
from tuyen.apps.immunization.refusals import DoseIsVoid, NothingChanges, UnknownDose
from tuyen.apps.immunization.sameness import Row, flag
from tuyen.apps.immunization.services import amendments
from tuyen.apps.immunization.services.book import Book
from tuyen.apps.immunization.timeline import step_of, timeline
from tuyen.engines.immunization import GroupAnswer

READ = "immunization.dose.read"


class GroupChange(NamedTuple):
    """One vaccine group before and after; ``valid`` are the numbers of doses that count."""

    group: str
    before: GroupAnswer | None
    after: GroupAnswer | None

    @property
    def valid(self) -> tuple[int, int]:
        return _valid(self.before), _valid(self.after)


class Foreseen(NamedTuple):
    """The dose as it would stand (``before``, ``after``: rows by column), and the groups of the
    schedule that would say something else."""

    before: Row
    after: Row
    groups: tuple[GroupChange, ...]


def foreseen(
    *, by: Actor, card: Card, dose: UUID, changes: DoseChanges | None, on: date
) -> Foreseen:
    """What would become of somebody's schedule if a dose said something else, or (``changes`` None)
    were taken out. Writes nothing; raises what the operation would be refused for."""
    policies.check(by, READ, card.place)
    book = Book({card.person}, on)
    person, held = book.person(card.person), book.find(dose)
    if held is None:
        raise UnknownDose(dose=dose)
    if held["voided_at"] is not None:
        raise DoseIsVoid(dose=dose, reason=held["void_reason"])
    if changes is None:
        row = held | {"voided_at": held["received_at"], "void_reason": "–"}
    else:
        row = amendments.changed(held, changes, person, book.map, on)
        if row == held:
            raise NothingChanges(dose=dose)
    doses = book.doses[book.stands[card.person]]
    now = _counted(doses.values())
    then = _counted((doses | {dose: row}).values())
    lives = packs.where(book.map, person.place, on)
    pack = packs.pack_in_force(on, lives, person.born_on, step_of(on, timeline()).pack)
    asked = [Asked(person.born_on, person.sex, some) for some in (now, then)]
    before, after = (
        {answer.vaccine_group: answer for answer in answers} for answers in judged(pack, asked, on)
    )
    names = dict.fromkeys((*before, *after))
    pairs = [GroupChange(name, before.get(name), after.get(name)) for name in names]
    return Foreseen(held, row, tuple(one for one in pairs if _differ(one)))


def _counted(rows: Iterable[Row]) -> Sequence[Row]:
    """The doses that count, of all the entries of somebody, in the engine's order."""
    every = {row["id"]: row for row in rows}
    every |= {row["id"]: row for row in flag(every.values(), catalogue.antigens)}
    counted = [row for row in every.values() if row["counted"]]
    return sorted(counted, key=lambda row: (row["given_on"], row["id"]))


def _differ(one: GroupChange) -> bool:
    told = [
        (side.status, side.dose_number, side.earliest, side.recommended, side.past_due)
        if side is not None else None
        for side in (one.before, one.after)
    ]  # fmt: skip
    return told[0] != told[1] or one.valid[0] != one.valid[1]


def _valid(answer: GroupAnswer | None) -> int:
    return sum(dose.status == "valid" for dose in answer.doses) if answer else 0
