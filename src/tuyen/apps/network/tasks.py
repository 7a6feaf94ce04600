"""What the program does by itself: months of rounds that somebody asked for are planned, one after another."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.network.models import RoundsSearch
from tuyen.apps.network.operations import EndSearch
from tuyen.apps.network.queries.rounds import proposed
from tuyen.apps.network.refusals import SearchBroke, SearchOver
from tuyen.kernel.operation import Operation, Outcome, Payload, Receipt
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM

SECONDS = 10.0
"""How long a search may take, from its first step: what is compiled before does not count."""

log = logging.getLogger(__name__)


class Answered(NamedTuple):
    """A search that was answered: by a plan, or by a reason (``refused``); neither where somebody had
    stopped it meanwhile."""

    search: UUID
    plan: UUID | None
    refused: Refusal | None


def answer(
    now: Callable[[], datetime], begun: Callable[[UUID, datetime], None] = lambda id, at: None
) -> Iterator[Answered]:
    """Answer every search that waits, the one asked first first; ``begun`` is told before each. A search
    that breaks off is ended with a reason; nothing else of it is written."""
    tried: set[UUID] = set()
    while True:
        waiting = RoundsSearch.objects.filter(state="asked").exclude(pk__in=tried)
        row = waiting.order_by("asked_at", "id").first()
        if row is None:
            return
        tried.add(row.pk)
        begun(row.pk, now())
        yield _answered(row, now)


def _answered(row: RoundsSearch, now: Callable[[], datetime]) -> Answered:
    began: list[float] = []

    def spent() -> float:
        began.append(monotonic())
        return (began[-1] - began[0]) / SECONDS

    try:
        payload = proposed(
            by=Actor.program(now().astimezone(VIETNAM).date()), unit=row.unit_id,
            month=row.starts.replace(day=1), spent=spent, only=tuple(map(UUID, row.teams)),
            season=row.season, search=row.pk, **({"children": 0} if row.quick else {}),
        )  # fmt: skip
        return _written(row, payload, now())
    except Refusal as refusal:
        return _ended(row, refusal, now())
    except Exception as broken:  # whatever it is, who waits is told, and the next search goes on
        log.exception("the search %s broke off", row.pk)
        return _ended(row, SearchBroke(what=type(broken).__name__), now())


def _written(row: RoundsSearch, payload: Payload, at: datetime) -> Answered:
    (receipt,) = _told(row, payload, at)
    if receipt.refusal is None:
        return Answered(row.pk, receipt.id, None)
    refusal = receipt.refusal.refusal()
    return (
        Answered(row.pk, None, None)
        if refusal.code == SearchOver.code
        else _ended(row, refusal, at)
    )


def _ended(row: RoundsSearch, refusal: Refusal, at: datetime) -> Answered:
    why = Outcome.of(refusal)
    values = {name: str(value)[:600] for name, value in why.values.items()}
    _told(
        row,
        EndSearch(
            search=row.pk, why="failed", refused=why.code, sentence=why.message, values=values
        ),
        at,
    )
    return Answered(row.pk, None, refusal)


def _told(row: RoundsSearch, payload: Payload, at: datetime) -> list[Receipt]:
    on = at.astimezone(VIETNAM).date()
    told = Operation.of(payload, unit=row.unit_id, happened_on=on, recorded_at=at)
    return commit(by=Actor.program(on), operations=[told], at=at)
