"""What is asked of the record of care. For neighbours:

- ``visit(by=, id=)``, ``visits(by=, ids=)``, ``visits_of(by=, person=)``: visits;
- ``day(by=, unit=, on=)``: the list of a unit's day; ``between(by=, units=, first=, last=)``: the
  visits of a span, for books, claims and figures;
- ``history(by=, id=)``: what was done to a visit since;
- ``visit_facts(by=, ids=)``: everything that a claim needs;
- ``book``, ``figures``, ``closing``, ``differences``: the books of a station, month by month;
- ``expected(by=, unit=, around=)``, ``referrals(by=, state=)``: who is to come, who was sent on;
- ``last_values``, ``series``, ``last_prescription``: what a person's next visit begins with.
"""

from tuyen.apps.clinical.queries.books import (
    BookLine,
    Changed,
    Closed,
    Difference,
    book,
    closing,
    closings,
    differences,
    figures,
)
from tuyen.apps.clinical.queries.desk import Expected, ReferralRow, expected, referrals
from tuyen.apps.clinical.queries.histories import Step, history
from tuyen.apps.clinical.queries.visits import (
    READ,
    RECORD,
    SENSITIVE,
    Point,
    ReturnedNote,
    VisitFacts,
    VisitRow,
    between,
    day,
    last_prescription,
    last_values,
    series,
    visit,
    visit_facts,
    visits,
    visits_of,
)

__all__ = [
    "READ",
    "RECORD",
    "SENSITIVE",
    "BookLine",
    "Changed",
    "Closed",
    "Difference",
    "Expected",
    "Point",
    "ReferralRow",
    "ReturnedNote",
    "Step",
    "VisitFacts",
    "VisitRow",
    "between",
    "book",
    "closing",
    "closings",
    "day",
    "differences",
    "expected",
    "figures",
    "history",
    "last_prescription",
    "last_values",
    "referrals",
    "series",
    "visit",
    "visit_facts",
    "visits",
    "visits_of",
]
