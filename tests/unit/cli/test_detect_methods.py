"""``tuyen detect`` with control files: R's answers through the door, pictures, and bad input."""

import csv
import json
import math
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from tuyen.cli import main as command
from tuyen.cli.compiled import keep_compiled

DATA = Path(__file__).parents[1] / "engines/surveillance/data"
PLAIN = ["series", "t", "observed", "expected", "upperbound", "alarm"]
FARRINGTON = [*PLAIN, "trend", "phi", "mu0", "score", "pvalue"]


@pytest.fixture
def detect(tmp_path, capsys):
    """detect(text, control, *options, method=): exit code, rows (None: no file), stderr."""

    def run(content, control, *options, method="farrington-flexible"):
        file, out, config = (tmp_path / name for name in ("counts.csv", "out.csv", "control.json"))
        file.write_text(content)
        if control is not None:
            config.write_text(control if isinstance(control, str) else json.dumps(control))
            options = ("--config", config, *options)
        arguments = ["detect", file, "--method", method, "--out", out, *options]
        code = command.main([str(one) for one in arguments])
        said = capsys.readouterr().err
        if not out.exists():
            return code, None, said
        with out.open(encoding="utf-8", newline="") as answer:
            return code, list(csv.DictReader(answer)), said

    return run


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def simulated(name):
    """A committed series as tidy counts."""
    table = [row for row in rows(DATA / "farrington_series.csv") if row["series"] == name]
    time = "date" if table[0]["date"] else "t"
    lines = [f"{name},{row[time]},{row['count']},{row['population']}" for row in table]
    return f"series,{time},count,population\n" + "\n".join(lines) + "\n", table


def undated(counts, population=None):
    people = "" if population is None else ",population"
    lines = [
        f"a,{t},{count}" + ("" if population is None else f",{population[t - 1]}")
        for t, count in enumerate(counts, 1)
    ]
    return f"series,t,count{people}\n" + "\n".join(lines) + "\n"


def same(mine, theirs):
    if theirs in ("", "Inf", "inf"):
        return mine in ("", "inf")
    return abs(float(mine) - float(theirs)) <= max(1e-6 * abs(float(theirs)), 1e-9)


@pytest.mark.parametrize(("mode", "file"), [("r_compat", "r"), (None, "corrected")])
@pytest.mark.parametrize("name", ["sim02", "sim05", "sim11", "simM02"])
def test_the_golden_answers_come_through_the_door(detect, name, mode, file):
    text, table = simulated(name)
    controls = json.loads((DATA / "farrington_controls.json").read_text())
    frequency = ("--frequency", 12) if table[0]["frequency"] == "12" else ()
    compared = 0

    for which, control in controls.items():
        given = [
            row
            for row in rows(DATA / f"farrington_{file}.csv")
            if (row["series"], row["config"]) == (name, which)
        ]
        if not given:
            continue
        control |= {"range": [int(row["t"]) for row in given]}
        if mode:
            control["mode"] = mode
        code, answer, _ = detect(text, control, *frequency)
        assert (code, len(answer)) == (0, len(given))
        for mine, theirs in zip(answer, given, strict=True):
            compared += 1
            for column in ("expected", "upperbound", "phi", "mu0", "score", "pvalue"):
                assert same(mine[column], theirs[column]), (which, theirs["t"], column)
            assert mine["alarm"] == ("true" if theirs["alarm"] == "1" else "false")
            assert mine["trend"] == ("true" if theirs["trend"] == "1" else "false")

    assert compared > 20


@pytest.mark.parametrize(
    ("method", "control", "algorithm"),
    [
        ("cusum", {"k": 1.04, "h": 2.26, "m": "glm", "trans": "rossi", "mode": "r_compat"},
         "cusum_rossi_k1.04_h2.26_mglm"),
        ("cusum", {"m": None, "trans": "standard"}, "cusum_std_k1.04_h2.26_mNULL"),
        ("glrnb", {"alpha": 0.2, "c.ARL": 5, "Mtilde": 1, "M": -1, "ret": "value"},
         "glrnb_mu0fix_a0.2_intercept_cARL5"),
        ("glrnb", {"alpha": 0, "theta": math.log(1.2)}, "glrpois_lrtheta1.2_cARL5"),
        ("rki", {"b": 2, "w": 4, "actY": False}, "rki_b2_w4"),
        ("bayes", {"b": 3, "w": 3, "actY": False, "alpha": 0.01}, "bayes_b3_w3_a.01"),
    ],
)  # fmt: skip
def test_the_other_detectors_answer_as_r(detect, method, control, algorithm):
    text, table = simulated("sim32")
    given = [
        row
        for row in rows(DATA / "charts_r.csv")
        if (row["series"], row["algorithm"]) == ("sim32", algorithm)
    ]
    # What R was given as the mean of all but the last year is ours before the range: the same.
    assert int(given[0]["t"]) == len(table) - 51

    span = f"{given[0]['t']}:{given[-1]['t']}"
    _, answer, _ = detect(text, control, "--range", span, method=method)

    assert len(answer) == len(given) == 52
    for mine, theirs in zip(answer, given, strict=True):
        assert same(mine["upperbound"], theirs["upperbound"]), theirs["t"]
        assert mine["alarm"] == ("true" if theirs["alarm"] == "1" else "false")


def test_the_columns_of_each_method(detect):
    weeks = undated([3, 5, 4, 6] * 80)

    _, answer, _ = detect(weeks, None)
    assert list(answer[0]) == FARRINGTON
    assert [row["t"] for row in answer] == [str(t) for t in range(264, 321)]
    _, answer, _ = detect(weeks, None, "--reasons")
    assert list(answer[0]) == [*FARRINGTON, "reason"]
    for method in ("cusum", "glrnb", "rki", "bayes", "ears-c1", "law"):
        _, answer, _ = detect(weeks, None, method=method)
        assert list(answer[0]) == PLAIN
        assert answer[0]["alarm"] in ("true", "false")


def test_one_control_of_several_is_named(detect, tmp_path):
    controls = {"first": {"b": 3}, "second": {"b": 5, "alpha": 0.01}}
    (tmp_path / "several.json").write_text(json.dumps(controls))
    weeks = undated([3, 5, 4, 6] * 60)

    code, answer, _ = detect(weeks, None, "--config", tmp_path / "several.json#first")
    refused, _, said = detect(weeks, None, "--config", tmp_path / "several.json")

    assert (code, answer[0]["t"]) == (0, "160")
    assert refused == 2
    assert "several controls (first, second)" in said


def test_the_command_line_wins_over_the_file(detect):
    weeks = undated([3, 5, 4, 6] * 80)

    _, by_file, _ = detect(weeks, {"alpha": 0.001, "range": [320]})
    _, by_hand, _ = detect(weeks, {"alpha": 0.001, "range": [320]}, "--alpha", "0.05")

    assert len(by_file) == len(by_hand) == 1
    assert float(by_hand[0]["upperbound"]) < float(by_file[0]["upperbound"])


def test_a_population_step_is_met_by_the_offset(detect):
    people = [1000] * 290 + [3000] * 30
    rng = np.random.default_rng(4)
    weeks = undated(rng.poisson(np.array(people) / 100), people)

    _, blind, _ = detect(weeks, {"range": [320]})
    _, seeing, _ = detect(weeks, {"range": [320], "populationOffset": True})

    assert (blind[0]["alarm"], seeing[0]["alarm"]) == ("true", "false")


def test_points_without_an_answer_are_counted_and_said(detect):
    counts = [4] * 320
    counts[318] = counts[100] = ""

    code, answer, said = detect(undated(counts), {"range": [200, 319, 320]}, "--reasons")

    assert code == 0
    assert [row["reason"] for row in answer] == ["short-history", "not-reported", "gap-near-now"]
    assert [row["alarm"] for row in answer] == ["", "", ""]
    assert "3 points have no answer" in said
    assert len(said.splitlines()) == 1


def test_a_commune_born_last_year_does_not_stop_the_others(detect):
    old = undated([5] * 320)
    young = "".join(f"b,{t},{'' if t < 280 else 4}\n" for t in range(1, 321))

    code, answer, _ = detect(old + young, {"range": [320]}, "--reasons")

    assert code == 0
    assert [(row["series"], row["reason"]) for row in answer] == [
        ("a", "judged"), ("b", "few-points"),
    ]  # fmt: skip


def test_week_53_is_a_week_like_any_other(detect):
    days = np.datetime64("2015-01-05") + 7 * np.arange(320)  # 2020 has 53 weeks
    weeks = "series,date,count\n" + "".join(f"a,{day},6\n" for day in days)

    code, answer, _ = detect(weeks, {}, "--range", "2020-12-28:2021-01-04")

    assert code == 0
    assert [(row["date"], row["alarm"]) for row in answer] == [
        ("2020-12-28", "false"), ("2021-01-04", "false"),
    ]  # fmt: skip


def test_a_picture_shows_the_series_that_ring_first(detect, tmp_path):
    quiet = undated([3, 5, 4, 6] * 80)
    loud = "".join(f"Mường <Pồn>,{t},{60 if t == 320 else 4}\n" for t in range(1, 321))
    picture = tmp_path / "out.svg"

    code, _, _ = detect(quiet + loud, None, "--plot", picture)

    root = ElementTree.parse(picture).getroot()
    space = "{http://www.w3.org/2000/svg}"
    names = [one.text for one in root.iter(f"{space}text") if one.get("class") == "name"]
    assert code == 0
    assert names[1:] == ["Mường <Pồn>", "a"]
    assert [one.get("class") for one in root.iter(f"{space}path")].count("alarm") == 1
    assert root.find(f"{space}desc").text.startswith("Bar: count")


BAD = [
    ("farrington-flexible", "{", "is not JSON"),
    ("farrington-flexible", "[1]", "holds no control list"),
    ("farrington-flexible", {"noPeriod": 3}, "'noPeriod' is not a control of farrington-flexible"),
    ("farrington-flexible", {"b": 2.5}, "b is 2.5; expected a whole number of years from 1"),
    ("farrington-flexible", {"reweight": "yes"}, 'reweight is "yes"; expected true or false'),
    ("farrington-flexible", {"limit54": [5]}, "limit54 is [5]"),
    ("farrington-flexible", {"powertrans": "3"}, "powertrans is"),
    ("farrington-flexible", {"thresholdMethod": "nb"}, "thresholdMethod is"),
    ("farrington-flexible", {"alpha": 1}, "alpha is 1; expected a number between 0 and 1"),
    ("farrington-flexible", {"fitFun": "mine"}, "fitFun is"),
    ("farrington-flexible", {"mode": "fast"}, "mode is"),
    ("farrington-flexible", {"range": ["x"]}, "range is"),
    ("farrington-flexible", {"range": [9999]}, "holds no point"),
    ("farrington-flexible", {"populationOffset": True}, "needs a column population"),
    ("cusum", {"trans": "anscombe"}, "trans is"),
    ("cusum", {"m": -1}, "m is -1"),
    ("glrnb", {"ret": "bound"}, 'ret is "bound"; expected "value", "cases"'),
    ("glrnb", {"theta": 0}, "theta is 0"),
    ("glrnb", {"mu0": {"S": 1, "slope": True}}, "mu0 is"),
    ("glrnb", {"mu0": [1, 2]}, "mu0 has 2 values"),
    ("glrnb", {"theta": 1, "dir": "dec"}, "theta looks for a rise"),
    ("rki", {"alpha": 0.1}, "'alpha' is not a control of rki"),
    ("bayes", {"b": -1}, "b is -1"),
    ("ears-c1", {"baseline": 2}, "baseline is 2"),
    ("law", {"b": 1}, "b is 1"),
]


@pytest.mark.parametrize(("method", "control", "says"), BAD)
def test_a_bad_control_is_answered_in_one_sentence(detect, method, control, says):
    code, answer, said = detect(undated([3, 5, 4, 6] * 80), control, method=method)

    assert (code, answer) == (2, None)
    assert says in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("series,t,count\na,1,-3\n", "'-3' is negative"),
        ("series,t,count\na,1,3\na,1,4\n", "already has t 1 in row 2"),
        ("series,t,count\na,1,3\na,3,4\n", "3 follows 1"),
        ("series,date,count\na,2026-12-28,3\na,2026-12-28,4\n", "already has date 2026-12-28"),
    ],
)
def test_negative_counts_doubled_and_missing_weeks_are_refused(detect, content, says):
    code, answer, said = detect(content, None)

    assert (code, answer) == (2, None)
    assert says in said


def test_a_control_that_is_not_there_is_named(detect, tmp_path):
    code, _, said = detect(undated([3] * 20), None, "--config", tmp_path / "absent.json")

    assert code == 2
    assert "absent.json cannot be read" in said


def test_the_picture_may_not_replace_the_answer(detect, tmp_path):
    code, answer, said = detect(undated([3] * 20), None, "--plot", tmp_path / "out.csv")

    assert (code, answer) == (2, None)
    assert "--plot is --out" in said


def test_kernels_are_kept_with_the_installation(monkeypatch, tmp_path):
    monkeypatch.setenv("TUYEN_HOME", str(tmp_path))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)

    keep_compiled()

    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "cache" / "numba")
    assert list(tmp_path.iterdir()) == []


def test_methods_that_compile_nothing_load_no_compiler(tmp_path):
    (tmp_path / "counts.csv").write_text(undated([3, 5, 4, 6] * 80))
    program = (
        "import sys\n"
        "import argparse\n"
        "from tuyen.cli import detect\n"
        "parser = argparse.ArgumentParser()\n"
        "detect.add_parsers(parser.add_subparsers())\n"
        "args = parser.parse_args(sys.argv[1:])\n"
        "code = args.run(args)\n"
        "assert not {'numba', 'llvmlite', 'scipy.stats'} & set(sys.modules)\n"
        "sys.exit(code)\n"
    )

    for method in ("ears-c1", "law", "cusum", "glrnb", "rki", "bayes"):
        done = subprocess.run(
            [sys.executable, "-c", program, "detect", "counts.csv", "--method", method, "--out",
             f"{method}.csv"],
            cwd=tmp_path,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", ""),
                 "TUYEN_HOME": str(tmp_path)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), method
