"""What can be sent to an alarm, signal or outbreak, and what each choice takes away from where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import allocating, means, places
from tuyen.apps.surveillance.allocating import Cover, Ground, ItemNeed, Task, TeamChoice
from tuyen.apps.surveillance.queries.response import (
    BOOK,
    RESPONSE,
    BookingRow,
    bookings_for,
    waiting_subjects,
)
from tuyen.apps.surveillance.subjects import Subject
from tuyen.apps.surveillance.vials import Vials
from tuyen.rules.surveillance import response as rules


@dataclass(frozen=True, slots=True)
class Allocation:
    """One subject with everything that could go to it. ``together`` is the cover that the whole
    proposal leaves; ``unmet`` the skills that no free team could bring."""

    subject: Subject
    commune: UUID
    commune_name: str
    answer: rules.Answer
    travel: rules.Travel
    people: dict[str, float]
    skills: tuple[str, ...]  # still needed
    unmet: tuple[str, ...]
    teams: list[TeamChoice]
    items: tuple[ItemNeed, ...]
    together: Cover
    proved: bool
    bookings: list[BookingRow]
    since: date
    until: date
    vials: Vials


class Proposal(NamedTuple):
    """What would go to one of several subjects that wait together."""

    subject: Subject
    commune: UUID
    commune_name: str
    teams: list[TeamChoice]
    unmet: tuple[str, ...]
    items: tuple[ItemNeed, ...]


class Plan(NamedTuple):
    """The proposals for all that wait, and the cover that they leave together."""

    proposals: list[Proposal]
    together: Cover
    proved: bool
    until: date


def allocation(
    *, by: Actor, subject: Subject, on: date, commune: UUID | None = None
) -> Allocation | None:
    """Rank what can be sent to a subject; None when ``by`` may not read teams and goods. The number
    of queries does not grow with teams, goods or communes."""
    if not policies.may(by, RESPONSE):
        return None
    ground = _ground(by, on)
    (task,) = tasks = _tasks(ground, [(subject, commune)])
    plan = allocating.plan_teams(ground, tasks)
    teams = allocating.choose_teams(ground, tasks, plan, 0)
    coming = len(plan.place) + sum(b.team is not None for b in task.booked)
    items = allocating.choose_goods(ground, tasks, {0: coming})[0]
    return Allocation(
        subject, task.commune, ground.map.full_name(task.commune, subject.since), task.answer,
        ground.travel,
        rules.people(subject.disease, max(1, subject.cases), on, max(1, coming)), task.skills,
        plan.unmet[0], teams, items, plan.together, plan.proved,
        bookings_for(by=by, subject=subject.id), on, ground.until, ground.vials,
    )  # fmt: skip


def plan_for_all(*, by: Actor, on: date, limit: int = 12) -> Plan | None:
    """The best sending to all open subjects that nothing was sent to yet, the gravest ``limit`` of
    them; None when ``by`` may not read teams and goods, or nothing waits."""
    if not policies.may(by, RESPONSE):
        return None
    waiting = [one for one, held in waiting_subjects(by=by, limit=10 * limit) if not held][:limit]
    if not waiting:
        return None
    ground = _ground(by, on)
    tasks = _tasks(ground, [(one, None) for one in waiting])
    plan = allocating.plan_teams(ground, tasks)
    counts = {n: list(plan.place.values()).count(n) for n in range(len(tasks))}
    goods = allocating.choose_goods(ground, tasks, counts)
    proposals = [
        Proposal(
            task.subject, task.commune, ground.map.full_name(task.commune, task.subject.since),
            [t for t in allocating.choose_teams(ground, tasks, plan, n) if t.chosen],
            plan.unmet[n], goods[n],
        )
        for n, task in enumerate(tasks)
    ]  # fmt: skip
    return Plan(proposals, plan.together, plan.proved, ground.until)


def _ground(by: Actor, on: date) -> Ground:
    map_ = places.atlas()
    scope, booking = policies.scope(by, RESPONSE), policies.scope(by, BOOK)
    communes = map_.communes(on)
    people = registry.population(by=by, on=on).totals
    of_stock = Vials(by, on)
    stocks = [one for one in means.stocks() if one.item not in of_stock.items]
    stocks += of_stock.stocks()
    return Ground(
        on, map_, rules.travel(on), communes,
        np.array([float(people.get(commune, 0)) for commune in communes]),
        [team for team in means.teams() if scope.covers(team.unit)], means.bound(),
        [stock for stock in stocks if scope.covers(stock.unit)],
        None if booking.everything else booking.units, of_stock,
    )  # fmt: skip


def _tasks(ground: Ground, asked: Sequence[tuple[Subject, UUID | None]]) -> list[Task]:
    skills = {team.id: team.skills for team in ground.teams}
    tasks = []
    for subject, commune in asked:
        mine = tuple(b for b in ground.bound if b.subject == subject.id)
        brought = frozenset().union(*(skills.get(b.team, frozenset()) for b in mine if b.team))
        answer = rules.answer(subject.disease, ground.on)
        place = commune if commune in subject.communes else subject.communes[0]
        missing = tuple(skill for skill in answer.skills if skill not in brought)
        tasks.append(Task(subject, place, answer, missing, mine))
    return tasks
