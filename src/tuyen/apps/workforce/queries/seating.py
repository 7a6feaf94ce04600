"""Whom a course should take: needs of people in reach, shared fairly among their units."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Course, Member, Seat
from tuyen.apps.workforce.operations.training import ASK, TRAIN
from tuyen.apps.workforce.queries.learning import HOURS, Lacking, Need, _named, _Post, _posts, needs
from tuyen.engines.workforce import seating
from tuyen.rules import workforce as rules


class Candidate(NamedTuple):
    """Somebody who could sit in a course. ``reasons``: keys of what they lack, ``hours`` or ``asked``;
    ``turn``: which of their unit they would be."""

    member: UUID
    name: str
    unit: UUID
    unit_name: str
    cadre: str
    reasons: Sequence[str]
    need: float
    worth: float
    turn: int


class Proposal(NamedTuple):
    """Whom to take, in the order of worth; ``others`` have a need too and find no seat. No choice of
    people is worth more than ``bound``."""

    rows: Sequence[Candidate]
    others: int
    worth: float
    bound: float
    price: float
    full: Sequence[str]  # units that have as many as one unit may


class Person(NamedTuple):
    member: UUID
    name: str
    unit: UUID
    unit_name: str
    cadre: str
    home: UUID  # the unit in whose name something is said of them


def people_at(*, by: Actor, on: date, unit: UUID) -> list[Person]:
    """Who works at a unit, for whoever puts people forward there or plans courses. Two queries."""
    if not (policies.may(by, ASK, unit) or policies.may(by, TRAIN, unit)):
        policies.check(by, ASK, unit)
    return _persons(_posts(by, on, unit), on)


def _persons(posts: Sequence[_Post], on: date) -> list[Person]:
    rows = Member.objects.filter(pk__among={one.member for one in posts})
    who = {id: (name, unit) for id, name, unit in rows.values_list("id", "name", "unit_id")}
    found = [
        Person(one.member, who[one.member][0], one.unit, places.name(one.unit, on), one.cadre,
               who[one.member][1])
        for one in posts if one.member in who
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.unit_name, one.name, str(one.member)))


def proposal(*, by: Actor, course: UUID, on: date) -> Proposal | None:
    """Whom a course of one's own should take with the seats that are left. Seven queries."""
    row = Course.objects.filter(pk=course).first()
    if row is None or not policies.may(by, TRAIN, row.unit_id):
        return None
    seats = list(Seat.objects.filter(course_id=course))
    busy = _busy(row)
    state = {one.member_id: one.state for one in seats}
    rule = rules.counting(on)
    weight: dict[UUID, float] = defaultdict(float)
    reasons: dict[UUID, list[str]] = defaultdict(list)
    who: dict[UUID, Lacking | Person] = {}
    for one in needs(by=by, on=on):
        if one.kind == HOURS or one.key in row.topics:
            for person in one.people:
                who[person.member] = person
                weight[person.member] += person.weight
                reasons[person.member].append(one.key or one.kind)
    asked = {member for member, now in state.items() if now in _ASKED}
    for named in people_named(by=by, on=on, members=asked):
        who.setdefault(named.member, named)
        weight[named.member] += rule.asked
        reasons[named.member].append("asked")
    wanted = [
        id for id, person in who.items()
        if id not in busy and state.get(id) not in ("granted", "declined", "withdrawn")
        and (not row.cadres or person.cadre in row.cadres)
    ]  # fmt: skip
    wanted.sort(key=lambda id: (who[id].unit_name, who[id].name, str(id)))
    return _proposed(row, wanted, who, weight, reasons, seats, on)


def fairly(*, by: Actor, need: Need, seats: int, on: date) -> list[Lacking]:
    """The people of a need whom so many seats should go to, shared among units. No query."""
    assert _named(by)
    units = {unit: at for at, unit in enumerate(dict.fromkeys(one.unit for one in need.people))}
    found = seating.seat(
        [one.weight for one in need.people], [units[one.unit] for one in need.people], seats,
        rules.counting(on).fair,
    )  # fmt: skip
    return [need.people[at] for at, _worth, _turn in found.chosen]


_ASKED = ("asked", "waiting")


def _proposed(
    row: Course, wanted: Sequence[UUID], who: Mapping[UUID, Lacking | Person],
    weight: Mapping[UUID, float], reasons: Mapping[UUID, Sequence[str]], seats: Sequence[Seat],
    on: date,
) -> Proposal:  # fmt: skip
    """The engine's answer in names. Seats that a unit has already are its first turns."""
    given = [one for one in seats if one.state == "granted"]
    held: dict[UUID, int] = defaultdict(int)
    for one in given:
        held[places.now_at(one.unit_id, on)] += 1
    units = list(dict.fromkeys(who[id].unit for id in wanted))
    number = {unit: at for at, unit in enumerate(units)}
    rule = rules.counting(on)
    open_ = [id for id in wanted if not row.per_unit or held[who[id].unit] < row.per_unit]
    found = seating.seat(
        [weight[id] * rule.fair ** held[who[id].unit] for id in open_],
        [number[who[id].unit] for id in open_], max(0, row.seats - len(given)), rule.fair,
        row.per_unit,
    )  # fmt: skip
    rows = [
        Candidate(open_[at], who[open_[at]].name, who[open_[at]].unit, who[open_[at]].unit_name,
                  who[open_[at]].cadre, reasons[open_[at]], weight[open_[at]], worth,
                  turn + held[who[open_[at]].unit])
        for at, worth, turn in found.chosen
    ]  # fmt: skip
    full = sorted(places.name(units[at], on) for at in found.full)
    return Proposal(rows, len(wanted) - len(rows), found.worth, found.bound, found.price, full)


def people_named(*, by: Actor, on: date, members: set[UUID]) -> list[Person]:
    """Some people in reach, with the unit of their main post. Three queries."""
    if not members:
        return []
    assert _named(by)
    return _persons([one for one in _posts(by, on) if one.member in members], on)


def _busy(row: Course) -> set[UUID]:
    """Who sits in another course on one of the days of a course. Two queries."""
    days = {day for day, _ in row.days}
    others = Course.objects.filter(first__lte=row.last, last__gte=row.first).exclude(pk=row.pk)
    clash = [
        one.pk for one in others.exclude(state="cancelled")
        if days & {day for day, _ in one.days}
    ]  # fmt: skip
    seats = Seat.objects.filter(course_id__among=set(clash), state="granted")
    return set(seats.values_list("member_id", flat=True))
