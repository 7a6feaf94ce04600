"""Changes through the journal: planned, committed, and planned anew where another came first."""

from collections.abc import Sequence

from tuyen.api.fhir_door import Call
from tuyen.apps.exchange.submitting import Submission, refusal_of, unit_for
from tuyen.apps.exchange.taking import take
from tuyen.apps.exchange.wishes import Wish

_TRIES = 4
# Somebody else was there between the look and the commit: look again.
_AGAIN = {
    "exchange.already-there", "exchange.not-there", "exchange.no-such-person", "journal.id-reused",
}  # fmt: skip


def committed(call: Call, wishes: Sequence[Wish]) -> list[Wish]:
    """Do all of some wishes, or none of them; what each came to, in their order.

    Raises
    ------
    FhirRefusal
        The first reason why one cannot be.
    """
    unit = unit_for(call.by, call.header("Tuyen-Unit"))
    work = Submission(call.by, unit, call.at, call.base)
    for turn in range(_TRIES):
        plan = work.plan(wishes, again=turn > 0)
        refused = take(work, plan)
        if refused is None:
            break
        if refused.code not in _AGAIN or turn == _TRIES - 1:
            raise refusal_of(refused)
    return plan.wishes
