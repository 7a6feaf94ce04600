"""The switches of 2025 and 2026 as dated decisions: Lai Châu, Nậm Pồ, functions and posts of agencies."""

from collections import Counter
from datetime import date, timedelta

import pytest
from msgspec import structs

from tests.unit.apps.registry.conftest import AFTER, BEFORE, MERGER, NOW, TODAY
from tests.unit.apps.registry.provinces import tables
from tuyen.apps.access.models import Holding, Post
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import areas
from tuyen.apps.registry.operations import (
    Conversion,
    CreateUnit,
    Gift,
    Link,
    ProposeReorganisation,
    ProposeUndo,
    Reorganise,
    Tie,
    UndoReorganisation,
)
from tuyen.apps.workforce import queries as workforce
from tuyen.apps.workforce.operations import AnswerTransfer, ProposeTransfer, RegisterMember
from tuyen.apps.workforce.operations import Post as Work
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation

COMMUNES_OWN = date(2026, 1, 1)  # from this day a station is a unit of the commune
LABOUR = date(2025, 5, 1)
HELD = date(2020, 1, 1)


def by(person, payload, unit):
    """Send as a person, who must be allowed to; gives the operation's id."""
    operation = Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW)
    (receipt,) = commit(by=person, operations=[operation], at=NOW)
    assert receipt.ok, receipt.refusal
    return receipt.id


def decided(decision, unit, first, second):
    """One proposes and another confirms, as a province does it."""
    proposal = by(first, ProposeReorganisation(decision=decision), unit)
    return by(second, structs.replace(decision, proposal=proposal), unit)


def undone(decision, unit, first, second):
    said = "Bãi bỏ"
    proposal = by(first, ProposeUndo(decision=decision, reason=said), unit)
    by(second, UndoReorganisation(decision=decision, reason=said, proposal=proposal), unit)


@pytest.fixture
def lai_chau(world):
    """Eight centres of districts with a station in each of the 106 communes, merged on their day."""
    loading = areas.area_operations("12", NOW)
    assert all(r.ok for r in world.commit([o for o in loading if "create" in o.kind]))
    atlas = world.atlas
    (root,) = atlas.provinces(BEFORE)
    centre = {d: derived_id(d, "centre") for d in atlas.units("district", BEFORE)}
    station = {c: derived_id(c, "station") for c in atlas.communes(BEFORE)}
    world.good(
        *(CreateUnit(type="district_health_centre", name=f"TTYT {atlas.name(d, BEFORE)}",
                     relations=(Tie(kind="lies_in", object=root),)) for d in centre),
        ids=list(centre.values()),
    )  # fmt: skip
    (district,) = ({c: atlas.related(c, "lies_in", BEFORE)[0] for c in station},)
    world.good(
        *(CreateUnit(type="station", name=f"Trạm {atlas.name(c, BEFORE)}", relations=tuple(
            Tie(kind=kind, object=object) for kind, object in (
                ("lies_in", c), ("serves", c), ("owned_by", centre[district[c]]),
                ("guided_by", centre[district[c]]))))
          for c in station),
        ids=list(station.values()),
    )  # fmt: skip
    assert all(r.ok for r in world.commit([o for o in loading if "create" not in o.kind]))
    return root, list(centre.values()), station


def served_once(atlas, on):
    """How many stations each commune of a day has."""
    return Counter(
        sum(atlas.type(s, on) == "station" for s in atlas.subjects(c, "serves", on))
        for c in atlas.communes(on)
    )


def test_r096_lai_chau_decides_46_units_for_one_day_and_takes_it_back(world, lai_chau, holder):
    root, centres, station = lai_chau
    first, second = (holder(("planner", root)) for _ in range(2))
    atlas, main, converts = world.atlas, {}, []
    for old, unit in station.items():
        stays = main.setdefault(atlas.commune_of(old, AFTER), unit)
        if stays != unit:
            converts.append(Conversion(unit=unit, type="satellite_point", satellite_of=stays))
    converts += [Conversion(unit=id, type="health_centre") for id in centres]
    before = tables("UndoProposal")

    decision = decided(
        Reorganise(on=MERGER, basis="Đề án", converts=tuple(converts)), root, first, second
    )

    atlas = world.atlas
    counted = [
        {type: len(atlas.units(type, on)) for type in
         ("district_health_centre", "health_centre", "station", "satellite_point")}
        for on in (BEFORE, AFTER)
    ]  # fmt: skip
    assert counted == [
        {"district_health_centre": 8, "health_centre": 0, "station": 106, "satellite_point": 0},
        {"district_health_centre": 0, "health_centre": 8, "station": 38, "satellite_point": 68},
    ]
    # No commune is without its station, and no station without its centre, on either side (R097).
    assert (served_once(atlas, BEFORE), served_once(atlas, AFTER)) == ({1: 106}, {1: 38})
    for on in (BEFORE, AFTER):
        assert Counter(len(atlas.related(s, "guided_by", on)) for s in station.values()) == {1: 106}
    undone(decision, root, first, second)
    assert tables("UndoProposal") == before
    assert len(world.atlas.units("station", AFTER)) == 106


@pytest.fixture
def nam_po(world):
    """The centre of Nậm Pồ as in November 2025: four communes with a station each, eight points."""
    world.load("11")
    four = [world.commune(code) for code in ("03166", "03176", "03169", "03175")]
    centre = world.open("health_centre", "Trung tâm y tế khu vực Nậm Pồ", since=MERGER)
    stations, points = [], []
    for n, commune in enumerate(four):
        held = [("lies_in", commune), ("owned_by", centre), ("guided_by", centre)]
        stations.append(
            world.open("station", f"Trạm {n}", *held, ("serves", commune), since=MERGER)
        )
        points += [
            world.open("satellite_point", f"Điểm trạm {n}.{k}", *held,
                       ("satellite_of", stations[-1]), since=MERGER) for k in (0, 1)
        ]  # fmt: skip
    return centre, four, stations, points


def test_r095_the_owner_changes_on_1_january_2026_and_the_guide_does_not(world, nam_po, holder):
    centre, four, stations, points = nam_po
    (root,) = world.atlas.provinces(AFTER)
    first, second = (holder(("planner", root)) for _ in range(2))
    links = [
        Link(subject=s, kind="owned_by", object=c) for s, c in zip(stations, four, strict=True)
    ]
    links += [Link(subject=p, kind="owned_by", object=stations[n // 2]) for n, p in enumerate(points)]  # fmt: skip
    before, eve = tables("UndoProposal"), COMMUNES_OWN - timedelta(days=1)

    decision = decided(
        Reorganise(on=COMMUNES_OWN, basis="TT 43/2025/TT-BYT", relates=tuple(links)),
        root, first, second,
    )  # fmt: skip

    atlas, sites = world.atlas, {*stations, *points}
    assert (len(stations), len(points)) == (4, 8)
    assert set(atlas.subjects(centre, "owned_by", eve)) == sites
    assert atlas.subjects(centre, "owned_by", COMMUNES_OWN) == []
    assert [atlas.related(s, "owned_by", COMMUNES_OWN) for s in stations] == [[c] for c in four]
    assert sites <= atlas.reach(centre, "owned", eve)
    assert atlas.reach(centre, "owned", COMMUNES_OWN) == {centre}
    for on in (eve, COMMUNES_OWN):
        assert {*sites, *four} <= atlas.reach(centre, "guided", on), "guidance goes on"
    undone(decision, root, first, second)
    assert tables("UndoProposal") == before


@pytest.fixture
def agencies(world):
    """Two departments and two inspectorates of a province."""
    root = world.open("province", "Lai Châu")
    inside = ("lies_in", root)
    health = world.open("department", "Sở Y tế", inside, functions=("prevention", "population"))
    labour = world.open("department", "Sở Lao động", inside, functions=("social_protection",))
    own = world.open("department", "Thanh tra Sở Y tế", inside, ("owned_by", health))
    province = world.open("department", "Thanh tra tỉnh", inside)
    return root, health, labour, own, province


def registered(world, unit, number):
    return world.good(
        *(RegisterMember(name=f"Lò Văn {n}", post=Work(cadre="other", since=HELD)) for n in range(number)),
        unit=unit,
    )  # fmt: skip


def at_work(world, on, *units):
    counts = workforce.staff_by_unit(by=world.by, on=on, map_on=on)
    return [sum(counts.get(unit, {}).values()) for unit in units]


def test_r098_a_function_and_its_people_pass_to_the_health_department_on_their_day(
    world, agencies, holder
):
    root, health, labour, *_ = agencies
    people, eve = registered(world, labour, 3), LABOUR - timedelta(days=1)
    wanted = world.good(
        *(ProposeTransfer(member=one, since=LABOUR, reason="Tiếp nhận") for one in people),
        unit=health,
    )
    world.good(*(AnswerTransfer(transfer=one, accepted=True) for one in wanted), unit=labour)
    taken = ("prevention", "population", "social_protection")
    first, second = (holder(("planner", root)) for _ in range(2))
    before = tables("UndoProposal")

    decision = decided(
        Reorganise(on=LABOUR, basis="Tiếp nhận chức năng", converts=(
            Conversion(unit=labour, type="department", functions=()),
            Conversion(unit=health, type="department", functions=taken),
        )), root, first, second,
    )  # fmt: skip

    atlas = world.atlas
    held = [(set(atlas.functions(labour, on)), set(atlas.functions(health, on))) for on in (eve, LABOUR)]  # fmt: skip
    assert held == [({"social_protection"}, set(taken[:2])), (set(), set(taken))]
    assert [at_work(world, on, labour, health) for on in (eve, LABOUR)] == [[3, 0], [0, 3]]
    undone(decision, root, first, second)
    assert tables("UndoProposal") == before


def test_r099_four_posts_go_to_the_provincial_inspectorate_with_those_who_hold_them(
    world, agencies, holder
):
    root, _health, _labour, own, province = agencies
    users = world.good(*(OpenAccount(login=f"thanhtra{n}", name=f"Lò {n}") for n in range(4)))
    posts = world.good(*(CreatePost(role="planner", since=HELD) for _ in range(4)), unit=own)
    world.good(*(Appoint(post=p, user=u, since=HELD) for p, u in zip(posts, users, strict=True)),
               unit=own)  # fmt: skip
    registered(world, own, 4)
    first, second = (holder(("planner", root)) for _ in range(2))
    before = tables("UndoProposal")

    decision = decided(
        Reorganise(on=MERGER, basis="Đề án thanh tra",
                   gives=(Gift(predecessor=own, successor=province),)), root, first, second,
    )  # fmt: skip

    moved = Post.objects.filter(unit_id=province, since=MERGER)
    assert (len(moved), set(Post.objects.filter(unit_id=own).values_list("until", flat=True))) == (
        4,
        {MERGER},
    )
    assert set(Holding.objects.filter(post__in=moved).values_list("user_id", flat=True)) == set(users)  # fmt: skip
    assert [at_work(world, on, own, province) for on in (BEFORE, AFTER)] == [[4, 0], [0, 4]]
    undone(decision, root, first, second)
    assert tables("UndoProposal") == before
