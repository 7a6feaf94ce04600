"""``tuyen route solve`` from file to file: what is written, what is refused, what is impossible."""

import json
import sys

import pytest

from tests.unit.engines.network.conftest import plain  # noqa: F401  a fixture
from tuyen.cli import route
from tuyen.cli.main import main
from tuyen.engines.network.routing_check import Violation

TWO_DAYS = """1 1 3 2
0 9
0 9
0 0 0 0 0 0 0
1 0 4 1 3 2 1 3
2 3 0 1 3 1 2 1 2
3 6 0 1 3 1 2 1 2
"""

ONE_OF_CORDEAU = """1 1 1 2
0 9
0 9
0 0 0 0 0 0 0
1 3 4 1 3 1 2 1 2
"""
ONE_OF_CVRPLIB = """DIMENSION : 2
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 9
NODE_COORD_SECTION
1 0 0
2 3 4
DEMAND_SECTION
1 0
2 5
DEPOT_SECTION
1
-1
EOF
"""
NONE_OF_CORDEAU = "\n".join(ONE_OF_CORDEAU.replace("1 1 1 2", "1 1 0 2").splitlines()[:-1])
NONE_OF_CVRPLIB = ONE_OF_CVRPLIB.replace(": 2", ": 1").replace("2 3 4\n", "").replace("2 5\n", "")


@pytest.fixture
def command(tmp_path, capsys, monkeypatch, plain):  # noqa: F811
    """command(text, *options): exit code, answer or None, text, errors."""
    name = "tuyen.engines.network.routing_search"
    monkeypatch.setitem(sys.modules, name, plain.routing_search)
    monkeypatch.setattr(route, "_running_for", lambda: 0.0)  # the tests began long ago

    def run(text, *options):
        file, out = tmp_path / "given.txt", tmp_path / "rounds.json"
        file.write_text(text, encoding="utf-8")
        code = main(["route", "solve", str(file), "--out", str(out), *options])
        said = capsys.readouterr()
        return code, json.loads(out.read_text()) if out.exists() else None, said.out, said.err

    return run


def test_rounds_are_written_as_they_were_checked(command):
    code, answer, said, _ = command(TWO_DAYS, "--format", "cordeau", "--time-limit", "0.3")

    assert code == 0
    assert answer["status"] == "feasible"
    # 8 to village 1 alone, and on the other day 3 + 3 + √52 + 4 by all three
    assert answer["objective"] == pytest.approx(8 + 10 + 52**0.5)
    assert answer["patterns"]["1"] == [1, 2]
    assert answer["objective"] == pytest.approx(sum(one["length"] for one in answer["routes"]))
    assert {visit for one in answer["routes"] for visit in one["visits"]} == {1, 2, 3}
    assert "feasible: length" in said


@pytest.mark.parametrize(
    ("form", "text", "name"), [("cordeau", ONE_OF_CORDEAU, 1), ("cvrplib", ONE_OF_CVRPLIB, 2)]
)
def test_a_lone_customer_gets_its_round_and_the_search_ends(command, form, text, name):
    code, answer, _, _ = command(text, "--format", form, "--time-limit", "0.3")

    assert (code, answer["status"], answer["objective"]) == (0, "feasible", 10)
    assert [one["visits"] for one in answer["routes"]] == [[name]]


@pytest.mark.parametrize(
    ("form", "text", "field"),
    [
        ("cordeau", NONE_OF_CORDEAU, "customers: '0'"),
        ("cvrplib", NONE_OF_CVRPLIB, "DIMENSION: '1'"),
    ],
)
def test_a_file_without_a_customer_is_refused_in_a_sentence(command, form, text, field):
    code, answer, _, errors = command(text, "--format", form, "--time-limit", "0.3")

    assert (code, answer) == (2, None)
    assert f"{field} is not usable; expected a whole number of at least" in errors


def test_what_is_impossible_is_told_with_place_and_amount(command):
    code, answer, _, errors = command(
        TWO_DAYS.replace("0 9\n0 9", "0 5\n0 5"), "--format", "cordeau"
    )

    assert code == 1
    assert (answer["status"], answer["objective"], answer["routes"]) == ("infeasible", None, [])
    assert answer["violations"] == [
        {"rule": "fleet", "where": "all days and depots", "amount": 2.0, "needed": 12.0,
         "available": 10.0}
    ]  # fmt: skip
    assert "12 to carry" in errors
    assert "hold 10" in errors


LATE = """LATE

VEHICLE
NUMBER     CAPACITY
  1  20

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

 0  0  0 0 0 230 0
 1 30 40 1 0 51 20
 2 -30 40 1 0 12 20
"""


def test_hours_are_told_in_the_unit_of_the_file(command):
    """Within the program Solomon's are tenths."""
    code, answer, _, errors = command(LATE, "--format", "solomon")

    assert code == 1
    assert answer["violations"] == [
        {"rule": "window", "where": "customer 2, day 1, depot 1", "amount": 38.0, "needed": 50.0,
         "available": 12.0}
    ]  # fmt: skip
    assert "not reached before 50, and it closes at 12" in errors
    late, heavy = Violation("window", "round 1", 790.0), Violation("load", "round 1", 3.0)
    assert route._as_in_the_file(late, 10.0).amount == 79.0
    assert route._as_in_the_file(heavy, 10.0) == heavy


def test_the_line_at_fault_is_named_and_nothing_is_written(command):
    code, answer, _, errors = command(TWO_DAYS.replace("1 2 1 2", "1 2 1 9"), "--format", "cordeau")

    assert (code, answer) == (2, None)
    assert "given.txt, line 6, combination: '9' is not usable; expected below 4" in errors


@pytest.mark.parametrize("options", [("--time-limit", "0"), ("--seed", "-1"), ("--format", "tsp")])
def test_options_that_mean_nothing_are_refused(command, options):
    with pytest.raises(SystemExit) as stopped:
        command(TWO_DAYS, "--format", "cordeau", *options)

    assert stopped.value.code == 2
