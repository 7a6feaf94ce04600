"""Doses as lines of the station's books A2.1 and A2.2: what a unit gave in a month."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import Dose
from tuyen.apps.journal.bulk import fetch
from tuyen.kernel.period import Period
from tuyen.kernel.station_books import Line, lines_of
from tuyen.rules.immunization import lists

READ = "immunization.dose.read"
_NAMES = ("vaccine", "number", "lot", "programme", "place_kind", "site", "vaccinator", "note")


@lines_of("doses")
def doses_given(by: Actor, unit: UUID, month: Period) -> Iterable[Line]:
    """The doses that a unit gave in a month and that count, in the order in which it gave them: one query.
    What was copied from a booklet or another register was given elsewhere, and stands in its book."""
    rows = Dose.objects.filter(
        policies.scope(by, READ).where("unit_id"),
        Q(given_on__gte=month.start, given_on__lte=month.end),
        unit_id=unit, source="given", voided_at=None, counted=True,
    ).order_by("given_on", "received_at", "pk")  # fmt: skip
    for id, day, person, *values in fetch(rows.values_list("id", "given_on", "person_id", *_NAMES)):
        told = dict(zip(_NAMES, values, strict=True))
        yield Line(id, day, person, told, _tags(told["vaccine"], told["programme"]))


def _tags(vaccine: str, campaign: str) -> frozenset[str]:
    """The vaccine and what it is against: ``vaccine:BCG``, ``against:Tetanus``, ``programme:routine``."""
    held = lists.vaccines().get(vaccine)
    against = {f"against:{one.antigen}" for one in held.antigens} if held else set()
    return frozenset({f"vaccine:{vaccine}", f"programme:{campaign}", *against})
