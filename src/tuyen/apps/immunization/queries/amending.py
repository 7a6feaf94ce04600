"""What was done to a dose after it was recorded."""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import DoseStep
from tuyen.apps.immunization.queries.children import Card
from tuyen.apps.journal.bulk import fetch

READ = "immunization.dose.read"


class StepRow(NamedTuple):
    """What one operation did to a dose: amended, voided or resolved, and ``(column, before, after)``
    of what it changed, days and ids as text."""

    entry: UUID
    what: str
    changes: tuple[tuple[str, Any, Any], ...]
    reason: str
    author: UUID | None
    received_at: datetime


def steps(*, by: Actor, card: Card) -> dict[UUID, list[StepRow]]:
    """What was done to the doses of a card after they were recorded, newest first. One query."""
    policies.check(by, READ, card.place)
    found: dict[UUID, list[StepRow]] = defaultdict(list)
    doses = [dose.id for dose in card.doses]
    if doses:
        rows = DoseStep.objects.filter(dose_id__among=doses).order_by("-received_at", "-entry_id")
        for dose, changes, *rest in fetch(
            rows.values_list("dose_id", "changes", "entry_id", "what", "reason", "author_id",
                             "received_at")
        ):  # fmt: skip
            entry, what, reason, author, at = rest
            found[dose].append(StepRow(entry, what, _changes(changes), reason, author, at))
    return dict(found)


def _changes(text: str) -> tuple[tuple[str, Any, Any], ...]:
    if not text:
        return ()
    told = msgspec.json.decode(text, type=dict[str, dict[str, Any]])
    before, after = told["before"], told["after"]
    return tuple((n, before[n], after[n]) for n in before if before[n] != after[n])
