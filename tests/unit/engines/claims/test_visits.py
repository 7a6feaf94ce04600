"""What only several visits together show."""

import pytest

from tests.unit.engines.claims.making import base, visit
from tuyen.engines.claims.visits import among, stay_of


def stays(*headers):
    made = []
    for number, header in enumerate(headers):
        tables = base("station")
        tables["XML1"][0] |= {"MA_LK": f"K{number}", **header}
        made.append(stay_of(visit(tables)))
    return made


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
    told = [(place, finding.code.rpartition(".")[2]) for place, finding in among(stays(*headers))]

    assert told == expected, why


def test_a_visit_without_a_header_is_left_out():
    assert stay_of(visit({})) is None
