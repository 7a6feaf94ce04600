"""The doses of a span, counted by the unit that gave them. Nobody is named."""

from datetime import date
from uuid import UUID

from django.db.models import Count

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import Dose
from tuyen.apps.immunization.queries.cohort import READ


@walls.whole("doses of a span are counted by unit and day and name nobody")
def doses_by_day(*, by: Actor, first: date, last: date) -> dict[tuple[UUID, date], int]:
    """(unit in reach, day) -> doses it gave that count, in [first, last]. One query. A unit keeps the name
    it was born with, so that a series can be led to any map."""
    scope = policies.scope(by, READ)
    given = Dose.objects.filter(
        source="given", counted=True, given_on__gte=first, given_on__lte=last
    )
    rows = given.values_list("unit_id", "given_on").annotate(n=Count("id")).order_by()
    return {(unit, day): n for unit, day, n in rows if scope.covers(unit)}
