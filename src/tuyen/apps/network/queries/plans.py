"""Plans as they are read: drawn, held against the present, answered by the engine, and where they stand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import loading, planned
from tuyen.apps.network.conflicting import Clash, Ease, clashing, shared
from tuyen.apps.network.losing import Worse, worse
from tuyen.apps.network.models import CutoverCheck, NetworkPlan
from tuyen.apps.network.moving import MoveLine, lines
from tuyen.apps.network.offering import (
    Continued,
    Offered,
    Unmastered,
    continued,
    offered,
    unmastered,
)
from tuyen.apps.network.operations import Answer, MergedCommune, Move, SiteChoice, Wishes
from tuyen.apps.network.paying import Paying, paying, unpaid
from tuyen.apps.network.planned import Broken, Drawn
from tuyen.apps.network.queries.scoring import table
from tuyen.apps.network.queries.sites import measured
from tuyen.apps.network.staffing import load
from tuyen.apps.network.weighing import (
    Compared,
    Problem,
    chosen,
    compared,
    kinds_of,
    problem,
    sizes,
    unreached,
)
from tuyen.apps.registry.operations import Reorganise
from tuyen.apps.registry.queries import standing
from tuyen.engines.network import decision as engine
from tuyen.engines.network.decision_frontier import Point
from tuyen.engines.network.decision_frontier import frontier as _frontier
from tuyen.engines.network.decision_measure import Indicators, indicators
from tuyen.engines.network.decision_price import Price, price
from tuyen.engines.network.decision_problem import OPTIMAL
from tuyen.rules import network as rules

READ_PLANS, EDIT, DECIDE = "network.plan.read", "network.plan.edit", "network.plan.decide"
GAP = 0.005
"""An answer this close to its bound is good enough for a page."""


class PlanRow(NamedTuple):
    """A plan in the list. ``state``: draft, discarded, waits, withdrawn, in-force or undone."""

    id: UUID
    unit: UUID
    title: str
    on: date
    origin: str
    state: str
    proposal: UUID | None
    decision: UUID | None
    author: str
    changes: int
    changed_at: Any


class PlanPage(NamedTuple):
    row: PlanRow
    plan: Drawn
    basis: str
    reason: str
    wishes: Wishes | None
    answer: Answer | None
    broken: Sequence[Broken]
    compared: Compared
    problem: Problem
    paying: Paying
    offered: Sequence[Offered]
    worse: Worse | None

    @property
    def must(self) -> int:
        """Rules that must hold and do not."""
        return sum(one.must for one in self.broken)


class CheckRow(NamedTuple):
    """A line of the cut-over checklist; ``done`` None where nobody answered."""

    item: str
    when: str
    must: bool
    done: bool | None
    note: str
    on: date | None
    author: str


def plans(*, by: Actor) -> list[PlanRow]:
    """All plans, those changed last first. Four queries."""
    policies.check(by, READ_PLANS)
    found = list(NetworkPlan.objects.order_by("-changed_at", "-id").defer("sites", "merges"))
    where = _standings(by) if any(one.proposal_id for one in found) else {}
    names = access.names({one.author_id for one in found})
    return [_row(one, where, names) for one in found]


def _standings(by: Actor) -> dict[UUID, tuple[str, UUID | None]]:
    """Proposal -> (where it stands, the decision that it became)."""
    program = Actor.program(by.on)
    return {
        proposal: (one.state, None if one.state in ("waits", "withdrawn") else one.id)
        for one in standing.standings(by=program)
        if (proposal := one.id if one.state in ("waits", "withdrawn")
            else standing.proposed_as(by=program, decision=one.id)) is not None
    }  # fmt: skip


def _row(
    one: NetworkPlan, where: Mapping[UUID, tuple[str, UUID | None]], names: Mapping[Any, str]
) -> PlanRow:
    state, decision = one.state, None
    if one.state == "forward" and one.proposal_id is not None:
        state, decision = where.get(one.proposal_id, ("withdrawn", None))
    return PlanRow(
        one.pk, one.unit_id, one.title, one.on, one.origin, state, one.proposal_id, decision,
        names.get(one.author_id, ""), one.changes, one.changed_at,
    )  # fmt: skip


def drawn_of(one: NetworkPlan) -> Drawn:
    sites = {UUID(unit): planned.choice_of(choice) for unit, choice in one.sites.items()}
    pins = msgspec.convert(one.wishes, Wishes).pins if one.wishes else ()
    return Drawn(one.on, one.basis, sites, msgspec.convert(one.merges, list[MergedCommune]), pins)


def drawn(*, by: Actor, id: UUID) -> tuple[PlanRow, Drawn] | None:
    """A plan as it is drawn, with nothing weighed; None where there is none."""
    policies.check(by, READ_PLANS)
    one = NetworkPlan.objects.filter(pk=id).first()
    if one is None:
        return None
    where = _standings(by) if one.proposal_id else {}
    return _row(one, where, access.names({one.author_id})), drawn_of(one)


def plan(*, by: Actor, id: UUID) -> PlanPage | None:
    """A plan with the rules that it breaks and its figures beside those of today."""
    policies.check(by, READ_PLANS)
    one = NetworkPlan.objects.filter(pk=id).first()
    if one is None:
        return None
    where = _standings(by) if one.proposal_id else {}
    held = drawn_of(one)
    wishes = msgspec.convert(one.wishes, Wishes) if one.wishes else None
    asked = _asked(by, held, wishes or Wishes())
    kinds = kinds_of(asked, held.sites)
    figures = compared(asked, kinds, held)
    answer = _answer_of(one)
    return PlanPage(
        _row(one, where, access.names({one.author_id})), held, one.basis, one.reason, wishes, answer,
        [*planned.broken(held), *unreached(asked, kinds, held), *unpaid(asked, kinds, held, wishes)],
        figures, asked, paying(asked, kinds, wishes), offered(asked, kinds, held),
        worse(asked, kinds, figures),
    )  # fmt: skip


def untaught(*, by: Actor, page: PlanPage) -> list[Unmastered]:
    """What main stations of a plan offer without anybody who masters its technique. One query."""
    policies.check(by, READ_PLANS)
    asked = page.problem
    return unmastered(by=by, asked=asked, kinds=kinds_of(asked, page.plan.sites), plan=page.plan)


def continuing(*, by: Actor, page: PlanPage) -> list[Continued] | None:
    """Where the chronic patients of villages go on being followed under a plan; None where the reader may
    not see figures of care. One query for each programme."""
    policies.check(by, READ_PLANS)
    kinds = kinds_of(page.problem, page.plan.sites)
    return continued(by=by, asked=page.problem, kinds=kinds, plan=page.plan)


def _answer_of(one: NetworkPlan) -> Answer | None:
    """What the engine said of the plan as it stands; None once somebody changed it."""
    if not one.answer or one.answer.get("changes", 0) != one.changes:
        return None
    told = {key: value for key, value in one.answer.items() if key != "changes"}
    return msgspec.convert(told, Answer)


def _asked(by: Actor, drawn: Drawn, wishes: Wishes) -> Problem:
    """The question to the engine. Three queries more where places count."""
    known = measured(by=by, on=drawn.day)
    work = load(by=by, on=drawn.day, people=float(known.ground.people.sum())) if wishes.capacity \
        else None  # fmt: skip
    return problem(drawn, known, table(known.scores, known.ground.sites), wishes, work)


def _blank(on: date, merges: Sequence[MergedCommune]) -> Drawn:
    return Drawn(on, "", planned.present(on), merges)


class Answered(NamedTuple):
    """What the engine would do; ``clashes`` where the wishes cannot be kept together, ``empty`` where
    nobody is there to be served."""

    sites: tuple[SiteChoice, ...]
    answer: Answer | None
    clashes: tuple[Clash, ...] = ()
    eases: tuple[Ease, ...] = ()
    empty: bool = False


def answered(
    *, by: Actor, on: date, merges: Sequence[MergedCommune], wishes: Wishes
) -> Answered:  # fmt: skip
    """What the engine would do under these wishes, with its bound; or which rules are in conflict and
    what would do. Without shared limits every commune is decided by itself, exactly."""
    policies.check(by, EDIT)
    loading.need(loading.DECISIONS)
    drawn = _blank(on, merges)
    asked = _asked(by, drawn, wishes)
    coupled = shared(wishes)
    if not asked.units or (coupled and not asked.villages):
        return Answered((), None, empty=True)
    if coupled:
        found = engine.decide(
            asked.after, asked.demand, asked.minutes, asked.rules, gap=GAP, why=False
        )
    else:
        found = engine.separable(asked.after, asked.demand, asked.minutes, asked.rules)
    if found.objective is None:
        return Answered((), None, *clashing(asked, drawn, wishes))
    status: Any = "optimal" if found.status == OPTIMAL else "feasible"
    answer = Answer(status=status, objective=found.objective, bound=found.bound, gap=found.gap)
    return Answered(chosen(asked, found.kind), answer)


class Frontier(NamedTuple):
    """Plans with what becomes of each site, and the figures of ``today`` (None where there is no plan)."""

    points: Sequence[tuple[Point, tuple[SiteChoice, ...]]]
    today: Indicators | None


def frontier(
    *, by: Actor, on: date, merges: Sequence[MergedCommune], wishes: Wishes, points: int = 9
) -> Frontier:
    """Plans of which none is better on access, cost and disruption at once, the dearest first."""
    policies.check(by, EDIT)
    loading.need(loading.DECISIONS)
    asked = _asked(by, _blank(on, merges), wishes)
    if not asked.units or not asked.villages:
        return Frontier((), None)
    found = _frontier(asked.after, asked.demand, asked.minutes, asked.rules, points=points, gap=GAP)
    today = indicators(asked.before, asked.demand_before, asked.minutes, asked.was, asked.rules)
    return Frontier([(point, chosen(asked, point.plan.kind)) for point in found], today)


def price_of(*, by: Actor, id: UUID) -> tuple[Price, Problem] | None:
    """A plan against the best that the same rules allow; None where there is no such plan."""
    page = plan(by=by, id=id)
    if page is None:
        return None
    loading.need(loading.DECISIONS)
    asked = page.problem
    if not asked.units or not asked.villages:
        return None
    kinds = kinds_of(asked, page.plan.sites)
    found = price(kinds, asked.after, asked.demand, asked.minutes, asked.rules, gap=GAP)
    return None if found is None else (found, asked)


def decision_of(*, by: Actor, id: UUID) -> Reorganise | None:
    """The one reorganisation that a plan becomes."""
    policies.check(by, READ_PLANS)
    one = NetworkPlan.objects.filter(pk=id).first()
    if one is None:
        return None
    drawn = drawn_of(one)
    return planned.decision(drawn, sizes(by, drawn) if drawn.merges else {})


def moves(*, by: Actor, id: UUID) -> list[MoveLine]:
    """What moves with a plan and where to, settled or proposed, with what the registers say of it."""
    policies.check(by, READ_PLANS)
    one = NetworkPlan.objects.filter(pk=id).first()
    if one is None:
        return []
    return lines(by=by, plan=drawn_of(one), moves=msgspec.convert(one.moves, tuple[Move, ...]))


def cutover(*, by: Actor, id: UUID) -> list[CheckRow]:
    """The cut-over checklist of a plan as it was answered last. Two queries."""
    policies.check(by, READ_PLANS)
    held = {one.item: one for one in CutoverCheck.objects.filter(plan_id=id)}
    names = access.names({one.author_id for one in held.values()})
    rows = []
    for item in rules.cutover():
        one = held.get(item.key)
        rows.append(CheckRow(
            item.key, item.when, item.must, one.done if one else None, one.note if one else "",
            one.on if one else None, names.get(one.author_id, "") if one else "",
        ))  # fmt: skip
    return rows
