"""What was prescribed and is handed out later, at the counter, is asked about as it is at the visit.

The counter is the store's (``supply.dispense``), and the store knows no person; what somebody does not
bear is known here. So this room is heard before the store takes the operation, whichever door it came by.
"""

from collections.abc import Sequence
from typing import Any

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.keeping import day_of
from tuyen.apps.clinical.queries.visits import VisitFacts, visit_facts
from tuyen.apps.clinical.services.allergies import WHY, Borne
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Batch, Entry, objects_to
from tuyen.kernel.refusal import Refusal

ASKED_SINCE = 2
"""The version of ``supply.dispense`` that says why something is handed out all the same."""


@objects_to("supply.dispense", room="clinical")
def ask_at_the_counter(batch: Batch[Any]) -> None:
    """Refuse what hands out a medicine that its person does not bear, without a word why: neither here
    nor in the visit. Of visits of another unit nothing is said, for the store refuses those itself.
    Seven reads at most where a line gives no reason, none else."""
    asked = [entry for entry in batch.entries if entry.version >= ASKED_SINCE and _unsaid(entry)]
    if not asked:
        return
    by = Actor.program(day_of(asked[0].received_at))
    visits = {
        one.row.id: one
        for one in visit_facts(by=by, ids={entry.payload.visit for entry in asked})
        if one.row.state == "live"
    }
    people = {one.row.person for one in visits.values()}
    borne = Borne(people, registry.canonical(people) if people else {})
    for entry in asked:
        visit = visits.get(entry.payload.visit)
        if visit is None or visit.row.unit != entry.unit:
            continue
        try:
            borne.check(visit.row.person, _left(entry, visit), entry.happened_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)


def _unsaid(entry: Entry[Any]) -> Sequence[str]:
    """The medicines of an entry that are handed out without a reason."""
    lines = entry.payload.lines
    return [line.item for line in lines if len(line.despite.strip()) < WHY]


def _left(entry: Entry[Any], visit: VisitFacts) -> list[str]:
    """Those of them for which the visit gives none either."""
    told = {one.item for one in visit.content.prescribed if len(one.despite.strip()) >= WHY}
    return [item for item in _unsaid(entry) if item not in told]
