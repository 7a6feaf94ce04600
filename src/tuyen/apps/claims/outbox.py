"""The outbox: files leave in the order in which they were signed, and none is lost.

While the portal is away the first of them tries, less and less often, and all others wait behind it.
Each answer is written down before the next file is offered; a file whose receipt was lost on the way
is offered again with the same link key, which the portal knows.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.clock import pause
from tuyen.apps.claims.models import Submission
from tuyen.apps.claims.models.claims import CHECK_IN
from tuyen.apps.claims.operations import RecordAttempt
from tuyen.apps.claims.portal import Answered, Down, Shut
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Operation
from tuyen.kernel.zone import VIETNAM


class Takes(Protocol):
    """What a file is offered to."""

    def send(self, content: bytes, facility: str) -> Answered: ...
    def check_in(self, content: bytes, facility: str) -> Answered: ...


class Run(NamedTuple):
    """What a run of the outbox did: files taken, refused, left; why it stopped before the end."""

    accepted: int
    refused: int
    waiting: int
    stopped: str


def run(
    portal: Takes,
    now: Callable[[], datetime],
    *,
    most: int = 10_000,
    at_once: bool = False,
) -> Run:
    """Offer files until none is due, or the portal is away. ``at_once`` asks it also before the
    pause after the last failure is over."""
    accepted = refused = 0
    while accepted + refused < most:
        file = Submission.objects.filter(state="waiting").order_by("seq").first()
        if file is None:
            return Run(accepted, refused, 0, "")
        if file.next_at > now() and not at_once:
            return Run(accepted, refused, waiting(), file.outcome or "pause")
        try:
            offer = portal.check_in if file.kind == CHECK_IN else portal.send
            answer = offer(bytes(file.content), file.facility)
        except (Down, Shut) as failure:
            _note_failure(file, failure, now())
            return Run(accepted, refused, waiting(), _why(failure))
        _note(file, answer, now())
        accepted, refused = accepted + answer.accepted, refused + (not answer.accepted)
    return Run(accepted, refused, waiting(), "")


def waiting() -> int:
    """How many files wait."""
    return Submission.objects.filter(state="waiting").count()


def _note(file: Submission, answer: Answered, at: datetime) -> None:
    _record(file, at, RecordAttempt(
        submission=file.pk, at=at, outcome="accepted" if answer.accepted else "refused",
        answer=answer.code[:40], transaction=answer.transaction, received=answer.received,
        message=answer.message,
    ))  # fmt: skip


def _note_failure(file: Submission, failure: Down | Shut, at: datetime) -> None:
    _record(file, at, RecordAttempt(
        submission=file.pk, at=at, outcome="shut" if isinstance(failure, Shut) else "down",
        message=str(failure)[:500], again_at=at + pause(file.attempts),
    ))  # fmt: skip


def _record(file: Submission, at: datetime, told: RecordAttempt) -> None:
    on = at.astimezone(VIETNAM).date()
    operation = Operation.of(told, unit=file.unit_id, happened_on=on, recorded_at=at)
    commit(by=Actor.program(on), operations=[operation], at=at)


def _why(failure: Down | Shut) -> str:
    return "shut" if isinstance(failure, Shut) else "down"
