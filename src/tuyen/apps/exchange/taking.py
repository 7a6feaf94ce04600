"""A plan is committed: what is kept and what is filed of it stand or fall as one."""

from collections.abc import Sequence

from tuyen.apps.exchange.filing import filed
from tuyen.apps.exchange.refusals import RoomRefused
from tuyen.apps.exchange.submitting import Plan, Submission
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Operation, Receipt
from tuyen.kernel.refusal import Refusal

_WITH_ANOTHER = "journal.not-as-one"
"""Refused only because what came with it was."""


def take(work: Submission, plan: Plan) -> Refusal | None:
    """Commit a plan; the first reason why it could not be, or None.

    What a room refuses to file is kept without it: nothing of the commit was done then, so it is
    done anew without that, and the room's reason is told.
    """
    together: list[Operation] = []
    if plan.filings and plan.register:
        # A registration that is refused is so for good, as its id follows from the number: it does not
        # hang on what is filed.
        for operation, receipt in zip(plan.register, _committed(work, plan.register), strict=True):
            if receipt.refusal is not None:
                return plan.placed(receipt.refusal.refusal(), operation)
    else:
        together = plan.register
    while True:
        keeping = work.parts(plan.items)
        filing = [each.operation for each in plan.filings]
        operations = [*together, *keeping, *filing]
        if not operations:
            return None
        receipts = _committed(work, operations, as_one=bool(filing))
        told = {receipt.id: receipt.refusal.refusal() for receipt in receipts if receipt.refusal}
        mine = {id: why for id, why in told.items() if why.code != _WITH_ANOTHER}
        refused = [each for each in plan.filings if each.operation.id in mine]
        if not refused:
            break
        for each in refused:
            for wish in each.wishes:
                wish.remarks.append(RoomRefused(why=mine[each.operation.id]))
        plan.filings = [each for each in plan.filings if each.operation.id not in mine]
    if mine:
        named = {operation.id: operation for operation in operations}
        id, why = next(iter(mine.items()))
        return plan.placed(why, named.get(id))
    for each in plan.filings:
        filed(each)
    return None


def _committed(
    work: Submission, operations: Sequence[Operation], *, as_one: bool = False
) -> list[Receipt]:
    return commit(by=work.by, operations=operations, at=work.at, as_one=as_one)
