"""From a form of the governance to the journal."""

from datetime import date, datetime
from uuid import UUID

from tuyen.apps.access import clock
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Operation, Payload, Receipt
from tuyen.web.access import ActorRequest
from tuyen.web.governance import words


def send(
    request: ActorRequest, payload: Payload, unit: UUID, *, on: date | None = None,
    id: UUID | None = None,
) -> tuple[Receipt, list[str]]:  # fmt: skip
    """Commit one operation; its receipt, and the sentence of its refusal if it was refused."""
    now = clock.now()
    operation = Operation.of(
        payload, unit=unit, happened_on=on or clock.today(), recorded_at=now, id=id
    )
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    return receipt, [] if receipt.refusal is None else [words.said(receipt.refusal)]


def day(text: str) -> date | None:
    """A day as it is typed, 07/03/2026, or as a browser sends it; None for anything else."""
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None
