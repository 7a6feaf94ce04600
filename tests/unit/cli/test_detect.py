"""``tuyen detect`` from a file to a file: what it answers, and what it refuses in one sentence."""

import csv
import datetime
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tuyen.cli import main as command
from tuyen.cli import tidy_counts
from tuyen.engines.surveillance.ears import ears

SIMULATED = Path(__file__).parents[1] / "engines/surveillance/data/ears_simulated.csv"
HEADER = ["series", "t", "observed", "expected", "upperbound", "alarm"]
MONDAY = datetime.date(2015, 1, 5)


@pytest.fixture
def detect(tmp_path, capsys):
    """detect(text or bytes, *options): exit code, rows of the answer (None: no file), stderr."""

    def run(content, *options, method="ears-c1"):
        file, out = tmp_path / "counts.csv", tmp_path / "out.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        code = command.main(
            ["detect", str(file), "--method", method, "--out", str(out), *map(str, options)]
        )
        said = capsys.readouterr().err
        assert sorted(path.name for path in tmp_path.iterdir() if path.name.endswith("part")) == []
        if not out.exists():
            return code, None, said
        with out.open(encoding="utf-8", newline="") as answer:
            return code, list(csv.DictReader(answer)), said

    return run


def undated(counts, series="a"):
    return "series,t,count\n" + "".join(f"{series},{t},{c}\n" for t, c in enumerate(counts, 1))


def weekly(counts, first=MONDAY):
    days = [first + datetime.timedelta(weeks=n) for n in range(len(counts))]
    return "series,date,count\n" + "".join(
        f"a,{day},{count}\n" for day, count in zip(days, counts, strict=True)
    )


def monthly(counts):
    days = np.arange("2015-01", f"{2015 + len(counts) // 12 + 1}-01", dtype="M8[M]").astype("M8[D]")
    return "series,date,count\n" + "".join(
        f"a,{day},{count}\n" for day, count in zip(days, counts, strict=False)
    )


PLAIN = undated([3, 4, 3, 5, 4, 3, 4, 12])


@pytest.mark.parametrize(
    ("method", "options", "name"),
    [
        ("ears-c1", (), "C1_7_0_0.001"),
        ("ears-c2", (), "C2_7_0_0.001"),
        ("ears-c3", (), "C3_7_0_0.025"),
        ("ears-c1", ("--baseline", 4, "--minSigma", 0.5, "--alpha", 0.01), "C1_4_0.5_0.01"),
        ("ears-c2", ("--baseline", 5, "--minSigma", 0.5, "--alpha", 0.01), "C2_5_0.5_0.01"),
        ("ears-c3", ("--baseline", 5, "--minSigma", 0.5, "--alpha", 0.01), "C3_5_0.5_0.01"),
    ],
)
def test_the_answers_are_those_of_r(detect, method, options, name):
    with SIMULATED.open(encoding="utf-8", newline="") as file:
        given = list(csv.DictReader(file))
    text = "series,t,count\n" + "".join(f"{r['series']},{r['t']},{r['count']}\n" for r in given)

    code, answer, _ = detect(text, *options, method=method)

    ours = {(row["series"], row["t"]): row for row in answer}
    words = {"1": "true", "0": "false", "": ""}
    compared = 0
    for row in given:
        bound, alarm = row[f"{name}_upperbound"], row[f"{name}_alarm"]
        if row["C1_7_0_0.001_upperbound"] == "":
            continue  # before the points that R scanned
        mine = ours[row["series"], row["t"]]
        compared += 1
        assert mine["alarm"] == words[alarm]
        assert (mine["upperbound"] == "") == (bound == "")
        if bound:
            assert float(mine["upperbound"]) == pytest.approx(float(bound), rel=1e-6, abs=1e-9)
    assert (code, compared) == (0, 1408)


def test_one_row_per_scanned_point(detect):
    code, answer, said = detect(PLAIN)

    assert (code, said, len(answer)) == (0, "", 1)
    assert list(answer[0]) == HEADER
    row = answer[0]
    assert (row["series"], row["t"], row["observed"], row["alarm"]) == ("a", "8", "12", "true")
    assert float(row["expected"]) == pytest.approx(26 / 7)


def test_numbers_are_written_to_the_last_digit(detect):
    _, answer, _ = detect(PLAIN)

    exact = ears(np.array([[3.0, 4, 3, 5, 4, 3, 4, 12]]), "C1").upperbound[0, 7]
    assert float(answer[0]["upperbound"]) == exact


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        "sep=,\n" + PLAIN,
        PLAIN.replace("\n", "\n\n  \n,,\n").removeprefix("\n"),
        PLAIN.replace("series,t,count", " Series , T , COUNT "),
        PLAIN.replace(",12\n", ",12.0\n"),
        PLAIN.replace("\na,", '\n"a",'),
        "count,series,population,t\n"
        + "".join(f"{c},a,1000,{t}\n" for t, c in enumerate([3, 4, 3, 5, 4, 3, 4, 12], 1)),
    ],
    ids=["mark", "crlf", "semicolon", "tab", "sep", "blank", "case", "float", "quoted", "order"],
)
def test_the_usual_dialects_are_read(detect, content):
    plain, told = detect(PLAIN)[1], detect(content)

    assert told == (0, plain, "")


def test_rows_out_of_order_are_sorted_and_said(detect):
    header, *rows = PLAIN.splitlines(keepends=True)

    code, answer, said = detect(header + "".join(rows[::-1]))

    assert (code, answer) == (0, detect(PLAIN)[1])
    assert "row 3" in said
    assert "sorted" in said


def test_series_side_by_side_are_in_order(detect):
    first, second = undated([3, 4, 3, 5, 4, 3, 4, 12]), undated([1] * 8, "b")
    pairs = zip(first.splitlines()[1:], second.splitlines()[1:], strict=True)

    code, answer, said = detect("series,t,count\n" + "".join(f"{a}\n{b}\n" for a, b in pairs))

    assert (code, said, [row["series"] for row in answer]) == (0, "", ["a", "b"])


def test_an_empty_count_is_missing_and_not_zero(detect):
    _, answer, _ = detect(undated([3, 4, 3, 5, 4, 3, 4, "", 6, 5, 4, 5, 4, 6, 5, 90]))

    alarms = {row["t"]: (row["observed"], row["alarm"]) for row in answer}
    assert alarms["8"] == ("", "")
    assert alarms["9"] == ("6", "")
    assert alarms["16"] == ("90", "true")


def test_points_asked_for_without_enough_data_have_an_empty_alarm(detect):
    _, answer, _ = detect(PLAIN, "--range", "6:8")

    assert [(row["t"], row["alarm"]) for row in answer] == [("6", ""), ("7", ""), ("8", "true")]
    assert answer[0]["upperbound"] == ""


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ("2015-03-02:2015-03-09", ["2015-03-02", "2015-03-09"]),
        ("9:10", ["2015-03-02", "2015-03-09"]),
        ("2015-03-09:", ["2015-03-09"]),
        ("10", ["2015-03-09"]),
        (":1", ["2015-01-05"]),
    ],
)
def test_a_range_by_dates_or_by_place(detect, asked, days):
    _, answer, _ = detect(weekly([1, 2] * 5), "--range", asked)

    assert [row["date"] for row in answer] == days


def test_the_law_judges_a_week_by_the_same_weeks(detect):
    counts = [9] * (52 * 5 + 2)
    for year, count in enumerate([2, 4, 1, 3, 2]):
        counts[year * 52] = count  # T5, oldest first
    counts[260:] = [4, 9]

    code, answer, _ = detect(undated(counts), method="law")

    assert code == 0
    assert [(row["t"], row["alarm"]) for row in answer] == [("261", "true"), ("262", "false")]
    assert float(answer[0]["expected"]) == pytest.approx(2.4)
    assert float(answer[0]["upperbound"]) == pytest.approx(3.54, abs=0.005)


def test_the_law_judges_a_month_by_two_deviations(detect):
    counts = [9] * 61
    for year, count in enumerate([2, 4, 1, 3, 2]):
        counts[year * 12] = count
    counts[60] = 4

    _, answer, _ = detect(monthly(counts), method="law")
    _, wide, _ = detect(monthly(counts), "--k", 1, method="law")

    assert (answer[0]["date"], answer[0]["alarm"], wide[0]["alarm"]) == (
        "2020-01-01",
        "false",
        "true",
    )
    assert float(answer[0]["upperbound"]) == pytest.approx(4.68, abs=0.005)


def test_dated_weeks_meet_their_number_across_a_year_of_53(detect):
    counts = [0] * 330
    counts[-1] = 5  # 2021-04-26, week 17
    for monday in ("2016-04-25", "2017-04-24", "2018-04-23", "2019-04-22", "2020-04-20"):
        counts[(datetime.date.fromisoformat(monday) - MONDAY).days // 7] = 5

    _, answer, _ = detect(weekly(counts), method="law")

    assert (answer[-1]["expected"], answer[-1]["alarm"]) == ("5.0", "false")


def test_fewer_years_and_a_floor_can_be_asked_for(detect):
    counts = [0] * 105
    counts[104] = 2

    _, bare, _ = detect(undated(counts), "--b", 2, method="law")
    _, floored, _ = detect(undated(counts), "--b", 2, "--floor", 3, method="law")

    assert ([row["alarm"] for row in bare], [row["alarm"] for row in floored]) == (
        ["true"],
        ["false"],
    )


def test_a_missing_year_is_not_enough_data(detect):
    counts = [1] * 260 + [50]
    counts[52] = ""

    _, answer, _ = detect(undated(counts), method="law")

    assert (answer[0]["t"], answer[0]["alarm"], answer[0]["upperbound"]) == ("261", "", "")


def test_a_series_too_short_to_scan_is_said(detect):
    code, answer, said = detect(undated([1, 2, 3]))

    assert (code, answer) == (0, [])
    assert "'a' too short" in said


ROWS = "a,1,3\na,2,4\n"
REFUSED = [
    ("empty file", "", "is empty"),
    ("blank file", "\n \n", "is empty"),
    ("no row", "series,t,count\n", "no row"),
    ("unknown column", "series,t,cases\n" + ROWS, "row 1: column 'cases' is not known"),
    ("unknown column, near a known one", "serie,t,count\n" + ROWS, "rename it to 'series'"),
    ("column twice", "series,t,count,count\na,1,3,3\n", "stands twice"),
    ("no count", "series,t\na,1\n", "column 'count' is missing"),
    ("no time", "series,count\na,1\n", "neither date nor t"),
    ("both times", "series,t,date,count\na,1,2015-01-05,3\n", "both date and t"),
    ("negative", "series,t,count\na,1,-3\n", "row 2, column count: '-3' is negative"),
    ("half a case", "series,t,count\na,1,3\na,2,2.5\n", "row 3, column count: '2.5' is not a whole"),
    ("word", "series,t,count\na,1,few\n", "'few' is not a whole number"),
    ("infinite", "series,t,count\na,1,inf\n", "not a whole number"),
    ("beyond counting", "series,t,count\na,1,1e400\n", "not a whole number"),
    ("no series", "series,t,count\n,1,3\n", "row 2, column series"),
    ("t is zero", "series,t,count\na,0,3\n", "'0' is not a period"),
    ("date reversed", "series,date,count\na,05/01/2015,3\n", "such as 2026-02-09"),
    ("no such day", "series,date,count\na,2015-02-30,3\n", "not a day of the calendar"),
    ("year zero", "series,date,count\na,0000-01-01,3\n", "not a day of the calendar"),
    ("twice", "series,t,count\na,1,3\nb,1,3\na,1,4\n", "row 4: series 'a' already has t 1 in row 2"),
    ("gap", "series,t,count\na,1,3\na,3,4\n", "row 3, column t: in series 'a' 3 follows 1"),
    ("week missing", weekly([1] * 9).replace("a,2015-02-02,1\n", ""), "2015-02-09 follows 2015-01-26"),
    ("week off by a day", weekly([1] * 9).replace("02-02", "02-03"), "2015-02-03 follows 2015-01-26"),
    ("month missing", monthly([1] * 12).replace("a,2015-06-01,1\n", ""), "2015-07-01 follows 2015-05"),
    ("month off by a day", monthly([1] * 12).replace("06-01", "06-02"), "expected 1 month"),
    ("no rhythm", "series,date,count\na,2015-01-01,1\na,2015-01-04,1\n", "3 days apart"),
    ("short row", "series,t,count\na,1\n", "row 2 has 2 cells; expected 3"),
    ("long row", "series,t,count\na,1,3,4\n", "row 2 has 4 cells"),
    ("people unknown", "series,t,count,population\na,1,3,many\n", "column population: 'many'"),
    ("open quote", 'series,t,count\n"a,1,3\na,2,4\n', "unclosed quotation mark"),
    ("latin", "series,t,count\na,1,3\nĐiện".encode() + b"\xe9,2,4\n", "row 3: byte 0xe9"),
    ("utf-16", PLAIN.encode("utf-16"), "UTF-16"),
    ("spreadsheet", b"PK\x03\x04rest", "save it as CSV"),
    ("gzip", b"\x1f\x8b\x08", "unpack it"),
    ("binary", bytes(range(256)) * 50, "counts.csv"),
    ("one endless line", "x" * 20_000, "10,000 letters"),
    ("one endless cell", "series,t,count\n" + "a" * 200_000 + ",1,3\n", "row 2"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "content", "says"), REFUSED, ids=[row[0] for row in REFUSED])
def test_bad_input_is_answered_in_one_sentence(detect, why, content, says):
    code, answer, said = detect(content)

    assert (code, answer) == (2, None), why
    assert says in said
    assert len(said.splitlines()) == 1


OPTIONS = [
    ("ears-c1", ("--baseline", 2), "--baseline is 2"),
    ("ears-c1", ("--alpha", 0), "--alpha is 0.0"),
    ("ears-c1", ("--alpha", "nan"), "--alpha is nan"),
    ("ears-c1", ("--minSigma", -1), "--minSigma is -1.0"),
    ("ears-c1", ("--b", 5), "--b does not belong to --method ears-c1"),
    ("law", ("--alpha", 0.1), "--alpha does not belong to --method law"),
    ("law", ("--b", 1), "--b is 1"),
    ("law", ("--k", -1), "--k is -1.0"),
    ("law", ("--frequency", 365), "sum daily counts to weeks"),
    ("ears-c1", ("--range", "1-8"), "--range is '1-8'"),
    ("ears-c1", ("--range", ":"), "--range is ':'"),
    ("ears-c1", ("--range", "2015-13-01:"), "--range is '2015-13-01:'"),
    ("ears-c1", ("--range", "2015-01-05:"), "counts.csv has t"),
    ("ears-c1", ("--range", "90:99"), "holds no point"),
]


@pytest.mark.parametrize(("method", "options", "says"), OPTIONS)
def test_a_wrong_option_is_answered_in_one_sentence(detect, method, options, says):
    code, answer, said = detect(PLAIN, *options, method=method)

    assert (code, answer) == (2, None)
    assert says in said
    assert len(said.splitlines()) == 1


def test_too_many_rows_are_refused(detect, monkeypatch):
    monkeypatch.setattr(tidy_counts, "MOST_ROWS", 7)

    code, _, said = detect(PLAIN)

    assert code == 2
    assert "more than 7 rows" in said


def test_too_many_bytes_are_refused_before_reading(detect, monkeypatch):
    monkeypatch.setattr(tidy_counts, "MOST_BYTES", 20)

    assert "split it by series" in detect(PLAIN)[2]


@pytest.mark.parametrize(
    ("file", "out", "says"),
    [
        ("absent.csv", "out.csv", "absent.csv cannot be read"),
        (".", "out.csv", "is a folder"),
        ("counts.csv", "no/such/out.csv", "cannot be written"),
        ("counts.csv", "folder", "cannot be written"),
        ("counts.csv", "counts.csv", "--out is the input"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, capsys, file, out, says):
    (tmp_path / "counts.csv").write_text(PLAIN)
    (tmp_path / "folder").mkdir()

    code = command.main(
        ["detect", str(tmp_path / file), "--method", "ears-c1", "--out", str(tmp_path / out)]
    )

    assert code == 2
    assert says in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counts.csv", "folder"]


def test_an_old_answer_survives_a_failure(detect, tmp_path):
    (tmp_path / "out.csv").write_text("series\nkept\n")

    code, answer, _ = detect("series,t,count\na,1,-1\n")

    assert (code, answer) == (2, [{"series": "kept"}])


def test_no_database_and_no_framework_is_loaded(tmp_path):
    (tmp_path / "counts.csv").write_text(PLAIN)
    program = (
        "import argparse, sys\n"
        "from tuyen.cli import detect\n"
        "parser = argparse.ArgumentParser()\n"
        "detect.add_parsers(parser.add_subparsers())\n"
        "args = parser.parse_args(sys.argv[1:])\n"
        "code = args.run(args)\n"
        "assert not {'django', 'sqlite3', 'psycopg'} & set(sys.modules)\n"
        "sys.exit(code)\n"
    )

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            "detect",
            "counts.csv",
            "--method",
            "law",
            "--out",
            "o.csv",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", "")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, (tmp_path / "o.csv").exists()) == (0, True), done.stderr


def test_a_pipe_is_written_directly(tmp_path):
    (tmp_path / "counts.csv").write_text(PLAIN)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)

    code = command.main(
        ["detect", str(tmp_path / "counts.csv"), "--method", "ears-c1", "--out", str(pipe)]
    )

    assert code == 0
    assert reader.communicate(timeout=300)[0].splitlines()[0] == ",".join(HEADER)
