"""What only several visits together show."""

import pytest

from tests.unit.engines.claims.making import base, visit
from tuyen.engines.claims.visits import among, stay_of


def stays(*headers):
    made = []
    for number, header in enumerate(headers):
        tables = base("station")
        del tables["XML2"]
        tables["XML1"][0] |= {"MA_LK": f"K{number}", **header}
        made.append(stay_of(visit(tables)))
    return made


def month(day, drug="40.800", **header):
    """A visit of the same patient on another day, with one drug for 30 days."""
    tables = base("station")
    tables["XML1"][0] |= {
        "MA_LK": f"K{day}", "NGAY_VAO": f"{day}0931", "NGAY_RA": f"{day}0949", **header,
    }  # fmt: skip
    tables["XML2"] = [tables["XML2"][0] | {"NGAY_YL": f"{day}0931", "MA_THUOC": drug}]
    return stay_of(visit(tables))


OTHER_PERSON = {"MA_BN": "2", "SO_CCCD": "", "MA_THE_BHYT": ""}


@pytest.mark.parametrize(
    ("why", "visits", "expected"),
    [
        ("after the supply", [month("20261001"), month("20261031")], []),
        ("a few days early", [month("20261001"), month("20261026")], []),
        ("too soon", [month("20261001"), month("20261025")], [1]),
        ("too soon, files in another order", [month("20261025"), month("20261001")], [0]),
        ("another drug", [month("20261001"), month("20261015", "40.491")], []),
        ("another person", [month("20261001"), month("20261015", **OTHER_PERSON)], []),
        ("three in a month", [month("20261001"), month("20261010"), month("20261020")], [1, 2]),
    ],
)
def test_a_drug_given_while_the_last_supply_lasts(why, visits, expected):
    found = list(among(visits, 5))

    assert [place for place, _finding in found] == expected, why
    assert {(f.code, f.table, f.row, f.field) for _place, f in found} <= {
        ("XML2.NGAY_YL.too-soon", "XML2", 1, "NGAY_YL")
    }


LATER = {"NGAY_VAO": "202610040940", "NGAY_RA": "202610041000"}


@pytest.mark.parametrize(
    ("why", "headers", "expected"),
    [
        ("one key twice", ({"MA_LK": "A"}, {"MA_LK": "A", "MA_BN": "other"}), [(1, "again")]),
        ("one patient at two places", ({}, LATER), [(1, "overlaps")]),
        ("whatever the order of files", (LATER, {}), [(0, "overlaps")]),
        ("one after the other", ({}, {**LATER, "NGAY_VAO": "202610040949"}), []),
        ("two patients", ({}, {**LATER, "MA_BN": "2", "SO_CCCD": "", "MA_THE_BHYT": ""}), []),
        ("known by the card alone", ({}, {**LATER, "MA_BN": "2", "SO_CCCD": ""}), [(1, "overlaps")]),
        ("a day that is none says nothing", ({}, {**LATER, "NGAY_RA": "x"}), []),
        (
            "a number of another facility is another patient",
            ({"MA_THE_BHYT": "", "SO_CCCD": ""}, {**LATER, "MA_CSKCB": "20002", "MA_THE_BHYT": "", "SO_CCCD": ""}),
            [],
        ),
    ],
)  # fmt: skip
def test_visits_beside_one_another(why, headers, expected):
    told = [
        (place, finding.code.rpartition(".")[2]) for place, finding in among(stays(*headers), 5)
    ]

    assert told == expected, why


def test_a_visit_without_a_header_is_left_out():
    assert stay_of(visit({})) is None


AFTERNOON = {"NGAY_VAO": "202610041400", "NGAY_RA": "202610041430", "MA_CSKCB": "20002"}


@pytest.mark.parametrize(
    ("why", "headers", "expected"),
    [
        ("two facilities on one day", ({}, AFTERNOON), [1]),
        ("whatever the order of files", (AFTERNOON, {}), [0]),
        ("one facility twice", ({}, AFTERNOON | {"MA_CSKCB": "20001"}), []),
        ("the next day", ({}, {"NGAY_VAO": "202610050800", "NGAY_RA": "202610050830",
                               "MA_CSKCB": "20002"}), []),
        ("sent on by the first", ({"MA_LOAI_RV": "2"}, AFTERNOON), []),
        ("came with a referral", ({}, AFTERNOON | {"MA_NOI_DI": "20001"}), []),
        ("as an emergency", ({}, AFTERNOON | {"MA_DOITUONG_KCB": "2"}), []),
        ("another person", ({}, AFTERNOON | OTHER_PERSON), []),
    ],
)  # fmt: skip
def test_two_facilities_on_one_day(why, headers, expected):
    found = list(among(stays(*headers), 5))

    assert [place for place, _finding in found] == expected, why
    assert {f.code for _place, f in found} <= {"XML1.NGAY_VAO.same-day"}


def with_test(day, hour="08", **service):
    """A visit of the same patient with one test on a day."""
    tables = base("station")
    del tables["XML2"]
    tables["XML1"][0] |= {
        "MA_LK": f"K{day}{hour}", "NGAY_VAO": f"{day}{hour}00", "NGAY_RA": f"{day}{hour}30",
    }  # fmt: skip
    tables["XML3"] = [row | {"NGAY_YL": f"{day}{hour}10"} for row in tables["XML3"]]
    tables["XML3"][1] |= service
    return stay_of(visit(tables))


@pytest.mark.parametrize(
    ("why", "visits", "expected"),
    [
        ("twice on one day", [with_test("20261004"), with_test("20261004", "14")], [(1, 2)]),
        ("on two days", [with_test("20261004"), with_test("20261005")], []),
        ("another service", [with_test("20261004"), with_test("20261004", "14", MA_DICH_VU="23.1")], []),
        ("begun and not done",
         [with_test("20261004"), with_test("20261004", "14", MA_DICH_VU="23.0075.1494_TB")], []),
        ("a procedure may be done twice",
         [with_test("20261004", MA_NHOM="18"), with_test("20261004", "14", MA_NHOM="18")], []),
    ],
)  # fmt: skip
def test_one_service_twice_a_day_in_two_visits(why, visits, expected):
    found = list(among(visits, 5, frozenset("1238")))

    assert [(place, finding.row) for place, finding in found] == expected, why
    assert {f.code for _place, f in found} <= {"XML3.MA_DICH_VU.done-twice"}
