"""Cases where and when they were counted, led to no other map: what a table may be summed from."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Sum

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import series, stored
from tuyen.apps.surveillance.models import Count
from tuyen.apps.surveillance.selection import COUNTS


def born_counts(
    *, by: Actor, diseases: Collection[str], communes: Collection[UUID], first: date, last: date
) -> dict[tuple[str, UUID, date], int]:
    """(disease, commune of that day, day of onset) -> cases, where there is one: one query.

    Cases that were ruled out or voided are not counted.
    """
    rows = (
        Count.objects.filter(
            policies.scope(by, COUNTS).where("commune_id"),
            series.COUNTED,
            disease__in=sorted(diseases),
            day__gte=first,
            day__lte=last,
        )
        .values_list("disease", stored.text("commune_id"), stored.text("day"))
        .annotate(Sum("cases"))
        .order_by()
    )
    wanted = set(communes)
    found = ((disease, stored.id(born), stored.day(day), n) for disease, born, day, n in rows)
    return {(disease, born, day): n for disease, born, day, n in found if born in wanted}
