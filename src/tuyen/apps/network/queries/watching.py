"""What came of a reorganisation: so many days before its day against so many after it, on both maps."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry.queries import standing
from tuyen.apps.surveillance import queries as surveillance
from tuyen.kernel.period import Period
from tuyen.rules import network as rules


class WeekRow(NamedTuple):
    """A week: reports that were due and came, and cases counted on the map before and on that after."""

    week: str
    start: date
    after: bool
    due: int
    came: int
    cases: tuple[int, int]


class Watched(NamedTuple):
    """The weeks around the day ``on``, oldest first, up to the reader's day."""

    id: UUID
    on: date
    basis: str
    state: str
    days: int
    rows: tuple[WeekRow, ...]

    def share(self, after: bool) -> float | None:
        """Of the reports due on one side of the day, the part that came."""
        due = sum(row.due for row in self.rows if row.after is after)
        return sum(row.came for row in self.rows if row.after is after) / due if due else None

    def per_week(self, after: bool) -> float | None:
        rows = [row for row in self.rows if row.after is after]
        return sum(row.cases[1] for row in rows) / len(rows) if rows else None

    @property
    def conserved(self) -> bool:
        """Nothing is lost or counted twice at the switch: both maps hold as many in every week."""
        return all(row.cases[0] == row.cases[1] for row in self.rows)


def watched(*, by: Actor, decision: UUID) -> Watched | None:
    """The weeks around a decision of the map; None where there is none. About twelve queries."""
    policies.check(by, "network.plan.read")
    card = standing.decision(by=Actor.program(by.on), id=decision)
    if card is None:
        return None
    on, days = card.standing.on, int(rules.norm("watch_days", card.standing.on))
    last = min(on + timedelta(days=days), by.on)
    first = min(on, by.on) - timedelta(days=days)
    weeks = Period.range("week", first, last)
    reports = surveillance.completeness(by=by, on=last, weeks=len(weeks))
    due = reports.expected.sum(axis=0)
    came = (reports.expected & reports.came).sum(axis=0)
    sums = []
    for map_on in (on - timedelta(days=1), on):
        told = surveillance.counts(
            by=by, kind="week", first=first, last=last, map_on=map_on, split=()
        )
        sums.append(told.cases.sum(axis=(0, 1)).tolist())
    rows = tuple(
        WeekRow(week.label, week.start, week.start >= on, int(due[n]), int(came[n]),
                (int(sums[0][n]), int(sums[1][n])))
        for n, week in enumerate(weeks)
    )  # fmt: skip
    return Watched(decision, on, card.standing.basis, card.standing.state, days, rows)
