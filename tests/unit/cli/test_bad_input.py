"""What is wrong with counts, and the stated rule for it, in detection and in forecasts."""

import csv
import datetime
import json

import numpy as np
import pytest

from tuyen.cli.main import main

MONDAY = datetime.date(2018, 1, 1)
WEEKS = 365  # 2020 has 53 of them
HEADER = "series,date,count"


def day(week):
    return (MONDAY + datetime.timedelta(weeks=week)).isoformat()


def weekly(counts, name="a"):
    return [f"{name},{day(n)},{'' if c is None else c}" for n, c in enumerate(counts)]


@pytest.fixture(scope="module")
def usual():
    return np.random.default_rng(3).poisson(8, WEEKS).tolist()


@pytest.fixture
def run(tmp_path, capsys):
    """run(command, lines, *options): exit code, rows (None: no file), standard error."""

    def go(command, lines, *options, header=HEADER):
        file, out = tmp_path / "in.csv", tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        given = {
            "detect": ["--method", "farrington-flexible", "--range", f"{WEEKS - 1}:{WEEKS}"],
            "forecast": ["--horizon", "2", "--model", "nb-ar"],
        }[command]
        code = main([command, str(file), "--out", str(out), *given, *options])
        said = capsys.readouterr().err
        if not out.exists():
            return code, None, said
        with out.open(encoding="utf-8", newline="") as answer:
            return code, list(csv.DictReader(answer)), said

    return go


def level(command, rows):
    """What a command expects in the end, of one series."""
    if command == "detect":
        return float(rows[-1]["expected"])
    return float(next(row for row in reversed(rows) if row["output_type"] == "mean")["value"])


COMMANDS = ("detect", "forecast")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            lambda lines: [*lines[:50], lines[50].rpartition(",")[0] + ",-3", *lines[51:]],
            "negative",
        ),
        (lambda lines: [*lines, lines[50]], "keep one of the two"),
        (lambda lines: [*lines[:50], *lines[51:]], "add the missing rows"),
    ],
    ids=["negative", "a week twice", "a gap"],
)
def test_what_only_the_owner_can_mend_is_refused(run, usual, command, spoil, says):
    code, rows, said = run(command, spoil(weekly(usual)))

    assert (code, rows) == (2, None)
    assert says in said


@pytest.mark.parametrize("command", COMMANDS)
def test_a_week_that_was_not_reported_is_not_a_week_without_cases(run, usual, command):
    gaps = [None if 280 <= n < 320 else count for n, count in enumerate(usual)]
    zeros = [0 if count is None else count for count in gaps]

    _, missing, _ = run(command, weekly(gaps))
    _, none, _ = run(command, weekly(zeros))

    assert level(command, missing) == pytest.approx(8, rel=0.35)
    assert level(command, none) < level(command, missing)


@pytest.mark.parametrize("command", COMMANDS)
def test_zeros_for_ever_are_answered_quietly(run, command):
    code, rows, said = run(command, weekly([0] * WEEKS))

    assert (code, said) == (0, "")
    if command == "detect":
        assert {row["alarm"] for row in rows} == {"false"}
    else:
        assert {float(row["value"]) for row in rows if row["output_type"] == "quantile"} == {0.0}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_commune_born_last_year_does_not_stop_the_others(run, usual, command):
    young = [f"b,{day(n)},{usual[n]}" for n in range(WEEKS - 30, WEEKS)]

    code, rows, _ = run(command, [*weekly(usual), *young], *(
        ("--range", f"{day(WEEKS - 2)}:") if command == "detect" else ()))  # fmt: skip

    assert code == 0
    place = "series" if command == "detect" else "location"
    assert {row[place] for row in rows} == {"a", "b"}
    if command == "detect":
        assert {row["alarm"] for row in rows if row["series"] == "b"} == {""}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("way", ["column", "option"])
def test_an_epidemic_year_is_left_out_of_what_is_usual(run, usual, command, way):
    epidemic = [count * 9 if 250 <= n < 300 else count for n, count in enumerate(usual)]
    lines, header, options = weekly(epidemic), HEADER, ()
    if way == "column":
        header = HEADER + ",exclude"
        lines = [f"{line},{int(250 <= n < 300)}" for n, line in enumerate(lines)]
    else:
        options = ("--exclude", f"{day(250)}:{day(299)}")

    _, ours, _ = run(command, lines, *options, header=header)
    _, gap, _ = run(command, weekly(
        [None if 250 <= n < 300 else count for n, count in enumerate(usual)]))  # fmt: skip

    assert level(command, ours) == level(command, gap) == pytest.approx(8, rel=0.35)


@pytest.mark.parametrize("command", COMMANDS)
def test_counts_by_an_old_definition_are_no_history(run, usual, command):
    old = [count * 6 if n < 120 else count for n, count in enumerate(usual)]

    code, rows, _ = run(command, weekly(old), "--exclude", f":{day(119)}")

    assert code == 0  # the years that are left still answer
    assert level(command, rows) == pytest.approx(8, rel=0.35)


def test_a_step_of_the_population_moves_what_is_expected(run, usual, tmp_path):
    doubled = [count * 2 if n >= WEEKS - 40 else count for n, count in enumerate(usual)]
    people = [2000 if n >= WEEKS - 40 else 1000 for n in range(WEEKS)]
    lines = [f"{line},{n}" for line, n in zip(weekly(doubled), people, strict=True)]

    control = tmp_path / "c.json"
    control.write_text(json.dumps({"populationOffset": True, "trend": False}), encoding="utf-8")
    _, rows, _ = run("detect", lines, "--config", str(control), header=HEADER + ",population")

    assert level("detect", rows) == pytest.approx(16, rel=0.25)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_year_of_53_weeks_moves_nothing(run, command):
    """One week a year is high, always the second of January's: it is expected there, and only so."""
    high = [
        40 if (MONDAY + datetime.timedelta(weeks=n)).isocalendar()[1] == 2 else 5
        for n in range(WEEKS)
    ]
    last = max(n for n in range(WEEKS) if high[n] == 40)

    if command == "detect":
        code, rows, _ = run(command, weekly(high[: last + 1]), "--range", f"{day(last)}:")
        assert code == 0
        assert float(rows[0]["expected"]) > 5
    else:
        code, rows, _ = run(command, weekly(high[:last]))
        ends = sorted({row["target_end_date"] for row in rows})
        assert ends == [day(last), day(last + 1)]
    assert code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--exclude", "2021"), "expected FROM:TO"),
        (("--exclude", "1990-01-01:1990-02-01"), "holds no period"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_span_that_says_nothing_is_refused(run, usual, command, options, says):
    code, rows, said = run(command, weekly(usual), *options)

    assert (code, rows) == (2, None)
    assert says in said


def test_an_exclude_cell_that_is_neither_yes_nor_no_is_named(run, usual):
    lines = [f"{line},maybe" for line in weekly(usual)]

    code, _, said = run("detect", lines, header=HEADER + ",exclude")

    assert code == 2
    assert "column exclude: 'maybe'" in said
