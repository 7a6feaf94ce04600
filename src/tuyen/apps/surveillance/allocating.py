"""From teams, goods and places to the arrays of the engine, and back to what a person reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.surveillance.means import Bound, StockFacts, TeamFacts, promised
from tuyen.apps.surveillance.subjects import Subject
from tuyen.apps.surveillance.vials import Part, Vials
from tuyen.engines.surveillance import allocation as engine
from tuyen.rules.surveillance import response as rules

Floats = NDArray[np.float64]


class Cover(NamedTuple):
    """What is left when a team is sent: mean minutes to the next free team, whose people lose
    most, and how many people are no longer within the limit."""

    before: float
    after: float
    worst: UUID | None
    worst_name: str
    worst_before: float
    worst_after: float
    uncovered: int

    def told(self) -> dict[str, float | int | str]:
        """As a booking keeps it."""
        return {
            "before": round(self.before, 1), "after": round(self.after, 1),
            "worst": self.worst_name, "worst_before": round(self.worst_before),
            "worst_after": round(self.worst_after), "uncovered": self.uncovered,
        }  # fmt: skip


class Nearer(NamedTuple):
    """A team that is nearer than one that was chosen, and why it was not: it ``stays`` because
    more people would wait longer, or goes to another ``place``."""

    name: str
    why: str
    extra: float  # mean minutes that everybody would wait longer for it than for the chosen one


class TeamChoice(NamedTuple):
    """A team beside what a place needs."""

    team: TeamFacts
    unit_name: str
    stands_name: str
    minutes: float | None
    brings: tuple[str, ...]
    why_not: str  # taken, weekday, away or its reason; "" when it can be sent
    taken_until: date | None
    cover: Cover | None
    chosen: bool
    nearer: tuple[Nearer, ...]
    mine: bool


class GoodsChoice(NamedTuple):
    """A good at one unit beside what a place needs."""

    unit: UUID
    unit_name: str
    on_hand: int
    free: int
    minimum: int
    minutes: float | None
    send: int
    mine: bool
    lots: tuple[
        tuple[Part, int], ...
    ] = ()  # of a vaccine of the stock: vials of each that would go
    kept_by_stock: bool = False

    @property
    def leaves(self) -> int:
        return self.free - self.send

    @property
    def below(self) -> int:
        """Pieces that sending takes from under the minimum."""
        return max(0, min(self.minimum, self.free) - self.leaves)


class ItemNeed(NamedTuple):
    """How much of a good is needed, on its way, and proposed from where."""

    amount: rules.Amount
    booked: int
    short: int
    choices: tuple[GoodsChoice, ...]


class Task(NamedTuple):
    """A place in need: what it needs, and what is on its way already."""

    subject: Subject
    commune: UUID
    answer: rules.Answer
    skills: tuple[str, ...]  # that nobody who is booked brings
    booked: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """The day's map, people, teams and goods, once for all tasks."""

    on: date
    map: Any
    travel: rules.Travel
    communes: list[UUID]
    people: Floats  # (c,)
    teams: list[TeamFacts]
    bound: list[Bound]
    stocks: list[StockFacts]
    mine: Collection[UUID] | None  # units whose things the reader may book; None means all
    vials: Vials  # of vaccines that the stock keeps

    def may(self, unit: UUID) -> bool:
        return self.mine is None or unit in self.mine

    @property
    def until(self) -> date:
        return self.on + timedelta(days=self.travel.days - 1)

    def taken(self, team: UUID) -> date | None:
        """Until when a team is bound in the days of a deployment that began today."""
        ends = [b.until for b in self.bound
                if b.team == team and b.since <= self.until and self.on <= b.until]  # fmt: skip
        return max(ends, default=None)

    def free_teams(self) -> list[TeamFacts]:
        return [t for t in self.teams if not t.missing(self.on) and self.taken(t.id) is None]

    def minutes(self, origins: Sequence[UUID], targets: Sequence[UUID]) -> Floats:
        """(n, m) by the roads that another room knows, else by the stated rule."""
        if _roads:
            return _roads[0](origins, targets, self.on)
        return engine.road_minutes(
            self._points(origins), self._points(targets), self.travel.road_factor,
            self.travel.speed,
        )  # fmt: skip

    def _points(self, units: Sequence[UUID]) -> Floats:
        unknown = (np.nan, np.nan)
        points = [self.map.point(unit, self.on) or unknown for unit in units]
        return np.array(points, np.float64).reshape(len(units), 2)


_roads: list[Any] = []


def drive_by(roads: Any = None) -> None:
    """Take minutes from a room that knows roads: ``roads(origins, targets, on) -> (n, m)``; None
    goes back to the great circle."""
    _roads[:] = [] if roads is None else [roads]


class Plan(NamedTuple):
    """A sending of teams to tasks, with the cover it leaves."""

    place: dict[UUID, int]  # team -> number of its task
    unmet: list[tuple[str, ...]]  # by task
    together: Cover
    each: dict[UUID, Cover]  # of free teams, sent alone
    minutes: dict[UUID, list[float]]  # of all teams, by task
    proved: bool


def plan_teams(ground: Ground, tasks: Sequence[Task]) -> Plan:
    """Send the free teams to the tasks, as well as can be."""
    free = ground.free_teams()
    longest, limit = ground.travel.cover_longest, ground.travel.cover_limit
    targets = [task.commune for task in tasks]
    drive = ground.minutes([team.stands for team in ground.teams], targets)
    at = {team.id: n for n, team in enumerate(ground.teams)}
    cover = ground.minutes([team.stands for team in free], ground.communes)
    listed = list(rules.skills())
    # A team that somebody else commands covers people, and is not sent by this reader.
    skills = np.array([[s in t.skills and ground.may(t.unit) for s in listed] for t in free], bool)
    needs = np.array([[s in task.skills for s in listed] for task in tasks], bool)
    found = engine.send_teams(
        skills.reshape(len(free), len(listed)), drive[[at[t.id] for t in free]],
        needs.reshape(len(tasks), len(listed)),
        np.array([float(task.subject.urgency) for task in tasks]), cover, ground.people,
        cover_weight=ground.travel.cover_weight, cap=longest,
    )  # fmt: skip
    gone = np.flatnonzero(found.place >= 0).tolist()
    together = engine.cover_without(cover, ground.people, gone, limit, longest)
    each = engine.cover_without_each(cover, ground.people, limit, longest)
    return Plan(
        {free[n].id: int(found.place[n]) for n in gone},
        [tuple(s for s, missing in zip(listed, row, strict=True) if missing) for row in found.unmet],
        _cover(ground, together),
        {team.id: _cover(ground, left) for team, left in zip(free, each, strict=True)},
        {team.id: drive[n].tolist() for n, team in enumerate(ground.teams)},
        found.proved,
    )  # fmt: skip


def _cover(ground: Ground, left: engine.Left) -> Cover:
    worst = ground.communes[left.worst] if left.worst >= 0 else None
    name = ground.map.full_name(worst, ground.on) if worst else ""
    return Cover(left.before, left.after, worst, name, left.worst_before, left.worst_after,
                 round(left.uncovered))  # fmt: skip


def choose_teams(ground: Ground, tasks: Sequence[Task], plan: Plan, n: int) -> list[TeamChoice]:
    """Every team beside task ``n``: those proposed first, then those that help, the nearest first."""
    task = tasks[n]
    rows = []
    for team in ground.teams:
        minutes = plan.minutes[team.id][n]
        taken = ground.taken(team.id)
        rows.append(TeamChoice(
            team, ground.map.full_name(team.unit, ground.on),
            ground.map.full_name(team.stands, ground.on),
            None if np.isnan(minutes) else minutes,
            tuple(s for s in task.answer.skills if s in team.skills),
            "taken" if taken else team.missing(ground.on), taken, plan.each.get(team.id),
            plan.place.get(team.id) == n, _nearer(ground, task, plan, team, n),
            ground.may(team.unit),
        ))  # fmt: skip
    longest = ground.travel.cover_longest
    rows.sort(key=lambda r: (
        not r.chosen, bool(r.why_not), not set(r.brings) & set(task.skills),
        longest if r.minutes is None else r.minutes, r.team.name,
    ))  # fmt: skip
    return rows


def _nearer(ground: Ground, task: Task, plan: Plan, team: TeamFacts, n: int) -> tuple[Nearer, ...]:
    """Free teams that bring the same at less minutes than a chosen one, and why they do not go."""
    if plan.place.get(team.id) != n:
        return ()
    brings = team.skills & set(task.skills)
    told = []
    for other in ground.teams:
        cover = plan.each.get(other.id)
        if other.id == team.id or cover is None or not brings <= other.skills:
            continue
        if (
            not plan.minutes[other.id][n] < plan.minutes[team.id][n]
            or plan.place.get(other.id) == n
        ):
            continue
        why = "place" if other.id in plan.place else "stays"
        mine = plan.each[team.id]
        told.append(
            Nearer(other.name, why, (cover.after - cover.before) - (mine.after - mine.before))
        )
    return tuple(sorted(told, key=lambda one: -one.extra)[:3])


def choose_goods(
    ground: Ground, tasks: Sequence[Task], teams: Mapping[int, int]
) -> list[tuple[ItemNeed, ...]]:
    """For each task how much of each good comes from where; ``teams``: how many each task gets."""
    held = promised(ground.bound)
    longest = ground.travel.cover_longest
    amounts = [
        {a.item: a for a in task.answer.amounts(
            rules.people(task.subject.disease, max(1, task.subject.cases), ground.on,
                         max(1, teams.get(n, 0))))}
        for n, task in enumerate(tasks)
    ]  # fmt: skip
    found: list[list[ItemNeed]] = [[] for _ in tasks]
    for item in dict.fromkeys(item for task in amounts for item in task):
        shelves = [stock for stock in ground.stocks if stock.item == item]
        asking = [n for n, task in enumerate(amounts) if item in task]
        booked = [sum(b.quantity for b in tasks[n].booked if b.item == item) for n in asking]
        free = np.array(
            [max(0, s.on_hand - held.get((s.unit, item), 0)) for s in shelves], np.int64
        )
        minimum = np.array([s.minimum for s in shelves], np.int64)
        drive = ground.minutes([s.unit for s in shelves], [tasks[n].commune for n in asking])
        needs = np.array([max(0, amounts[n][item].amount - b)
                          for n, b in zip(asking, booked, strict=True)], np.int64)  # fmt: skip
        may = np.array([ground.may(s.unit) for s in shelves], bool)
        sent = engine.send_goods(
            np.where(may, free, 0), minimum, drive, needs,
            np.array([float(tasks[n].subject.urgency) for n in asking]), cap=longest,
        )  # fmt: skip
        for column, n in enumerate(asking):
            choices = [
                GoodsChoice(
                    stock.unit, ground.map.full_name(stock.unit, ground.on), stock.on_hand,
                    int(free[u]), stock.minimum,
                    None if np.isnan(drive[u, column]) else float(drive[u, column]),
                    int(sent.sent[u, column]), ground.may(stock.unit),
                    tuple(ground.vials.choose(stock.unit, item, int(sent.sent[u, column]))),
                    item in ground.vials.items,
                )
                for u, stock in enumerate(shelves)
            ]  # fmt: skip
            choices.sort(key=lambda c: (-c.send, longest if c.minutes is None else c.minutes))
            found[n].append(
                ItemNeed(amounts[n][item], booked[column], int(sent.short[column]), tuple(choices))
            )
    return [tuple(needs) for needs in found]
