"""``tuyen site decide``, ``price`` and ``frontier``: from files to the answer, and what is refused."""

import json
import sys

import pytest
from numba import config

from tuyen.cli.main import main

SITES = (
    "id,commune,lat,lon,central,density,refurbish,run_main,run_satellite,capacity,posts,pinned,issued\n"
    "A,Nà Tấu,21.40,103.10,90,80,500,90,20,,5,,satellite\n"
    "B,Nà Tấu,21.45,103.15,20,30,400,80,15,,4,,main\n"
    "C,Mường Phăng,21.50,103.20,50,50,300,70,15,,3,,main\n"
)
DEMAND = (
    "id,commune,people,lat,lon\n1,Nà Tấu,900,21.40,103.11\n2,Nà Tấu,100,21.44,103.15\n"
    "3,Mường Phăng,400,21.51,103.20\n"
)


@pytest.fixture(scope="module")
def uncompiled():
    """Loops stay Python: three sites need no compiler."""
    names = [name for name in sys.modules if ".engines.network.decision" in name]
    kept = {name: sys.modules.pop(name) for name in names}
    package = sys.modules.get("tuyen.engines.network")
    before, config.DISABLE_JIT = config.DISABLE_JIT, True
    yield
    config.DISABLE_JIT = before
    for name in [name for name in sys.modules if ".engines.network.decision" in name]:
        sys.modules.pop(name)
        if package is not None:
            vars(package).pop(name.rpartition(".")[2], None)
    sys.modules.update(kept)
    for name, module in kept.items():
        if package is not None:
            setattr(package, name.rpartition(".")[2], module)


@pytest.fixture
def ask(tmp_path, capsys, uncompiled):
    """Runs a command on files; gives the exit code, what was written, and what was said."""

    def run(command="decide", sites=SITES, demand=DEMAND, rules=None, minutes=None, options=()):
        given = []
        out = tmp_path / "out.json"
        for name, text in (("sites.csv", sites), ("demand.csv", demand), ("rules.yaml", rules),
                           ("minutes.csv", minutes)):  # fmt: skip
            if text is not None:
                (tmp_path / name).write_text(text, encoding="utf-8")
                flag = {"rules.yaml": ["--rules"], "minutes.csv": ["--minutes"]}.get(name, [])
                given += [*flag, str(tmp_path / name)]
        code = main(["site", command, *given, "--out", str(out), *options])
        answer = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
        return code, answer, capsys.readouterr().err

    return run


def test_a_decision_is_not_written_over_what_it_was_made_of(ask, tmp_path):
    code, _answer, said = ask(
        rules="budget: 1000\n", options=("--out", str(tmp_path / "rules.yaml"))
    )

    assert code == 2
    assert "[cli.written-over]" in said
    assert (tmp_path / "rules.yaml").read_text(encoding="utf-8") == "budget: 1000\n"


def test_a_decision_with_its_reasons(ask):
    code, answer, _said = ask()

    kinds = {one["id"]: one["kind"] for one in answer["sites"]}
    assert code == 0
    assert answer["status"] == "optimal"
    assert answer["bound"] == pytest.approx(answer["objective"])
    assert kinds["A"] == "main"
    assert kinds["C"] == "main"
    assert answer["sites"][0]["reason"]["runner_up"] == "B"
    assert sum(answer["sites"][0]["reason"]["terms"].values()) == pytest.approx(
        answer["sites"][0]["reason"]["margin"], abs=1e-6
    )
    assert answer["sites"][2]["reason"]["decided_by"] == "only-one"
    assert answer["villages"][2] == {"id": "3", "main": "C", "point": "C"}
    assert answer["indicators"]["people"] == 1400
    assert answer["certificate"]["parts"]


def test_the_price_of_what_was_issued(ask):
    code, answer, _said = ask("price")

    assert code == 0
    assert answer["price"]["points"] > 0
    assert answer["price"]["main_minutes_per_person"] > 0
    assert answer["different"] == ["Nà Tấu"]
    assert answer["better"][0]["site"] == "A"


def test_a_frontier_marks_its_knee(ask):
    code, answer, _said = ask("frontier", options=("--points", "6"))

    assert code == 0
    assert [one["knee"] for one in answer["points"]].count(True) == 1


def test_minutes_and_rules_of_files(ask):
    minutes = "demand,site,minutes\n1,A,30\n1,B,5\n2,A,40\n2,B,6\n3,C,9\n"

    code, answer, _said = ask(minutes=minutes, rules="weight-suitability: 0\nbudget: 750\n")

    assert code == 0
    assert [one["id"] for one in answer["sites"] if one["kind"] == "main"] == ["B", "C"]


@pytest.mark.parametrize(("under", "kind"), [("A", "satellite"), ("C", "mobile"), ("", "mobile")])
def test_a_point_of_today_stays_under_its_own_station(ask, under, kind):
    lines = SITES.splitlines()
    sites = "\n".join(
        line + ("," + {0: "under", 2: under}.get(n, "")) for n, line in enumerate(lines)
    )

    code, answer, _said = ask(sites=sites, rules="satellite-within: 1\nweight-cost: 0\n")

    assert code == 0
    assert answer["status"] == "optimal"
    assert answer["sites"][1]["kind"] == kind


@pytest.mark.parametrize(
    ("rules", "said", "value"),
    [("budget: 600\n", "100 short, 700 would do", 700.0), ("max-minutes: 1\n", "would do", None)],
)
def test_what_cannot_be_kept_is_said(ask, rules, said, value):
    code, answer, error = ask(rules=rules)

    assert code == 1
    assert answer["status"] == "infeasible"
    assert said in error
    assert value is None or answer["conflicts"][0]["relaxation"] == [value]


def test_capacity_that_is_short_names_the_commune(ask):
    sites = SITES.replace("20,,5", "20,300,5").replace("15,,4", "15,250,4")

    code, answer, error = ask(sites=sites)

    (one,) = answer["conflicts"]
    assert code == 1
    assert one["communes"] == ["Nà Tấu"]
    assert one["by_how_much"][one["rules"].index("capacity")] == 700
    assert "Nà Tấu" in error


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sites": SITES.replace("5,,satellite", "5,main,satellite").replace("4,,main", "4,main,main")},
         ["row 3, column pinned", "B is pinned", "A in row 2"]),
        ({"demand": DEMAND.replace("2,Nà Tấu", "2,Na Tau")}, ["demand.csv, row 3", "'Na Tau'"]),
        ({"demand": DEMAND.replace(",100,", ",0,")}, ["demand.csv, row 3", "no people"]),
        ({"demand": DEMAND.replace("21.44,103.15", "103.15,21.44")}, ["row 3", "swapped"]),
        ({"demand": DEMAND.replace(",400,", ",many,")}, ["row 4, column people", "'many'"]),
        ({"sites": SITES.replace("B,Nà", "A,Nà")}, ["row 3, column id", "'A'"]),
        ({"sites": SITES.replace("3,,main", "3,boss,main")}, ["row 4, column pinned", "'boss'"]),
        ({"sites": SITES.replace("90,80,500", "900,80,500")}, ["row 2, column central"]),
        ({"sites": SITES.replace("issued", "under").replace("4,,main", "4,,Z")},
         ["row 2, column under", "'satellite'"]),
        ({"rules": "bugdet: 3\n"}, ["bugdet", "budget"]),
        ({"rules": "budget: much\n"}, ["budget is 'much'"]),
        ({"minutes": "demand,site,minutes\n1,Z,3\n"}, ["minutes.csv, row 2, column site", "'Z'"]),
        ({"options": ("--speed", "0")}, ["--speed is 0"]),
        ({"command": "price", "sites": SITES.replace("issued", "other")}, ["no column issued"]),
    ],
)  # fmt: skip
def test_bad_input_is_named(ask, change, words):
    code, answer, error = ask(**change)

    assert code == 2
    assert answer is None
    for word in words:
        assert word in error
