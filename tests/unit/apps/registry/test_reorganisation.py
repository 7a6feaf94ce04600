"""What a reorganisation does to the map: small ones by hand, real ones from the gazetteer."""

from collections import Counter
from datetime import date

import pytest

from tests.unit.apps.registry.conftest import AFTER, BEFORE, MERGER, NOW
from tuyen.apps.registry import areas
from tuyen.apps.registry.operations import (
    ChangeUnit,
    Conversion,
    CreateUnit,
    Gift,
    Link,
    Opening,
    Reorganise,
    Tie,
)
from tuyen.engines.registry.stations import merge_stations
from tuyen.kernel.ids import derived_id, uuid7


class Three:
    """Three communes with a station and a village each, guided by one district health centre."""

    def __init__(self, world):
        self.world = world
        self.province = world.open("province", "Điện Biên")
        inside = ("lies_in", self.province)
        self.centre = world.open("district_health_centre", "TTYT huyện Nậm Pồ", inside)
        self.communes, self.stations, self.villages = [], [], []
        for n, name in enumerate(["Nà Hỳ", "Nà Khoa", "Nậm Nhừ"]):
            commune = world.open("commune", name, inside, point=(103.0 + n / 10, 21.9))
            self.communes.append(commune)
            here = ("lies_in", commune)
            self.villages.append(world.open("village", f"Bản {n}", here))
            ties = (here, ("serves", commune), ("guided_by", self.centre))
            self.stations.append(world.open("station", f"Trạm {name}", *ties))

    def merge(self, **rest):
        new = uuid7()
        opening = Opening(id=new, type="commune", name="Nà Hỳ", full_name="Xã Nà Hỳ", **rest)
        gives = tuple(Gift(predecessor=old, successor=new) for old in self.communes)
        converts = tuple(
            Conversion(unit=unit, type="satellite_point", satellite_of=self.stations[0],
                       name=f"Điểm trạm {n}")
            for n, unit in enumerate(self.stations[1:])
        )  # fmt: skip
        self.world.good(
            Reorganise(on=MERGER, basis="NQ 1661", opens=(opening,), gives=gives, converts=converts)
        )
        return new


@pytest.fixture
def three(world):
    return Three(world)


def test_a_merger_closes_the_old_and_opens_the_new_on_the_day(world, three):
    new = three.merge()
    atlas = world.atlas

    assert set(atlas.communes(BEFORE)) == set(three.communes)
    assert atlas.communes(AFTER) == [new]
    assert [fact.event for fact in atlas.predecessors(new)] == ["merge"] * 3
    assert all(atlas.current(old, AFTER) == [(new, 1.0)] for old in three.communes)


def test_what_the_new_unit_does_not_say_it_takes_over(world, three):
    new = three.merge()

    assert world.atlas.related(new, "lies_in", AFTER) == [three.province]
    assert world.atlas.point(new, AFTER) == (103.0, 21.9)


def test_villages_and_facilities_pass_to_the_successor(world, three):
    new = three.merge()

    for unit in [*three.villages, *three.stations]:
        assert world.atlas.commune_of(unit, AFTER) == new
        assert world.atlas.commune_of(unit, BEFORE) in three.communes


def test_a_station_that_becomes_a_point_is_the_same_unit_of_another_type(world, three):
    new = three.merge()
    main, *points = three.stations
    atlas = world.atlas

    assert [atlas.type(unit, BEFORE) for unit in points] == ["station"] * 2
    assert [atlas.type(unit, AFTER) for unit in points] == ["satellite_point"] * 2
    assert set(atlas.subjects(main, "satellite_of", AFTER)) == set(points)
    assert atlas.related(main, "serves", AFTER) == [new]
    assert all(atlas.related(unit, "serves", AFTER) == [] for unit in points)
    assert atlas.name(points[0], AFTER) == "Điểm trạm 0"
    assert atlas.name(points[0], BEFORE) == "Trạm Nà Khoa"


def test_both_lines_of_authority_pass_as_they_are(world, three):
    three.merge()

    assert set(world.atlas.subjects(three.centre, "guided_by", AFTER)) == set(three.stations)


def test_ownership_and_guidance_change_on_their_own_days(world, three):
    new = three.merge()
    main = three.stations[0]
    world.good(
        Reorganise(
            on=date(2026, 1, 1), basis="TT 43/2025",
            relates=(Link(subject=main, kind="owned_by", object=new),),
        )
    )  # fmt: skip
    atlas = world.atlas

    assert atlas.related(main, "owned_by", date(2025, 12, 31)) == []
    assert atlas.related(main, "owned_by", date(2026, 1, 1)) == [new]
    assert atlas.related(main, "guided_by", date(2026, 1, 1)) == [three.centre]


def test_a_split_shares_counts_and_gives_history_to_the_main_successor(world, three):
    a, b = uuid7(), uuid7()
    old = three.communes[0]
    world.good(
        Reorganise(
            on=MERGER, basis="NQ",
            opens=(Opening(id=a, type="commune", name="A"), Opening(id=b, type="ward", name="B")),
            gives=(
                Gift(predecessor=old, successor=a, weight=0.4),
                Gift(predecessor=old, successor=b, weight=0.6),
            ),
        )
    )  # fmt: skip
    done = world.atlas.rebase(AFTER).rebase([old], [[10]])

    assert dict(zip(done.unit_ids, done.counts[:, 0], strict=True)) == {a: 4, b: 6}
    assert (done.lower[:, 0].tolist(), done.upper[:, 0].tolist()) == ([0, 0], [10, 10])
    assert world.atlas.commune_of(old, AFTER) == b
    assert old in world.atlas.reach(b, "own", AFTER)
    assert old not in world.atlas.reach(a, "own", AFTER)


def test_a_transfer_leaves_the_giver_where_it_is(world, three):
    giver, taker, _ = three.communes
    world.good(
        Reorganise(
            on=MERGER, basis="NQ",
            gives=(
                Gift(predecessor=giver, successor=giver, weight=0.9, main=True),
                Gift(predecessor=giver, successor=taker, weight=0.1),
            ),
            relates=(Link(subject=three.villages[0], kind="lies_in", object=taker),),
        )
    )  # fmt: skip
    atlas = world.atlas

    assert atlas.valid(giver, AFTER)
    assert atlas.commune_of(three.villages[0], BEFORE) == giver
    assert atlas.commune_of(three.villages[0], AFTER) == taker
    assert giver not in atlas.reach(taker, "own", AFTER)
    assert three.villages[0] in atlas.reach(three.stations[1], "own", AFTER)


def test_counts_go_back_by_the_known_parts_and_keep_their_total(world, three):
    new = uuid7()
    parts = (0.5, 0.3, 0.2)
    gives = tuple(
        Gift(predecessor=old, successor=new, weight_back=part)
        for old, part in zip(three.communes, parts, strict=True)
    )
    opening = Opening(id=new, type="commune", name="N")
    world.good(Reorganise(on=MERGER, basis="NQ", opens=(opening,), gives=gives))

    done = world.atlas.rebase(BEFORE).rebase([new], [[10, 7]])

    counts = dict(zip(done.unit_ids, done.counts.tolist(), strict=True))
    assert [counts[old][0] for old in three.communes] == [5, 3, 2]
    assert done.counts.sum(axis=0).tolist() == [10, 7]


@pytest.mark.parametrize(
    ("why", "code", "change"),
    [
        ("shares that do not sum to one", "registry.shares-do-not-sum-to-one", {"weight": 0.5}),
        ("a share counted twice", "registry.succession-fact-twice", {"twice": True}),
        ("a successor nobody opened", "registry.unknown-unit", {"opens": False}),
        ("a day before the unit exists", "registry.not-yet-open", {"late": True}),
    ],
)
def test_a_decision_that_contradicts_itself_is_refused_whole(world, three, why, code, change):
    new, old = uuid7(), three.communes[0]
    if "late" in change:
        old = world.open("commune", "Muộn", since=date(2026, 1, 1))
    gift = Gift(predecessor=old, successor=new, weight=change.get("weight", 1.0))
    opens = (Opening(id=new, type="commune", name="N"),) if change.get("opens", True) else ()

    refusal, sentence = world.refused(
        Reorganise(on=MERGER, basis="x", opens=opens, gives=(gift,) * (1 + ("twice" in change)))
    )

    assert refusal == code, why
    assert str(old) not in sentence, "units are named, not numbered"
    assert world.atlas.unit(new) is None


def test_a_refused_decision_leaves_its_neighbours_of_the_batch_as_they_are(world, three):
    a, b, c = three.communes
    new = [uuid7(), uuid7()]
    good = [
        Reorganise(
            on=MERGER, basis="x", opens=(Opening(id=id, type="commune", name="N"),),
            gives=(Gift(predecessor=old, successor=id),),
        )
        for old, id in ((a, new[0]), (c, new[1]))
    ]  # fmt: skip
    bad = Reorganise(on=MERGER, basis="x", gives=(Gift(predecessor=b, successor=uuid7()),))

    receipts = world.send(good[0], bad, good[1])

    assert [r.status for r in receipts] == ["accepted", "refused", "accepted"]
    assert set(world.atlas.communes(AFTER)) == {b, *new}


def test_a_unit_gives_itself_away_once(world, three):
    three.merge()
    gift = Gift(predecessor=three.communes[0], successor=three.province)

    assert world.refused(Reorganise(on=MERGER, basis="x", gives=(gift,)))[0] == (
        "registry.closed-unit"
    )


# -- the published cases ------------------------------------------------------------------------


def stations_and_points(world, province):
    """Every former commune has a station; on the day one per new commune stays, by the criteria
    of the province, and the others become points of it. All through operations."""
    loading = areas.area_operations(province, NOW)
    assert all(r.ok for r in world.commit([o for o in loading if "create" in o.kind]))
    centre = world.open("cdc", "CDC")
    atlas = world.atlas
    old = atlas.communes(BEFORE)
    station = {commune: derived_id(commune, "station") for commune in old}
    world.good(*(_station(atlas, commune, centre) for commune in old), ids=list(station.values()))
    assert all(r.ok for r in world.commit([o for o in loading if "create" not in o.kind]))
    atlas = world.atlas
    merged = merge_stations(
        [str(c) for c in old],
        [str(atlas.commune_of(c, AFTER)) for c in old],
        [str(c) for c in atlas.communes(AFTER)],
        [atlas.point(c, BEFORE) or (float("nan"), float("nan")) for c in old],
    )
    by_text = {str(c): c for c in old}
    converts = tuple(
        Conversion(unit=station[by_text[point]], type="satellite_point",
                   satellite_of=station[by_text[each.main]])
        for each in merged if each.main is not None for point in each.points
    )  # fmt: skip
    world.good(Reorganise(on=MERGER, basis="KH", converts=converts))


def _station(atlas, commune, centre):
    ties = (("lies_in", commune), ("serves", commune), ("guided_by", centre))
    return CreateUnit(
        type="station",
        name=f"Trạm y tế {atlas.name(commune, BEFORE)}",
        relations=tuple(Tie(kind=kind, object=object) for kind, object in ties),
    )


def test_f05_129_stations_become_45_and_84_points(world):
    stations_and_points(world, "11")
    atlas = world.atlas
    stations, points = atlas.units("station", AFTER), atlas.units("satellite_point", AFTER)

    assert len(atlas.communes(BEFORE)) == len(atlas.units("station", BEFORE)) == 129
    assert (len(atlas.communes(AFTER)), len(stations), len(points)) == (45, 45, 84)
    assert Counter(len(atlas.related(p, "satellite_of", AFTER)) for p in points) == {1: 84}
    served = [area for station in stations for area in atlas.related(station, "serves", AFTER)]
    assert sorted(served) == sorted(atlas.communes(AFTER)), "each commune has one station"
    history = [atlas.reach(station, "own", AFTER) for station in stations]
    olds = [unit for reach in history for unit in reach if unit in set(atlas.communes(BEFORE))]
    assert len(olds) == len(set(olds)) == 129, "each old commune is read by one station"


def test_f05_series_of_the_old_communes_keep_their_total_on_the_new_map(world):
    atlas = world.load("11")
    old = atlas.communes(BEFORE)

    done = atlas.rebase(AFTER).rebase(old, [[n % 7, n] for n in range(len(old))])

    assert set(done.unit_ids) == set(atlas.communes(AFTER))
    assert done.counts.sum(axis=0).tolist() == [sum(n % 7 for n in range(129)), 128 * 129 // 2]
    assert bool(done.exact.all()), "no commune of the province was split"


def test_f06_a_health_centre_guides_four_communes_and_their_points(world):
    stations_and_points(world, "11")
    atlas = world.atlas
    centre = world.open("health_centre", "Trung tâm y tế khu vực Nậm Pồ", since=MERGER)
    four = [world.commune(code) for code in ("03166", "03176", "03169", "03175")]
    stations = [s for c in four for s in atlas.subjects(c, "serves", AFTER)]
    points = [p for s in stations for p in atlas.subjects(s, "satellite_of", AFTER)]
    links = [Link(subject=u, kind="guided_by", object=centre) for u in stations + points]
    links += [Link(subject=p, kind="owned_by", object=centre) for p in points]

    world.good(Reorganise(on=date(2025, 7, 2), basis="KH", relates=tuple(links)))

    atlas = world.atlas
    guided = atlas.reach(centre, "guided", date(2025, 11, 1))
    assert [atlas.name(c) for c in four] == ["Mường Chà", "Nà Bủng", "Nà Hỳ", "Chà Tở"]
    assert (len(stations), len(points)) == (4, 8)
    assert set(four) | set(stations) | set(points) <= guided
    assert len([u for u in guided if u in set(atlas.communes(BEFORE))]) == 12
    assert set(atlas.subjects(centre, "owned_by", date(2025, 11, 1))) == set(points)


def test_f10_eight_centres_and_38_stations_of_lai_chau(world):
    atlas = world.load("12")

    assert (len(atlas.communes(BEFORE)), len(atlas.communes(AFTER))) == (106, 38)
    assert len(atlas.units("district", BEFORE)) == 8
    assert atlas.units("district", AFTER) == []


def test_cao_bang_161_become_56(world):
    atlas = world.load("04")

    assert (len(atlas.communes(BEFORE)), len(atlas.communes(AFTER))) == (161, 56)


def test_r104_bac_giang_stays_readable_under_bac_ninh(world):
    atlas = world.load("24")
    giang = atlas.find("Bắc Giang", BEFORE, types={"province"}, limit=1)[0].unit
    ninh = atlas.find("tỉnh Bắc Ninh", AFTER, types={"province"}, limit=1)[0].unit
    yen_the = atlas.find("huyện Yên Thế", BEFORE, types={"district"}, limit=1)[0].unit
    commune = atlas.subjects(yen_the, "lies_in", BEFORE)[0]

    assert atlas.name(giang, BEFORE) == atlas.name(giang, AFTER) == "Bắc Giang"
    assert not atlas.valid(giang, AFTER)
    assert atlas.current(giang, AFTER) == [(ninh, 1.0)]
    assert (atlas.province_of(commune, BEFORE), atlas.province_of(commune, AFTER)) == (giang, ninh)
    assert atlas.by_code("administrative.province", "24", BEFORE) == giang
    assert atlas.by_code("administrative.province", "24", AFTER) == ninh
    assert len(atlas.communes(AFTER, within=ninh)) == 99


def test_f12_ha_giang_is_part_of_tuyen_quang(world):
    atlas = world.load("08")
    (found,) = atlas.find("Hà Giang", AFTER, types={"province"}, limit=1)

    assert not found.current
    assert [atlas.name(unit, AFTER) for unit, _ in found.successors] == ["Tuyên Quang"]


def test_loading_a_province_again_changes_nothing(world):
    world.load("12")

    receipts = world.commit(areas.area_operations("12", NOW))

    assert {receipt.status for receipt in receipts} == {"already-had"}


def test_two_provinces_load_one_after_the_other(world):
    atlas = world.load("11", "12")

    assert len(atlas.communes(AFTER)) == 45 + 38
    assert len(atlas.provinces(AFTER)) == 2


def test_a_rename_is_told_from_a_merger(world, three):
    new = uuid7()
    world.good(
        Reorganise(
            on=MERGER, basis="x", opens=(Opening(id=new, type="commune", name="Mới"),),
            gives=(Gift(predecessor=three.communes[0], successor=new),),
        ),
        ChangeUnit(unit=three.communes[1], since=MERGER, name="Cũng mới"),
    )  # fmt: skip

    assert [fact.event for fact in world.atlas.predecessors(new)] == ["rename"]
    assert world.atlas.successors(three.communes[1]) == []
