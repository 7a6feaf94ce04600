"""What was done to a visit after it was recorded."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.keeping import read
from tuyen.apps.clinical.models import SensitiveContent, VisitStep
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.queries.visits import READ, SENSITIVE, reached
from tuyen.apps.journal.bulk import fetch


class Step(NamedTuple):
    """One thing that was done: ``content`` is what had stood before it, as far as the reader may see
    it (``opened``: with what stands apart)."""

    what: str  # amended, voided, returned
    version: int
    reason: str
    author: UUID | None
    at: datetime
    content: Content
    opened: bool


def history(*, by: Actor, id: UUID) -> list[Step]:
    """What was done to a visit, the oldest first: two queries. The door that shows it notes the
    reading."""
    rows = VisitStep.objects.filter(reached(policies.scope(by, READ)), visit_id=id)
    told = rows.order_by("received_at", "version", "id").values_list(
        "what", "version", "reason", "author_id", "received_at", "content"
    )
    scope = policies.scope(by, SENSITIVE)
    whole: dict[int, str] = {}
    if scope:
        held = SensitiveContent.objects.filter(reached(scope), visit_id=id)
        whole = dict(fetch(held.values_list("version", "content")))
    return [
        Step(what, version, reason, author, at, read(whole.get(version, open_)), version in whole)
        for what, version, reason, author, at, open_ in fetch(told)
    ]
