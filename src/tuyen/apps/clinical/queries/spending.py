"""What was spent of a programme's cap: on one person, before a visit; and by whom it was reached."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.declared import tables
from tuyen.apps.clinical.programme_standing import told
from tuyen.apps.clinical.queries.programme_figures import FIGURE
from tuyen.apps.clinical.queries.programme_lists import (
    PAGE,
    PanelFilters,
    PatientPage,
    _among,
    panel,
)
from tuyen.apps.clinical.queries.visits import READ, SENSITIVE
from tuyen.apps.clinical.spending import capped, counted, spent_on
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.rules.clinical.programme import programmes


class Purse(NamedTuple):
    """Money (VND) spent on a person in the year of a day, and what may be."""

    spent: int
    cap: int
    near: bool  # at or beyond the share from which the programme warns

    @property
    def left(self) -> int:
        return max(0, self.cap - self.spent)


class Budget(NamedTuple):
    """A programme's spending of a year: ``people`` on whom anything was spent, ``near`` the cap or
    at it, ``above`` it."""

    year: int
    spent: int
    cap: int
    people: int
    near: int
    above: int


def purse(*, by: Actor, programme: str, person: UUID, on: date) -> Purse | None:
    """What was spent on a person in the year of a day; None of a programme without a cap, or that
    the reader may not read. Four queries."""
    held = capped(on).get(programme)
    if held is None or not policies.may(by, SENSITIVE if held[0].sensitive else READ):
        return None
    _, spending, cap = held
    root = registry.canonical([person])[person]
    people = registry.born_as([root]).get(root, ()) if root else ()
    year = date(on.year, 1, 1), date(on.year, 12, 31)
    with walls.whole("the cap counts what everybody spent on a person"):
        spent = sum(one.amount for one in spent_on(programme, {root, *people}, *year))
    return Purse(spent, cap, spent * 100 >= cap * spending.warn_from)


def budget(*, by: Actor, programme: str, on: date) -> Budget | None:
    """The spending of the year of a day up to it; None of a programme without a cap. Two queries."""
    held = capped(on).get(programme)
    if held is None:
        return None
    _, spending, cap = held
    sums = _sums(by, programme, on)
    near = sum(spent * 100 >= cap * spending.warn_from for _, spent in sums.values())
    above = sum(spent > cap for _, spent in sums.values())
    return Budget(on.year, sum(spent for _, spent in sums.values()), cap, len(sums), near, above)


def budget_people(
    *, by: Actor, programme: str, on: date, which: str = "people", page: int = 1
) -> PatientPage:
    """The people behind a figure of the budget: ``people``, ``near`` or ``above``."""
    held = capped(on).get(programme)
    if held is None:
        return PatientPage([], 0, 1, PAGE)
    _, spending, cap = held
    least = {"near": cap * spending.warn_from / 100, "above": cap + 1}.get(which, 0)
    ids = {row for row, spent in _sums(by, programme, on).values() if spent >= least}
    return panel(by=by, filters=PanelFilters(programme=programme, ids=ids), on=on, page=page)


def _sums(by: Actor, programme: str, on: date) -> dict[UUID, tuple[UUID, int]]:
    """By person the enrolment that was seen last and what was spent in the year."""
    policies.check(by, FIGURE)
    scope, one = policies.scope(by, FIGURE), programmes()[programme]
    rows = tables(one).contacts.objects.filter(
        programme=programme, day__gte=date(on.year, 1, 1), day__lte=on
    )
    inside = tables(one).enrolments.objects.filter(programme=programme)
    if not scope.everything:
        inside = inside.filter(_among(scope.units))
    with walls.whole("figures of a programme are counted of everybody in it"):
        whose = dict(fetch(inside.values_list("id", "person_id")))
        lines = list(fetch(rows.order_by("day", "id").values_list("enrolment_id", "day", "values")))
    found: dict[UUID, tuple[UUID, int]] = {}
    for enrolment, day, values in lines:
        spending = one.spending(day)
        amount = counted(spending, told(values)) if spending and enrolment in whose else 0
        if amount:
            person = whose[enrolment]
            found[person] = enrolment, found.get(person, (enrolment, 0))[1] + amount
    return found
