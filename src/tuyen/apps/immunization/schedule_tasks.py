"""After a schedule was put in force or rolled back: the first of those whom it concerns, at once.

The decision holds from its moment; what is kept of each child follows. A station's children are brought
up to date in the same breath; a province's part by part for as long as whoever decided keeps the page open
(:func:`catch_up`), and the rest by the night's work.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.operations import ActivatePack, RollBackPack
from tuyen.apps.immunization.tasks import due_again, follow
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Entry, reacts
from tuyen.kernel.zone import VIETNAM

AT_FIRST = 2_000
"""So many children are looked at before the answer; a few seconds' work."""


@reacts(ActivatePack, RollBackPack)
def adopt(entries: Sequence[Entry[Any]]) -> None:
    """Look anew at the first of the children whose day has come."""
    at = max(entry.received_at for entry in entries)
    on = at.astimezone(VIETNAM).date()
    people = due_again(on)[:AT_FIRST]
    if people:
        commit(by=Actor.program(on), operations=follow(people, on, at), at=at)


def catch_up(*, by: Actor, on: date, at: datetime, most: int = AT_FIRST) -> int:
    """Look anew at some more of those whose day has come, for whoever may put schedules in force;
    returns how many it were. The work is the program's own, as at night."""
    policies.check(by, "immunization.pack.activate")
    people = due_again(on)[:most]
    operations = follow(people, on, at)
    receipts = commit(by=Actor.program(on), operations=operations, at=at) if people else []
    return len(people) if all(receipt.ok for receipt in receipts) else 0
