"""The registry's lists: complete, in three languages, and dated."""

import re
from datetime import date

import pytest

from tuyen.rules.registry import lists

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
ALL = [
    lists.unit_types,
    lists.functions,
    lists.ethnic_groups,
    lists.relation_kinds,
    lists.code_systems,
    lists.identifier_systems,
    lists.sexes,
]


@pytest.mark.parametrize("read", ALL)
def test_every_entry_has_its_names(read):
    for code, entry in read().items():
        assert entry.code == code
        assert all(entry.names), code


def test_districts_and_towns_ended_and_points_began():
    gone = lists.unit_types(BEFORE).keys() - lists.unit_types(AFTER).keys()
    came = lists.unit_types(AFTER).keys() - lists.unit_types(BEFORE).keys()

    assert gone == {"district", "town", "district_health_centre"}
    assert came == {"special_zone", "health_centre", "satellite_point"}


def test_there_are_54_peoples_foreigners_and_unknown():
    codes = sorted(lists.ethnic_groups())

    assert codes == [f"{number:02}" for number in range(1, 56)] + ["99"]
    assert lists.ethnic_groups()["08"].names.vi == "Mông"


def test_relations_join_units_that_exist():
    types = lists.unit_types().keys()

    for kind in lists.relation_kinds().values():
        assert kind.of, kind.code
        assert kind.of <= types
        assert kind.to <= types


def test_a_point_is_of_one_station_and_a_station_has_two_lines():
    kinds = lists.relation_kinds()

    assert (kinds["satellite_of"].of, kinds["satellite_of"].one) == ({"satellite_point"}, True)
    assert "commune" in kinds["owned_by"].to  # the commune People's Committee owns its station
    assert "health_centre" in kinds["guided_by"].to


@pytest.mark.parametrize(
    ("system", "good", "bad"),
    [
        ("administrative.province", "04", "4"),
        ("administrative.commune", "03127", "3127"),
        ("insurer", "11A01", "1101"),
        ("facility13", "8938500000001", "893"),
    ],
)
def test_codes_match_their_pattern(system, good, bad):
    pattern = lists.code_systems()[system].pattern

    assert re.fullmatch(pattern, good)
    assert not re.fullmatch(pattern, bad)


@pytest.mark.parametrize(
    ("system", "number"),
    [
        ("personal_number", "011087001234"),
        ("old_identity_card", "040123456"),
        ("passport", "B1234567"),
        ("insurance_card", "DN4111234567890"),
        ("social_insurance", "1234567890"),
    ],
)
def test_identifiers_match_their_pattern(system, number):
    assert re.fullmatch(lists.identifier_systems()[system].pattern, number)


def test_the_old_identity_card_ended():
    assert "old_identity_card" not in lists.identifier_systems(date(2025, 1, 1))


def test_personal_numbers_begin_with_one_of_63_provinces():
    codes = lists.provinces_of_registration()

    assert len(codes) == 63
    assert {"001", "002", "011", "012", "096"} <= codes


def test_names_are_given_in_the_language_asked():
    names = lists.unit_types()["station"].names

    assert [names.of(code) for code in ("vi", "en", "zh-hans", "fr")] == [
        "Trạm y tế",
        "Commune station",
        "乡镇卫生站",
        "Commune station",
    ]


def test_a_reorganisation_is_unknown_before_its_day():
    assert lists.reorganisation("stations_of_dien_bien", BEFORE) is None
