"""Facts about units are dated, checked, and never overwritten."""

import json
from datetime import date

import pytest

from tuyen.apps.registry.operations import (
    ChangeUnit,
    CloseUnit,
    Code,
    CreateUnit,
    EndRelation,
    Point,
    Relate,
    SetBoundary,
    Tie,
)
from tuyen.kernel.ids import uuid7

SQUARE = json.dumps(
    {"type": "Polygon", "coordinates": [[[103, 21], [103.1, 21], [103.1, 21.1], [103, 21]]]}
)


def test_a_new_name_holds_from_its_day_and_the_old_one_until_then(world, home):
    world.good(ChangeUnit(unit=home.commune, since=date(2026, 1, 1), name="Nà Hì"))

    assert world.atlas.name(home.commune, date(2025, 12, 31)) == "Nà Hỳ"
    assert world.atlas.name(home.commune, date(2026, 1, 1)) == "Nà Hì"


def test_a_fact_stated_again_from_the_same_day_takes_its_place(world, home):
    world.good(
        ChangeUnit(unit=home.commune, since=date(2026, 1, 1), name="Nà Hì"),
        ChangeUnit(unit=home.commune, since=date(2026, 1, 1), name="Na Hì"),
    )

    assert world.atlas.name(home.commune, date(2026, 1, 1)) == "Na Hì"
    assert len(world.atlas.unit(home.commune).names) == 2


def test_a_fact_of_an_earlier_day_ends_where_a_later_one_begins(world, home):
    world.good(ChangeUnit(unit=home.commune, since=date(2026, 1, 1), name="C"))
    world.good(ChangeUnit(unit=home.commune, since=date(2025, 1, 1), name="B"))

    names = [world.atlas.name(home.commune, date(year, 6, 1)) for year in (2024, 2025, 2026)]

    assert names == ["Nà Hỳ", "B", "C"]


def test_a_code_has_one_holder_at_a_time(world, home):
    code = Code(system="insurer", code="11030")
    world.good(ChangeUnit(unit=home.station, since=date(2025, 1, 1), codes=(code,)))

    refusal, sentence = world.refused(CreateUnit(type="station", name="Khác", codes=(code,)))

    assert refusal == "registry.code-taken"
    assert "Trạm y tế Nà Hỳ" in sentence


def test_a_code_may_be_given_again_after_its_holder_ended(world, home):
    code = Code(system="insurer", code="11030")
    world.good(ChangeUnit(unit=home.station, since=date(2025, 1, 1), codes=(code,)))
    world.good(CloseUnit(unit=home.station, on=date(2026, 1, 1)))

    (new,) = world.good(
        CreateUnit(type="station", name="Khác", since=date(2026, 1, 1), codes=(code,))
    )

    assert world.atlas.by_code("insurer", "11030", date(2025, 6, 1)) == home.station
    assert world.atlas.by_code("insurer", "11030", date(2026, 6, 1)) == new


@pytest.mark.parametrize(
    ("why", "payload", "code"),
    [
        ("a type that is not on the list", {"type": "castle"}, "registry.unknown-word"),
        ("a code that has not its form", {"codes": (("insurer", "1"),)}, "registry.code-malformed"),
        ("a system that is not on the list", {"codes": (("x", "1"),)}, "registry.unknown-word"),
        ("an end before the beginning", {"until": date(2020, 1, 1)}, "registry.ends-before-it-begins"),
        ("a function that is not on the list", {"functions": ("x",)}, "registry.unknown-word"),
    ],
)  # fmt: skip
def test_a_new_unit_is_refused_for(world, why, payload, code):
    given = {"type": "station", "name": "Trạm", "since": date(2025, 1, 1), **payload}
    given["codes"] = tuple(Code(system=s, code=c) for s, c in given.get("codes", ()))

    assert world.refused(CreateUnit(**given))[0] == code, why


def test_an_id_is_never_used_again(world, home):
    refusal, _ = world.refused(CreateUnit(type="village", name="Khác"), ids=[home.village])

    assert refusal == "journal.id-reused"


def test_a_relation_joins_only_what_it_may(world, home):
    refusal, sentence = world.refused(
        Relate(subject=home.commune, relation="satellite_of", object=home.station, since=None)
    )

    assert refusal == "registry.relation-does-not-fit"
    assert "expected satellite_point to station" in sentence


def test_a_relation_to_a_unit_that_ended_names_the_successor_to_choose(world, home):
    world.good(CloseUnit(unit=home.other, on=date(2026, 1, 1)))
    tie = Tie(kind="lies_in", object=home.other)

    refusal, sentence = world.refused(
        CreateUnit(type="village", name="Mới", since=date(2026, 5, 1), relations=(tie,))
    )

    assert refusal == "registry.closed-unit"
    assert "Chà Tở ended on 2026-01-01" in sentence


def test_a_unit_lies_in_one_area_at_a_time(world, home):
    world.good(
        Relate(subject=home.village, relation="lies_in", object=home.other, since=date(2026, 1, 1))
    )

    assert world.atlas.related(home.village, "lies_in", date(2025, 12, 31)) == [home.commune]
    assert world.atlas.related(home.village, "lies_in", date(2026, 1, 1)) == [home.other]
    assert world.atlas.commune_of(home.village, date(2025, 1, 1)) == home.commune


def test_areas_do_not_lie_in_a_circle(world, home):
    refusal, _ = world.refused(
        Relate(subject=home.commune, relation="lies_in", object=home.village, since=None)
    )

    assert refusal == "registry.lies-in-a-circle"


def test_a_relation_ends_on_its_day(world, home):
    what = {"subject": home.station, "relation": "serves", "object": home.commune}
    world.good(EndRelation(**what, until=date(2026, 1, 1)))

    assert world.atlas.related(home.station, "serves", date(2025, 12, 31)) == [home.commune]
    assert world.atlas.related(home.station, "serves", date(2026, 1, 1)) == []
    assert world.refused(EndRelation(**what, until=date(2026, 2, 1)))[0] == (
        "registry.no-such-relation"
    )


def test_units_of_one_commit_may_name_one_another(world):
    ids = [uuid7(), uuid7()]
    tie = Tie(kind="lies_in", object=ids[0])

    world.good(
        CreateUnit(type="province", name="Lai Châu"),
        CreateUnit(type="commune", name="Tả Lèng", relations=(tie,)),
        ids=ids,
    )

    assert world.atlas.communes(date(2026, 1, 1), within=ids[0]) == [ids[1]]


def test_closing_a_unit_ends_its_codes_and_relations_but_not_its_name(world, home):
    world.good(CloseUnit(unit=home.station, on=date(2026, 1, 1), basis="QĐ 1"))

    assert not world.atlas.valid(home.station, date(2026, 1, 1))
    assert world.atlas.subjects(home.commune, "serves", date(2026, 1, 1)) == []
    assert world.atlas.name(home.station, date(2026, 6, 1)) == "Trạm y tế Nà Hỳ"
    assert [fact.event for fact in world.atlas.successors(home.station)] == ["close"]


def test_an_outline_is_dated_and_read_back_as_geojson(world, home):
    world.good(SetBoundary(unit=home.commune, geometry=SQUARE, source="bản đồ", derived=True))

    outline = world.atlas.boundary(home.commune, date(2026, 1, 1))

    assert outline["type"] == "Polygon"
    assert (outline["source"], outline["derived"]) == ("bản đồ", True)


@pytest.mark.parametrize(
    "geometry",
    [
        '{"type": "Point", "coordinates": [103, 21]}',
        '{"type": "Polygon", "coordinates": [[[0,0],[1,1],[1,0],[0,1],[0,0]]]}',
        '{"type": "Polygon", "coordinates": [[[500000,0],[500001,0],[500001,1],[500000,0]]]}',
        "this is no geometry at all",
    ],
)
def test_what_is_no_outline_is_refused(world, home, geometry):
    refusal, _ = world.refused(SetBoundary(unit=home.commune, geometry=geometry, source="x"))

    assert refusal == "registry.not-an-outline"


def test_the_timeline_tells_what_happened_in_order(world, home):
    world.good(ChangeUnit(unit=home.station, since=date(2025, 1, 1), point=Point(lon=103, lat=22)))
    world.good(ChangeUnit(unit=home.station, since=date(2026, 1, 1), name="Trạm mới"))
    world.good(CloseUnit(unit=home.station, on=date(2026, 5, 1)))

    told = [(h.on, h.what) for h in world.atlas.timeline(home.station) if h.on is not None]

    assert told == [
        (date(2025, 1, 1), "moved"),
        (date(2026, 1, 1), "named"),
        (date(2026, 5, 1), "gave"),
        (date(2026, 5, 1), "closed"),
    ]


def test_a_change_that_states_nothing_is_refused(world, home):
    assert world.refused(ChangeUnit(unit=home.station, since=date(2026, 1, 1)))[0] == (
        "registry.nothing-changes"
    )


def test_an_area_does_not_become_a_facility(world, home):
    refusal, sentence = world.refused(
        ChangeUnit(unit=home.commune, since=date(2026, 1, 1), type="station")
    )

    assert refusal == "registry.unknown-word"
    assert "commune, special_zone, town, ward" in sentence


def test_a_commune_becomes_a_ward_without_another_id(world, home):
    world.good(ChangeUnit(unit=home.commune, since=date(2026, 9, 1), type="ward"))

    assert world.atlas.type(home.commune, date(2026, 8, 31)) == "commune"
    assert world.atlas.type(home.commune, date(2026, 9, 1)) == "ward"
    assert home.commune in world.atlas.communes(date(2026, 9, 1))
