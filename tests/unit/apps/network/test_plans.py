"""Plans: drawn, changed, held against today, answered by the engine, put forward, applied and undone."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.network.conftest import PROGRAM, codes, op, place
from tests.unit.apps.registry.conftest import home, member, world  # noqa: F401  # fixtures
from tests.unit.apps.registry.provinces import Province, tables
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import planned, queries
from tuyen.apps.network.operations import (
    ChangePlan,
    CheckCutover,
    DiscardPlan,
    DraftPlan,
    MergedCommune,
    PutPlanForward,
    SiteChoice,
    Wishes,
)
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import UndoReorganisation
from tuyen.kernel.ids import uuid7

ON = date(2027, 1, 1)


def choice(name, kind, destination=""):
    return SiteChoice(unit=place(name), kind=kind, destination=destination)


def drafted(*sites, **changes):
    plain = {"title": "Phương án 1", "on": ON, "basis": "QĐ thử", "origin": "present"} | changes
    draft = op(DraftPlan(sites=sites, **plain), "P")
    assert codes(draft) == ["accepted"]
    return draft.id


def plan(id):
    return queries.plan(by=PROGRAM, id=id)


def broken(id):
    return [(one.refusal.code.removeprefix("network."), one.must) for one in plan(id).broken]


def test_a_plan_begun_from_what_stands_breaks_nothing_and_changes_nothing(db):
    page = plan(drafted())

    assert (page.broken, page.must, page.row.state) == ([], 0, "draft")
    assert page.compared.stations == (2, 2)
    assert {line.change for line in page.compared.communes} == {0.0}
    assert page.compared.quota[0] == page.compared.quota[1] == 12


def test_a_commune_without_a_main_station_and_one_with_two_are_told_in_red(db):
    id = drafted(choice("stM", "satellite"), choice("pN", "main"))

    assert broken(id) == [("commune-without-station", True), ("two-main-stations", True)]
    assert codes(op(PutPlanForward(plan=id, proposal=uuid7()), "P")) == ["commune-without-station"]


def test_a_closed_building_says_what_it_serves_and_a_far_point_is_told(db):
    id = drafted(choice("pN", "repurposed"))

    assert broken(id) == [("destination-missing", True)]
    assert codes(op(ChangePlan(plan=id, sites=(choice("pN", "repurposed", "school"),)), "P")) == [
        "accepted"
    ]
    assert broken(id) == []
    assert plan(id).compared.after.closures == 1


@pytest.mark.parametrize(
    ("sites", "changes", "code"),
    [
        ((choice("stM", "main"), choice("stM", "satellite")), {}, "site-twice"),
        ((choice("cM", "main"),), {}, "no-such-site"),
        ((), {"merges": (MergedCommune(id=uuid7(), type="commune", name="X",
                                       of=(place("M"), place("m1"))),)}, "no-such-commune"),
        ((), {"merges": tuple(MergedCommune(id=uuid7(), type="commune", name=n,
                                            of=(place("M"), place("N"))) for n in "XY")}, "merged-twice"),
    ],
)  # fmt: skip
def test_a_plan_of_what_is_not_there_is_refused(db, sites, changes, code):
    draft = DraftPlan(title="Phương án", on=ON, origin="present", sites=sites, **changes)
    assert codes(op(draft, "P")) == [code]


def test_a_plan_is_changed_discarded_and_then_changed_no_more(db):
    id = drafted()
    changed = ChangePlan(plan=id, title="Phương án 2", sites=(choice("pM", "mobile"),))

    assert codes(
        op(changed, "P"), op(CheckCutover(plan=id, item="stock", done=True, note="Đã kiểm"), "P"),
        op(CheckCutover(plan=id, item="nothing", done=True), "P"),
        op(DiscardPlan(plan=id, reason="Không khả thi"), "P"), op(changed, "P"),
        op(ChangePlan(plan=uuid7(), title="Khác hẳn"), "P"),
    ) == ["accepted", "accepted", "unknown-cutover-item", "accepted", "unknown-plan", "unknown-plan"]  # fmt: skip
    assert (plan(id).row.title, plan(id).row.state, plan(id).row.changes) == (
        "Phương án 2", "discarded", 1,
    )  # fmt: skip
    assert [row.item for row in queries.cutover(by=PROGRAM, id=id) if row.done] == ["stock"]


def test_the_engine_answers_with_its_bound_or_says_what_cannot_be_kept(db):
    sites, answer, *_none = queries.answered(by=PROGRAM, on=ON, merges=(), wishes=Wishes())
    page = plan(drafted(*sites, origin="engine", wishes=Wishes(), answer=answer))

    assert (answer.status, page.must) == ("optimal", 0)
    assert queries.price_of(by=PROGRAM, id=page.row.id)[0].points == pytest.approx(0, abs=1e-6)


def test_plans_take_constant_statements_and_are_rebuilt_by_a_replay(db):
    counted = []
    for many in (1, 6):
        drafts = [op(DraftPlan(title=f"Số {n}", on=ON, origin="present"), "P") for n in range(many)]
        with CaptureQueriesContext(connection) as asked:
            assert set(codes(*drafts)) == {"accepted"}
            assert set(codes(*(op(ChangePlan(plan=d.id, title="Khác hẳn"), "P") for d in drafts))) == {
                "accepted"}  # fmt: skip
        counted.append(len(asked))

    assert counted[0] == counted[1]
    assert replay().same


@pytest.fixture
def own_map(db):
    """The map is the registry's own."""


def test_many_communes_become_few_with_a_main_station_each_and_an_undo_gives_every_row_back(
    own_map,
    world,  # noqa: F811
    member,  # noqa: F811
):
    """129 -> 45 + 84 in small: six communes with a station each become two; then every row is back."""
    at = Province(world, member)
    on = date(2026, 10, 1)
    merges = tuple(
        MergedCommune(id=uuid7(), type="commune", name=f"Mới {k}", full_name=f"Xã Mới {k}",
                      of=tuple(at.communes[3 * k : 3 * k + 3]))
        for k in (0, 1)
    )  # fmt: skip
    kinds = {at.stations[n]: "main" if n in (1, 5) else "satellite" for n in range(5)}
    sites = [SiteChoice(unit=id, kind=kind) for id, kind in kinds.items()]
    gone = SiteChoice(unit=at.stations[5], kind="main")
    (id,) = world.good(
        DraftPlan(title="Sắp xếp", on=on, basis="QĐ thử", origin="present", merges=merges,
                  sites=(*sites, gone)), unit=at.province,
    )  # fmt: skip
    before = tables()
    page = queries.plan(by=world.by, id=id)
    assert page.must == 0

    (decision,) = world.good(queries.decision_of(by=world.by, id=id), unit=at.province)

    atlas = registry.atlas()
    assert atlas.communes(on) == sorted((m.id for m in merges), key=lambda c: atlas.name(c, on))
    assert len(atlas.units("station", on)) == 2
    assert len(atlas.units("satellite_point", on)) == 4
    for merge in merges:
        (station,) = atlas.subjects(merge.id, "serves", on)
        assert atlas.type(station, on) == "station"
        assert {atlas.related(p, "satellite_of", on)[0] for p in at.stations
                if atlas.type(p, on) == "satellite_point"
                and atlas.commune_of(p, on) == merge.id} == {station}  # fmt: skip
    world.good(UndoReorganisation(decision=decision, reason="thử"), unit=at.province)
    assert tables() == before
    assert planned.present(on).keys() == set(at.stations)
