"""The weight that stands for a visit at which nobody was weighed, where the facility says that one does:
table 1 asks for a weight of everybody, and who comes each month for the same drugs is not weighed
each time. Only what was measured, of adults, and no older than the facility says."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.clock import local
from tuyen.apps.claims.lines import Shelf
from tuyen.apps.clinical import queries as clinical
from tuyen.engines.claims.told import Care, Catalogue, Patient

WEIGHT = "weight"
GROWN = 18


class Weights:
    """The weights on record of those whose visit has none: one query, and none where no facility
    takes them."""

    def __init__(self, by: Actor, facts: Sequence[clinical.VisitFacts], takes: Collection[UUID]):
        lacking = [
            one for one in facts
            if one.row.unit in takes and all(m.what != WEIGHT for m in one.content.measured)
        ]  # fmt: skip
        self._held: dict[UUID, list[tuple[datetime, Decimal]]] = {}
        if lacking:
            last = max(one.row.ended_at for one in lacking)
            people = {one.row.person for one in lacking}
            self._held = clinical.values_until(by=by, persons=people, what=WEIGHT, until=last)

    def stand(
        self, visit: clinical.VisitFacts, care: Care, patient: Patient, held: Catalogue
    ) -> Care:
        """The visit with the last weight before its end, if one stands for it."""
        days = taken(held)
        born = patient.born[:4]
        grown = born.isdigit() and care.ended.year - int(born) > GROWN
        if not days or not grown or WEIGHT in care.measured:
            return care
        since = visit.row.ended_at - timedelta(days=days)
        for at, value in reversed(self._held.get(visit.row.person, ())):
            if since <= at <= visit.row.ended_at:
                return care._replace(measured={**care.measured, WEIGHT: (value, local(at))})
        return care


def taken(held: Catalogue) -> int:
    """For how many days a weight stands at a facility; 0 where it does not."""
    return int(held.facility.get("weight_days") or 0)


def taking(shelf: Shelf, days: Collection[tuple[UUID, date]]) -> set[UUID]:
    """The units that take them on one of these days."""
    return {unit for unit, day in days if taken(shelf.on(unit, day))}
