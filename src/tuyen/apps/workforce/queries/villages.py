"""The households of villages, as somebody said them: by them the allowance of the village network is high or low."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import VillageSize
from tuyen.apps.workforce.queries.people import EDIT, FIGURE
from tuyen.rules import workforce as rules


class VillageRow(NamedTuple):
    """A village of a commune. ``people`` as the register counts them; ``households`` None: nobody said it;
    ``large``: its network is paid the high part for its size; ``may``: the reader may say it."""

    village: UUID
    name: str
    people: int
    households: int | None
    urban: bool
    since: date | None
    source: str
    large: bool
    may: bool


def villages(*, by: Actor, unit: UUID, on: date) -> list[VillageRow]:
    """The villages of a station's commune on a day, by name, with the last that was said of each: two
    queries."""
    policies.check(by, FIGURE, unit)
    map_, scope = places.atlas(), policies.scope(by, EDIT)
    commune = map_.commune_of(unit, on)
    here = {id for id in map_.units("village", on) if map_.commune_of(id, on) == commune}
    people: dict[UUID, int] = {}
    for place, count in registry.people_at(by=by, on=on).items():
        stands = map_.standing_for(place, on)
        people[stands] = people.get(stands, 0) + count
    said = {
        one.unit_id: one
        for one in VillageSize.objects.filter(unit_id__among=here, since__lte=on).order_by(
            "since", "id"
        )
    }
    rule, rows = rules.village(on), []
    for id in here:
        one = said.get(id)
        least = (
            None if rule is None or one is None else rule.urban if one.urban else rule.households
        )
        rows.append(VillageRow(
            id, places.name(id, on), people.get(id, 0), one.households if one else None,
            bool(one and one.urban), one.since if one else None, one.source if one else "",
            least is not None and one is not None and one.households >= least, scope.covers(id),
        ))  # fmt: skip
    return sorted(rows, key=lambda row: (row.name, str(row.village)))
