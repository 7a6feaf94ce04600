"""Changes through the journal: planned, committed, and planned anew where another came first."""

from collections.abc import Sequence

from tuyen.api.fhir_door import Call
from tuyen.apps.exchange.refusals import HasTheNumber
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
    conditional, again = any(wish.none_exist for wish in wishes), False
    for turn in range(_TRIES):
        last = turn == _TRIES - 1
        try:
            plan = work.plan(wishes, again=again)
        except HasTheNumber:
            if last or not conditional:
                raise
            continue  # somebody registered the person after the condition was asked: ask it again
        refused = take(work, plan)
        if refused is None:
            break
        if refused.code not in _AGAIN or last:
            raise refusal_of(refused)
        again = True
    return plan.wishes
