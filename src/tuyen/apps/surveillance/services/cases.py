"""Reports become cases."""

from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.judging import Circumstances, judge
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.apps.surveillance.refusals import UnknownUnit
from tuyen.apps.surveillance.services.known import Known
from tuyen.apps.surveillance.services.learnt import Learnt
from tuyen.apps.surveillance.services.ledger import Ledger
from tuyen.apps.surveillance.services.rows import COLUMNS, in_order, row_of
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal


@applies(ReportCase)
def report_cases(batch: Batch[ReportCase]) -> None:
    """Judge every report by the list of its day, count it, and keep it where it lived then."""
    map_ = places.atlas()
    known = Known((entry.payload for entry in batch.entries), batch.entries[0].happened_on)
    ledger, learnt = Ledger(), Learnt()
    rows = []
    for entry in batch.entries:
        case = entry.payload
        try:
            if map_.unit(entry.unit) is None:
                raise UnknownUnit(unit=entry.unit)
            given = Circumstances.of(entry)
            standing = judge(case, given, map_)
            row = row_of(entry.id, case, given, standing, entry.author, entry.received_at)
            known.check(row, case)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        known.add(row)
        ledger.enter(row)
        learnt.reported(row)
        rows.append(in_order(row))
    bulk.insert(Case, COLUMNS, rows)
    ledger.post()
    learnt.post()
