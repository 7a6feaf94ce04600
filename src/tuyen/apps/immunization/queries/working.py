"""The doses of a span, counted by the unit that gave them. Nobody is named."""

from datetime import date
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import Coalesce

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import Dose
from tuyen.apps.immunization.queries.cohort import READ


@walls.whole("doses of a span are counted by unit and day and name nobody")
def doses_by_day(*, by: Actor, first: date, last: date) -> dict[tuple[UUID, date], int]:
    """(unit in reach, day) -> doses it gave that count, in [first, last], those copied from a register of the
    unit that gave them among them. One query. A unit keeps the name it was born with, so that a series can
    be led to any map."""
    scope = policies.scope(by, READ)
    given = Dose.objects.filter(
        source__in=("given", "register"), counted=True, given_on__gte=first, given_on__lte=last
    )
    gave = given.annotate(gave=Coalesce("facility_id", "unit_id"))
    rows = gave.values_list("gave", "given_on").annotate(n=Count("id")).order_by()
    return {(unit, day): n for unit, day, n in rows if scope.covers(unit)}
