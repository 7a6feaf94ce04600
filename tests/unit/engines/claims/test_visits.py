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
