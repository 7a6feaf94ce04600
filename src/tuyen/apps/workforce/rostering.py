"""A unit and a month as the engine sees them: its people, their days, who must be there."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q

from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Draw, Leave, Member, Roster, Shift, Tenure
from tuyen.engines.workforce import roster as engine
from tuyen.engines.workforce.roster_check import Fault, check
from tuyen.kernel.text import fold
from tuyen.rules import workforce as rules
from tuyen.rules.calendar import UnknownYear, holidays

BACK = 7
"""Days before a month whose shifts bear on it."""
Pair = tuple[UUID, date]
"""A unit and the first day of a month."""


class Person(NamedTuple):
    """Somebody who works at a unit in a month: their posts there as (since, until)."""

    id: UUID
    name: str
    cadre: str
    share: float
    posts: tuple[tuple[date, date | None], ...]
    user: UUID | None

    def works(self, day: date) -> bool:
        return any(since <= day and (until is None or day < until) for since, until in self.posts)


class Away(NamedTuple):
    """Days on which somebody cannot, half-open; ``nights``: only nights; ``wish``: would rather not."""

    member: UUID
    since: date
    until: date
    kind: str
    nights: bool = False
    wish: bool = False


class Had(NamedTuple):
    """A shift of a roster in force."""

    member: UUID
    day: date
    kind: str


class Month(NamedTuple):
    """What bears on a roster: people, days away, shifts of the days before, what was carried."""

    unit: UUID
    first: date
    people: list[Person]
    away: list[Away]
    before: list[Had]
    past: list[Had]


class Stated(NamedTuple):
    """A problem of the engine with the words of its positions."""

    problem: engine.Problem
    people: list[Person]
    first: date
    kinds: list[str]
    asked: list[rules.Asked]  # of each demand

    def entry(self, one: Had) -> engine.Entry | None:
        """A shift as the engine writes it; None for whom or what is not in the month."""
        at = {person.id: n for n, person in enumerate(self.people)}.get(one.member)
        if at is None or one.kind not in self.kinds:
            return None
        return at, (one.day - self.first).days, self.kinds.index(one.kind)

    def shift(self, entry: engine.Entry) -> Had:
        person, day, kind = entry
        return Had(self.people[person].id, self.first + timedelta(days=day), self.kinds[kind])


def last_day(first: date) -> date:
    """The last day of a month."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def after(first: date) -> date:
    """The first day of the next month."""
    return last_day(first) + timedelta(days=1)


def free_days(first: date, last: date) -> dict[date, str]:
    """Day -> ``rest`` or ``holiday``, and ``tet``, for days that are no ordinary ones."""
    found: dict[date, str] = {}
    for year in range(first.year, last.year + 1):
        try:
            named: Mapping[date, str] = holidays(year)
        except UnknownYear:
            named = {}
        for day, name in named.items():
            if first <= day <= last:
                found[day] = "tet" if name == "tet" else "holiday"
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.isoweekday() > 5:
            found.setdefault(day, "rest")
    return found


def people_of(pairs: Collection[Pair]) -> dict[Pair, list[Person]]:
    """Who holds a post at each unit within each month, in the order of cadres: three queries."""
    born = Tenure.objects.filter(void=False).order_by().values_list("unit_id", flat=True).distinct()
    sites: dict[Pair, set[UUID]] = {pair: set() for pair in pairs}
    for site in born:
        for unit, first in pairs:
            if unit in (places.now_at(site, first), places.station_of(site, first)):
                sites[unit, first].add(site)
    lo, hi = min(first for _, first in pairs), max(last_day(first) for _, first in pairs)
    held = Q(since__lte=hi, void=False) & (Q(until=None) | Q(until__gt=lo))
    wanted = {site for each in sites.values() for site in each}
    rows = list(Tenure.objects.filter(held, unit_id__among=wanted).order_by("since", "id"))
    who = Member.objects.in_bulk({row.member_id for row in rows})
    found: dict[Pair, dict[UUID, Person]] = {pair: {} for pair in pairs}
    for row in rows:
        if row.member_id not in who or row.cadre in rules.outside():
            continue
        for unit, first in pairs:
            within = row.since <= last_day(first) and (row.until is None or row.until > first)
            if not within or row.unit_id not in sites[unit, first]:
                continue
            there = found[unit, first]
            earlier = there[row.member_id].posts if row.member_id in there else ()
            there[row.member_id] = Person(
                row.member_id, who[row.member_id].name, row.cadre, row.percent / 100,
                (*earlier, (row.since, row.until)), who[row.member_id].user_id,
            )  # fmt: skip
    return {pair: sorted(there.values(), key=_rank) for pair, there in found.items()}


def _rank(person: Person) -> tuple[int, str, str]:
    order = list(rules.cadres())
    return order.index(person.cadre), fold(person.name), str(person.id)


def away_of(members: Collection[UUID], first: date, last: date) -> list[Away]:
    """Leave and draws that count within a span: two queries."""
    rule = rules.leave(first)
    span = Q(since__lte=last, until__gt=first, member_id__among=set(members))
    found = [
        Away(*row, nights=row[3] in rule.nights, wish=row[3] in rule.wishes)
        for row in Leave.objects.filter(span, state__in=("agreed", "noted"))
        .order_by("since", "id").values_list("member_id", "since", "until", "kind")
    ]  # fmt: skip
    drawn = Draw.objects.filter(span).order_by("since", "id")
    return found + [
        Away(row.member_id, row.since, row.until, "drawn") for row in drawn if row.since < row.until
    ]


def had(members: Collection[UUID], first: date, last: date) -> list[Had]:
    """Shifts in force of some people within a span, both ends included: one query."""
    rows = Shift.objects.filter(
        member_id__among=set(members), day__gte=first, day__lte=last, state="live",
        roster_id__in=Roster.objects.filter(state="in-force").values("id"),
    )  # fmt: skip
    return [Had(*row) for row in rows.order_by("day", "id").values_list("member_id", "day", "kind")]


def months(pairs: Collection[Pair]) -> dict[Pair, Month]:
    """Everything that bears on the rosters of some units and months: six queries."""
    if not pairs:
        return {}
    people = people_of(pairs)
    ids = {one.id for each in people.values() for one in each}
    lo, hi = min(first for _, first in pairs), max(last_day(first) for _, first in pairs)
    back = lo.replace(year=lo.year - rules.fairness(lo).tet_years)
    away, earlier = away_of(ids, lo, hi), had(ids, back, hi)
    found = {}
    for unit, first in pairs:
        own = {one.id for one in people[unit, first]}
        near, last = first - timedelta(days=BACK), last_day(first)
        past = [one for one in earlier if one.member in own and one.day < first]
        found[unit, first] = Month(
            unit, first, people[unit, first],
            [a for a in away if a.member in own and a.since <= last and a.until > first],
            [one for one in past if one.day >= near], past,
        )  # fmt: skip
    return found


def month(unit: UUID, first: date) -> Month:
    """Everything that bears on one roster; see :func:`months`."""
    return months([(unit, first)])[unit, first]


def state(
    month: Month, *, fixed: Sequence[Had] = (), without: Iterable[tuple[UUID, date, date]] = ()
) -> Stated:
    """The month as a problem of the engine. ``without``: (member, since, until) who are taken besides."""
    first, on = month.first, month.first
    days = (after(first) - first).days
    shifts = rules.shifts(on)
    kinds = list(shifts)
    free = free_days(first, last_day(first))
    at = {person.id: n for n, person in enumerate(month.people)}
    may = np.zeros((len(at), days, len(kinds)), np.bool_)
    for n, person in enumerate(month.people):
        for d in range(days):
            day = first + timedelta(days=d)
            if person.works(day):
                may[n, d] = True
    asked = rules.asked(places.atlas().type(month.unit, on) or "", on)
    wanted = {one.shift for one in asked}
    for k, key in enumerate(kinds):
        if shifts[key].implied:
            may[:, [d for d in range(days) if first + timedelta(days=d) in free], k] = False
        elif key not in wanted:
            may[:, :, k] = False
    _close(may, month, shifts, at, without)
    demands, of = _demands(month, asked, kinds, free, days)
    burden, past, weights = _burdens(month, kinds, shifts, free, days, at)
    able = may[:, :, [k for k, key in enumerate(kinds) if not shifts[key].implied]].any(axis=2)
    share = np.array([p.share for p in month.people]) * (able.mean(axis=1).round(2) if days else 0)
    duty = frozenset(n for one in demands if not shifts[kinds[one.kind]].implied for n in one.group)
    share = np.array([s if n in duty and s > 0.2 else 0.0 for n, s in enumerate(share)], np.float64)
    problem = engine.Problem(
        tuple(engine.Kind(s.start, s.hours, s.rest, s.most, s.implied) for s in shifts.values()),
        may, tuple(demands), burden, past, share, rules.days_in_a_row(on), rules.week_hours(on),
        first.weekday(), (), (), _wishes(month, at, days), weights,
    )  # fmt: skip
    stated = Stated(problem, month.people, first, kinds, of)
    return stated._replace(problem=problem._replace(
        fixed=tuple(e for one in fixed if (e := stated.entry(one)) is not None),
        before=tuple(e for one in month.before if (e := stated.entry(one)) is not None),
    ))  # fmt: skip


def _close(
    may: engine.Bools, month: Month, shifts: Mapping[str, rules.Shift], at: Mapping[UUID, int],
    without: Iterable[tuple[UUID, date, date]],
) -> None:  # fmt: skip
    """Take out the days on which people are away."""
    nights = [k for k, one in enumerate(shifts.values()) if one.night]
    away = [*month.away, *(Away(member, since, until, "drawn") for member, since, until in without)]
    for one in away:
        if one.wish or one.member not in at:
            continue
        since = max(0, (one.since - month.first).days)
        until = (one.until - month.first).days
        closed = nights if one.nights else list(range(len(shifts)))
        may[at[one.member], since : max(since, until), closed] = False


def _demands(
    month: Month,
    asked: Sequence[rules.Asked],
    kinds: Sequence[str],
    free: Mapping[date, str],
    days: int,
) -> tuple[list[engine.Demand], list[rules.Asked]]:
    demands, of = [], []
    groups = {
        one.key: frozenset(n for n, p in enumerate(month.people) if p.cadre in one.of)
        for one in asked
    }
    for d in range(days):
        day = month.first + timedelta(days=d)
        for one in asked:
            if one.days != "all" and day in free:
                continue
            if not isinstance(one.days, str) and day.isoweekday() not in one.days:
                continue
            demands.append(engine.Demand(d, kinds.index(one.shift), groups[one.key], one.need))
            of.append(one)
    return demands, of


def _burdens(
    month: Month, kinds: Sequence[str], shifts: Mapping[str, rules.Shift], free: Mapping[date, str],
    days: int, at: Mapping[UUID, int],
) -> tuple[engine.Floats, engine.Floats, engine.Weights]:  # fmt: skip
    """Duties, weekends, holidays of this month; Tết with that of the years before."""
    told = rules.fairness(month.first)
    sorts = {"duty": told.duty, "weekend": told.weekend, "holiday": told.holiday, "tet": told.tet}
    burden = np.zeros((len(sorts), days, len(kinds)))
    for k, key in enumerate(kinds):
        if shifts[key].implied:
            continue
        burden[0, :, k] = 1
        for d in range(days):
            kind = free.get(month.first + timedelta(days=d))
            if kind:
                burden[{"rest": 1, "holiday": 2, "tet": 3}[kind], d, k] = 1
    past = np.zeros((len(at), len(sorts)))
    if burden[3].any() and month.past:
        feasts = free_days(month.past[0].day, month.past[-1].day)
        for one in month.past:
            if feasts.get(one.day) == "tet" and one.kind in shifts and not shifts[one.kind].implied:
                past[at[one.member], 3] += 1
    kept = [c for c in range(len(sorts)) if burden[c].any()]
    weights = engine.Weights(tuple(list(sorts.values())[c] for c in kept), told.wish, told.present)
    return burden[kept], past[:, kept], weights


def _wishes(month: Month, at: Mapping[UUID, int], days: int) -> tuple[engine.Wish, ...]:
    found = []
    for one in month.away:
        if one.wish and one.member in at:
            for d in range(
                max(0, (one.since - month.first).days), min(days, (one.until - month.first).days)
            ):
                found.append(engine.Wish(at[one.member], d))
    return tuple(found)


def faults(stated: Stated, shifts: Iterable[Had]) -> list[tuple[Fault, Person, date]]:
    """Rules of rest that a roster breaks, with whose and when; days away are told elsewhere."""
    entries = [e for one in shifts if (e := stated.entry(one)) is not None]
    return [
        (fault, stated.people[fault.person], stated.first + timedelta(days=fault.day))
        for fault in check(stated.problem, entries)
        if fault.rule != "away"
    ]
