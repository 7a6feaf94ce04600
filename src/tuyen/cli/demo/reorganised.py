"""The demo's decided plan: three satellite points become mobile stops, so long ago that visits, doses and
stock are on record on both sides of the day, and what came of it can be watched."""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import structs

from tuyen.apps.access.actors import Actor
from tuyen.apps.network import queries
from tuyen.apps.network.operations import (
    CheckCutover,
    DraftPlan,
    Move,
    PutPlanForward,
    SettleMoves,
    SiteChoice,
)
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import ProposeReorganisation
from tuyen.cli.demo.names import Names
from tuyen.cli.demo.outreach import station
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation
from tuyen.rules import network as rules

POINTS = 3
_TITLE = "Chuyển ba điểm trạm thành điểm khám lưu động"
_BASIS = "Quyết định số 15/QĐ-SYT (bản mẫu)"


def day_of(until: date) -> date:
    """The Monday of the ninth week before the last: a switch between two weeks."""
    back = until - timedelta(days=60)
    return back - timedelta(days=back.weekday())


def steps(made: Province, names: Names, root: str, until: date) -> Iterator[list[Operation]]:
    """The plan, what moves with it, and its decision: each step is asked for when the last is kept."""
    unit, on = names.unit(root), day_of(until)
    drafted, proposed = on - timedelta(days=40), on - timedelta(days=20)
    atlas, own = registry.atlas(), station(made, names)
    points = [
        id for id in sorted(atlas.units("satellite_point", on), key=str)
        if own not in atlas.related(id, "satellite_of", on)
    ][:POINTS]  # fmt: skip
    sites = tuple(SiteChoice(unit=id, kind="mobile") for id in points)
    draft = DraftPlan(title=_TITLE, on=on, basis=_BASIS, origin="present", sites=sites)
    plan = names.operation(draft, "plan", unit=unit, on=drafted)
    yield [plan]
    by = Actor.program(drafted)
    moves = tuple(
        Move(site=one.site, kind=one.kind, what=str(one.piece or one.what), to=one.to,  # type: ignore[arg-type]
             member=one.member)
        for one in queries.moves(by=by, id=plan.id)
    )  # fmt: skip
    settled = SettleMoves(plan=plan.id, moves=moves)
    decision = queries.decision_of(by=by, id=plan.id)
    assert decision is not None
    proposal = names.operation(
        ProposeReorganisation(decision=decision), "plan", unit=unit, on=proposed
    )
    yield [names.operation(settled, "plan", unit=unit, on=drafted), proposal]
    forward = PutPlanForward(plan=plan.id, proposal=proposal.id)
    confirmed = structs.replace(decision, proposal=proposal.id)
    yield [
        names.operation(forward, "plan", unit=unit, on=proposed),
        *(
            names.operation(CheckCutover(plan=plan.id, item=line.key, done=True), "plan", line.key,
                            unit=unit, on=on)
            for line in rules.cutover() if line.when != "after"
        ),
        names.operation(confirmed, "plan", unit=unit, on=on - timedelta(days=14)),
    ]  # fmt: skip
