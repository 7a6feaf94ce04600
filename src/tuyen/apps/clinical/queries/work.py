"""The work of a span, counted by unit: for how many people it takes to do it. Nobody is named."""

from datetime import date
from uuid import UUID

from django.db.models import Count

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import Delivery, MotherContact, Visit
from tuyen.apps.clinical.queries.programme_figures import FIGURE


@walls.whole("the work of a span is counted from everybody's visits and names nobody")
def work_done(*, by: Actor, first: date, last: date) -> dict[UUID, dict[str, int]]:
    """Unit in reach -> activity -> how often in [first, last], both days included. Three queries.

    ``visit``: live visits; ``antenatal`` and ``postnatal``: those of them in care of a mother;
    ``delivery``: births attended. A unit keeps the name it was born with.
    """
    scope = policies.scope(by, FIGURE)
    done: dict[UUID, dict[str, int]] = {}

    def add(unit: UUID, activity: str, n: int) -> None:
        if n and scope.covers(unit):
            here = done.setdefault(unit, {})
            here[activity] = here.get(activity, 0) + n

    visits = Visit.objects.filter(state="live", day__gte=first, day__lte=last)
    for unit, n in visits.values_list("unit_id").annotate(n=Count("id")).order_by():
        add(unit, "visit", n)
    care = MotherContact.objects.filter(on__gte=first, on__lte=last)
    counted = care.values_list("unit_id", "after_birth").annotate(n=Count("id")).order_by()
    for unit, after, n in counted:
        add(unit, "postnatal" if after else "antenatal", n)
    births = Delivery.objects.filter(state="live", place="station", on__gte=first, on__lte=last)
    for unit, n in births.values_list("unit_id").annotate(n=Count("id")).order_by():
        add(unit, "delivery", n)
    return done


@walls.whole("visits of a span are counted by unit and day and name nobody")
def visits_by_day(*, by: Actor, first: date, last: date) -> dict[tuple[UUID, date], int]:
    """(unit in reach, day) -> live visits, in [first, last]. One query. A unit keeps the name it was born
    with, so that a series can be led to any map."""
    scope = policies.scope(by, FIGURE)
    visits = Visit.objects.filter(state="live", day__gte=first, day__lte=last)
    rows = visits.values_list("unit_id", "day").annotate(n=Count("id")).order_by()
    return {(unit, day): n for unit, day, n in rows if scope.covers(unit)}
