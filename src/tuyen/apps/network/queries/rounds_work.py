"""What mobile rounds take from the people of a station, beside the need that its visits ask for."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.network.models import OutreachPlan
from tuyen.apps.network.queries.outreach import READ_OUTREACH
from tuyen.engines.workforce import workload
from tuyen.rules import network as rules
from tuyen.rules import workforce as work

YEAR = timedelta(days=365)


class RoundsWork(NamedTuple):
    """Months in force of the year around a day: ``days`` that teams go out, ``staff_days`` of their crews
    (days times the people of a team by its kind), over ``weeks`` planned; ``people``: as many as the staff
    days of a whole year at that pace would keep busy, and ``counted`` the days of rounds that the hours
    available at a station leave out for each person already (WISN)."""

    since: date
    until: date
    weeks: int
    days: int
    staff_days: int
    people: float
    counted: float


def rounds_work(*, by: Actor, unit: UUID, on: date) -> RoundsWork | None:
    """The months that are in force within half a year before and after a day; None where there is none, or
    where the reader may not see them. One query."""
    if not policies.may(by, READ_OUTREACH, unit):
        return None
    near = OutreachPlan.objects.filter(
        unit_id=unit, state="in-force", starts__gte=on - YEAR / 2, starts__lte=on + YEAR / 2
    )
    plans = list(near.order_by("starts", "id").values("starts", "weeks", "teams", "rounds"))
    if not plans:
        return None
    crew = rules.outreach("crew", on)
    days = staff = 0
    for plan in plans:
        kinds = {team["team"]: team["kind"] for team in plan["teams"]}
        went = [
            kinds[one["team"]] for one in plan["rounds"] if one["stops"] and one["team"] in kinds
        ]
        days, staff = days + len(went), staff + sum(int(crew[kind]) for kind in went)
    # Two plans of a month, of different teams, are the same weeks.
    weeks = sum({plan["starts"]: int(plan["weeks"]) for plan in plans}.values())
    told = work.work(on)
    year = workload.Year(**told.year)  # type: ignore[arg-type]
    there = workload.available_hours(year) / year.hours
    last = plans[-1]
    until = last["starts"] + timedelta(days=7 * int(last["weeks"]) - 1)
    return RoundsWork(
        plans[0]["starts"], until, weeks, days, staff, staff * 52 / weeks / there, year.outreach
    )
