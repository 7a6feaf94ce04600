"""Which criterion of an epidemic the figures meet, for who declares one: it decides nothing."""

from datetime import datetime
from typing import NamedTuple

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.queries.outbreaks import OutbreakRow
from tuyen.rules.surveillance import outbreaks as law

READ = "surveillance.alarm.read"


class Criterion(NamedTuple):
    """A criterion with the figures by which it is met, or is not."""

    code: str  # EP-A, EP-B1, EP-B2
    met: bool
    counted: int
    needed: float  # EP-A and EP-B2: at least so many; EP-B1: more than so many
    above: bool  # more than, not at least
    period: str  # of the alarm; empty: the whole outbreak
    commune: str
    at: datetime | None  # when the figures were first seen to meet it
    source: str
    verified: bool


def criteria(*, by: Actor, row: OutbreakRow) -> list[Criterion]:
    """What can be computed for an outbreak: of group A the confirmed cases of its line list against
    the rule of the day, of groups B and C the open alarms of an epidemic in its communes.

    Empty for a syndrome, and where nothing is known: that no criterion is listed does not say that
    none is met. One query, none for group A.
    """
    least = law.epidemic_a(row.disease, by.on)
    if least is not None:
        return [
            Criterion(
                "EP-A", row.confirmed >= least.confirmed, row.confirmed, float(least.confirmed),
                False, "", "", None, least.source, least.verified,
            )
        ]  # fmt: skip
    if not row.disease:
        return []
    map_ = places.atlas()
    here = {map_.standing_for(commune, by.on) for commune in row.communes}
    rows = Alarm.objects.filter(
        policies.scope(by, READ).where("commune_id"), disease=row.disease, rule__startswith="EP",
        closed_on=None, until__gte=row.since,
    ).exclude(state="dismissed").order_by("-observed", "id")  # fmt: skip
    names = ("rule", "commune_id", "period", "observed", "bound", "raised_at", "since")
    return [
        Criterion(
            rule, True, observed, float(bound or 0.0), rule == "EP-B1", period,
            map_.full_name(commune, since), raised_at, "tt-15-2026", True,
        )
        for rule, commune, period, observed, bound, raised_at, since in rows.values_list(*names)
        if map_.standing_for(commune, by.on) in here
    ]  # fmt: skip
