"""Messy place names find the unit that was meant, current or former."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.registry.names import Place, PlaceIndex

DAY = date(2025, 7, 1)
PLACES = [
    Place("p11", "Điện Biên", "province", "11"),
    Place("d100.old", "Điện Biên", "district", "100", None, DAY, ("Điện Biên",)),
    Place("d094.old", "Điện Biên Phủ", "district", "094", None, DAY, ("Điện Biên",)),
    Place("c03202", "Mường Pồn", "commune", "03202", DAY, None, ("Điện Biên",)),
    Place("c03319.old", "Mường Pồn", "commune", "03319", None, DAY, ("Điện Biên", "Điện Biên")),
    Place("c03127", "Điện Biên Phủ", "ward", "03127", DAY, None, ("Điện Biên",)),
    Place("c03127.old", "Him Lam", "ward", "03127", None, DAY, ("Điện Biên Phủ", "Điện Biên")),
    Place("c03130.old", "Thanh Bình", "ward", "03130", None, DAY, ("Điện Biên Phủ", "Điện Biên")),
    Place("c99001", "Thanh Bình", "ward", "99001", None, None, ("Hải Dương", "Hải Phòng")),
    Place(
        "c03203.old", "Điện Biên Đông", "town", "03203", None, DAY, ("Điện Biên Đông", "Điện Biên")
    ),
    Place("c03208", "Xa Dung", "commune", "03208", DAY, None, ("Điện Biên",)),
    Place("c04795", "Hòa Bình", "ward", "04795", DAY, None, ("Phú Thọ",)),
    Place("q5", "5", "ward", "27301", None, DAY, ("Quận 5", "Hồ Chí Minh")),
    Place("p79", "Hồ Chí Minh", "province", "79"),
    Place("p79", "HCM", "province", "79"),
]
INDEX = PlaceIndex(
    PLACES,
    {
        "c03319.old": [("c03202", 1.0)],
        "c03130.old": [("c03127", 1.0)],
        "c03203.old": [("c2", 0.3), ("c1", 0.7)],
    },
)


@pytest.mark.parametrize(
    ("why", "text", "unit"),
    [
        ("as it stands", "xã Mường Pồn", "c03202"),
        ("without marks", "xa muong pon", "c03202"),
        ("decomposed", "xa\u0303 Mu\u031bo\u031b\u0300ng Po\u0302\u0300n", "c03202"),
        ("a letter wrong", "Muong Bon", "c03202"),
        ("abbreviated type", "TT. Điện Biên Đông", "c03203.old"),
        ("glued type and context", "P.Thanh Bình, TP Điện Biên Phủ", "c03130.old"),
        ("the other of that name", "P. Thanh Bình - Hải Dương", "c99001"),
        ("a type word that is a name", "Xa Dung", "c03208"),
        ("both", "xã Xa Dung", "c03208"),
        ("a village first", "bản Huổi Chan, xã Mường Pồn, huyện Điện Biên", "c03202"),
        ("no commas", "xã Mường Pồn huyện Điện Biên tỉnh Điện Biên", "c03202"),
        ("the type decides", "tỉnh Điện Biên", "p11"),
        ("a facility", "Trạm Y tế xã Mường Pồn", "c03202"),
        ("code", "03202", "c03202"),
        ("code without its zero", "3202", "c03202"),
        ("code given again: the current", "03127", "c03127"),
        ("other tone placement", "phường Hoà Bình", "c04795"),
        ("a number", "P05, Q5, TP Hồ Chí Minh", "q5"),
        ("a second name", "TP HCM", "p79"),
    ],
)  # fmt: skip
def test_finds(why, text, unit):
    assert INDEX.find(text)[0].unit == unit, why


def test_the_day_decides_between_old_and_new():
    assert INDEX.find("xã Mường Pồn", on=date(2024, 5, 1))[0].unit == "c03319.old"
    assert INDEX.find("03127", on=date(2024, 5, 1))[0].unit == "c03127.old"


def test_a_former_unit_suggests_its_successors_largest_first():
    found = INDEX.find("TT Điện Biên Đông")[0]

    assert (found.current, found.successors) == (False, (("c1", 0.7), ("c2", 0.3)))


def test_an_exact_name_scores_higher_than_a_near_one():
    exact, near = INDEX.find("Mường Pồn")[0], INDEX.find("Mường Pồng")[0]

    assert (exact.score, exact.why) == (1.0, "name")
    assert near.why == "similar"
    assert near.score < exact.score


def test_only_kinds_asked_for_are_found():
    assert {found.kind for found in INDEX.find("Điện Biên", kinds={"province"})} == {"province"}


@pytest.mark.parametrize("text", ["", " , ;", "zzzzzz", "xã", "1234567", "\x00"])
def test_nothing_is_found_where_nothing_is(text):
    assert INDEX.find(text) == []


@given(st.text(max_size=60))
def test_any_text_is_answered_by_at_most_three_scored_candidates(text):
    found = INDEX.find(text)

    assert len(found) <= 3
    assert all(0 < one.score <= 1 for one in found)
    assert len({one.unit for one in found}) == len(found)


def test_many_are_found_as_each_alone():
    texts = ["xã Mường Pồn", "Him Lam", "xã Mường Pồn"]

    assert INDEX.find_many(texts) == [INDEX.find(text) for text in texts]
