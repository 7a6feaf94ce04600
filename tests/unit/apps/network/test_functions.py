"""What a satellite point does under a plan: chosen, refused, in coverage and list, on the map and back."""

from datetime import date

import pytest

from tests.unit.apps.network.conftest import PROGRAM, codes, op, place, small_map
from tests.unit.apps.network.test_plans import drafted, plan
from tests.unit.apps.registry.conftest import member, world  # noqa: F401  # fixtures
from tests.unit.apps.registry.provinces import Province, tables
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.queries import Control, ControlRow
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import moving, places, queries
from tuyen.apps.network.operations import ChangePlan, DraftPlan, SiteChoice, Wishes
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import UndoReorganisation
from tuyen.kernel.operation import KINDS
from tuyen.rules import network as rules

ON = date(2027, 1, 1)


def point(name, *functions, kind="satellite"):
    return SiteChoice(unit=place(name), kind=kind, functions=functions or None)


def converted(id):
    found = queries.decision_of(by=PROGRAM, id=id).converts
    return {one.unit: (one.type, one.functions) for one in found}


def lines(id, on=ON):
    return {
        (one.site, one.function): (one.to, one.taken, one.done)
        for one in moving.functions(plan(id).plan, on)
    }


def test_a_point_is_given_less_and_more_to_do_and_coverage_and_list_say_so(db, monkeypatch):
    written = small_map({"pN": ["examination", "chronic"], "stN": ["examination"]})
    monkeypatch.setattr(places, "atlas", lambda: written)
    before = {one.service: one.near for one in plan(drafted()).offered}

    id = drafted(point("pN", "chronic", "immunisation", "immunisation"))

    after = {one.service: one.near for one in plan(id).offered}
    assert plan(id).plan.sites[place("pN")].functions == ("chronic", "immunisation")
    assert before["immunisation"][1] < after["immunisation"][1]
    assert after["chronic"][1] == after["chronic"][0]
    assert converted(id) == {place("pN"): ("satellite_point", ("chronic", "immunisation"))}
    assert lines(id) == {
        (place("pN"), "examination"): (place("stN"), False, False),
        (place("pN"), "immunisation"): (place("pN"), True, False),
    }
    assert replay().same


def test_what_a_point_does_stays_where_nobody_chose_and_only_points_are_given_it(db):
    id = drafted(point("pN", "chronic"), point("pM", "chronic", kind="mobile"))
    assert plan(id).plan.sites[place("pM")].functions is None
    assert converted(id)[place("pM")] == ("satellite_point", ("mobile_clinic", "immunisation"))

    change = ChangePlan(plan=id, sites=(point("pN"), point("pM")))
    assert codes(op(change, "P")) == ["accepted"]

    assert converted(id) == {}
    assert lines(id) == {}


def test_a_function_that_is_on_no_list_is_refused(db):
    draft = DraftPlan(title="Phương án", on=ON, origin="present", sites=(point("pN", "surgery"),))

    assert codes(op(draft, "P")) == ["unknown-function"]


@pytest.mark.parametrize(("kind", "version"), [("draft_plan", 2), ("change_plan", 2)])
def test_plans_of_before_say_nothing_of_functions(kind, version):
    found = next(one for one in KINDS if one.name == f"network.{kind}")
    said = {"sites": [{"unit": str(place("pN")), "kind": "satellite", "destination": ""}]}

    assert found.upcasts[version](said) == said


@pytest.fixture
def own_map(db):
    """The map is the registry's own."""


def test_the_decision_gives_the_point_its_functions_on_its_day_and_an_undo_takes_them_back(
    own_map,
    world,  # noqa: F811
    member,  # noqa: F811
):
    """A commune has a station and a second one, which becomes a point for immunisation and mobile clinics."""
    at = Province(world, member)
    on = date(2026, 10, 1)
    inside = (("lies_in", at.communes[0]), ("satellite_of", at.stations[0]))
    units = [world.open("satellite_point", f"Điểm {n}", *inside) for n in (0, 1)]
    chosen = SiteChoice(
        unit=units[0], kind="satellite", functions=("immunisation", "mobile_clinic")
    )
    draft = DraftPlan(title="Sắp xếp", on=on, basis="QĐ thử", origin="present", sites=(chosen,),
                      wishes=Wishes())  # fmt: skip
    (id,) = world.good(draft, unit=at.province)
    before = tables()

    (decision,) = world.good(queries.decision_of(by=world.by, id=id), unit=at.province)

    atlas = registry.atlas()
    assert set(atlas.functions(units[0], on)) == {"immunisation", "mobile_clinic"}
    assert [list(atlas.functions(unit, day)) for unit in units for day in (date(2026, 9, 30),)] == [[], []]  # fmt: skip
    assert list(atlas.functions(units[1], on)) == []
    done = moving.functions(queries.plan(by=world.by, id=id).plan, on)
    assert {(one.function, one.taken, one.done) for one in done} == {
        ("mobile_clinic", True, True), ("examination", False, True), ("prevention", False, True),
        ("chronic", False, True),
    }  # fmt: skip
    world.good(UndoReorganisation(decision=decision, reason="thử"), unit=at.province)
    assert tables() == before


@pytest.fixture
def ill(monkeypatch):
    """Patients by village: 40 at m2 beside the point of M, 5 at m1, 3 of nobody knows where."""

    def told(*, by, programme, on, villages):
        assert villages
        counts = {place("m2"): 40, place("m1"): 5, None: 3} if programme == "hypertension" else {}
        rows = [ControlRow(unit, "", {"registered": n}) for unit, n in counts.items()]
        return Control(programme, on, rows, ControlRow(None, "", {}), None)

    monkeypatch.setattr(clinical, "control", told)
    monkeypatch.setattr(rules, "norm", lambda key, on, norm=rules.norm: 10 if key == "reach_far" else norm(key, on))  # fmt: skip


def test_patients_who_lose_their_place_are_told_by_village(db, ill):
    """Within 10 minutes m2 reaches its point alone: as a mobile stop, or without chronic care, it is lost."""
    held = queries.continuing(by=PROGRAM, page=plan(drafted()))
    assert [(one.programme, one.patients, one.before, one.after, one.lost, one.unplaced) for one in held] == [
        ("hypertension", 48, 45, 45, [], 3)]  # fmt: skip

    for site in (point("pM", kind="mobile"), point("pM", "immunisation")):
        (told,) = queries.continuing(by=PROGRAM, page=plan(drafted(site)))
        assert (told.before, told.after, told.lost) == (45, 5, [(place("m2"), 40)])
    (kept,) = queries.continuing(by=PROGRAM, page=plan(drafted(point("pM", "chronic"))))
    assert (kept.after, kept.lost) == (45, [])
