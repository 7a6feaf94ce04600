"""``tuyen forecast`` from a file to a file, and never from the future."""

import csv
import datetime

import numpy as np
import pytest

from tuyen.cli.main import main

MONDAY = datetime.date(2022, 1, 3)
COLUMNS = ["model_id", "reference_date", "target", "horizon", "location", "target_end_date",
           "output_type", "output_type_id", "value"]  # fmt: skip


def weekly(name, weeks, seed=1, mean=9):
    rng = np.random.default_rng(seed)
    season = 1 + 0.6 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    counts = rng.poisson(mean * season)
    return [f"{name},{MONDAY + datetime.timedelta(weeks=n)},{c}\n" for n, c in enumerate(counts)]


@pytest.fixture
def command(tmp_path, capsys):
    """command({file: text}, *options): exit code, bytes of the answer (None: no file), stderr."""

    def run(files, *options):
        for file, text in files.items():
            (tmp_path / file).write_text(text, encoding="utf-8")
        first, out = tmp_path / next(iter(files)), tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        given = [str(tmp_path / o) if o in files else str(o) for o in options]
        code = main(["forecast", str(first), "--out", str(out), *given])
        return code, out.read_bytes() if out.exists() else None, capsys.readouterr().err

    return run


def table(answer):
    return list(csv.DictReader(answer.decode().splitlines()))


HEADER = "series,date,count\n"


def test_the_answer_has_hubverse_columns_and_23_quantiles(command):
    code, answer, _ = command(
        {"c.csv": HEADER + "".join(weekly("a", 150) + weekly("b", 150, seed=2))}, "--horizon", 2
    )

    rows = table(answer)
    assert code == 0
    assert list(rows[0]) == COLUMNS
    assert len(rows) == 2 * 2 * 24
    last = MONDAY + datetime.timedelta(weeks=149)
    assert {row["reference_date"] for row in rows} == {last.isoformat()}
    ahead = [(last + datetime.timedelta(weeks=n)).isoformat() for n in (1, 2)]
    assert sorted({row["target_end_date"] for row in rows}) == ahead
    values = [int(row["value"]) for row in rows if row["output_type"] == "quantile"]
    assert min(values) >= 0
    assert values[:23] == sorted(values[:23])


@pytest.mark.parametrize("model", ["ensemble", "nb-ar", "level", "baseline"])
def test_a_planted_future_changes_not_one_byte(command, model):
    lines = weekly("a", 150) + weekly("b", 150, seed=2)
    origin = (MONDAY + datetime.timedelta(weeks=139)).isoformat()
    known = [line for line in lines if line.split(",")[1] <= origin]
    spoilt = [
        line if line in known else ",".join([*line.split(",")[:2], "99999\n"]) for line in lines
    ]
    spoilt += weekly("new", 160)[145:]  # a series that only the future knows
    options = ("--horizon", 3, "--model", model, "--origin", origin)

    plain, whole, planted = (
        command({"c.csv": HEADER + "".join(part)}, *options) for part in (known, lines, spoilt)
    )

    assert plain[0] == 0
    assert plain == whole == planted


@pytest.mark.parametrize("dated", [True, False])
def test_a_forecast_is_scored_against_the_file_it_came_from(command, tmp_path, capsys, dated):
    lines = weekly("a", 120) + weekly("b", 120, seed=2)
    header, origin = HEADER, (MONDAY + datetime.timedelta(weeks=99)).isoformat()
    if not dated:
        lines = [f"{line[0]},{n % 120 + 1},{line.split(',')[2]}" for n, line in enumerate(lines)]
        header, origin = "series,t,count\n", 100
    _, answer, _ = command({"c.csv": header + "".join(lines)}, "--horizon", 4, "--origin", origin)
    (tmp_path / "f.csv").write_bytes(answer)

    code = main(["score", str(tmp_path / "f.csv"), "--observed", str(tmp_path / "c.csv"),
                 "--out", str(tmp_path / "s.csv")])  # fmt: skip

    assert code == 0
    assert "8 forecasts scored" in capsys.readouterr().out
    rows = table((tmp_path / "s.csv").read_bytes())
    came = {tuple(line.strip().split(",")[:2]): line.strip().split(",")[2] for line in lines}
    for row in rows:
        at = (row["location"], row["target_end_date"])
        assert float(row["observation"]) == float(came[at])


def test_months_follow_months_and_t_follows_t(command):
    months = [f"a,2020-{n:02d}-01,{n}\n" for n in range(1, 13)]
    _, monthly, _ = command({"c.csv": HEADER + "".join(months)}, "--horizon", 2)
    _, undated, _ = command(
        {"c.csv": "series,t,count\n" + "".join(f"a,{t},{t % 5}\n" for t in range(1, 40))},
        "--horizon", 1,
    )  # fmt: skip

    assert {row["target_end_date"] for row in table(monthly)} == {"2021-01-01", "2021-02-01"}
    assert {row["target_end_date"] for row in table(undated)} == {"40"}


def test_a_province_is_the_sum_of_its_communes(command):
    text = HEADER + "".join(weekly("xa A", 120, mean=4) + weekly("xa B", 120, seed=2))
    parents = "series,parent\nxa A,tỉnh\nxa B,tỉnh\nxa C,tỉnh\n"

    code, answer, _ = command(
        {"c.csv": text, "p.csv": parents}, "--horizon", 2, "--hierarchy", "p.csv"
    )

    rows = [row for row in table(answer) if row["output_type"] == "mean"]
    mean = {(row["location"], row["horizon"]): float(row["value"]) for row in rows}
    assert code == 0
    for h in "12":
        assert mean["tỉnh", h] == pytest.approx(mean["xa A", h] + mean["xa B", h])


def test_neighbours_are_forecast_together(command):
    lines = [line for n, name in enumerate("abc") for line in weekly(name, 110, seed=n)]
    files = {
        "c.csv": HEADER + "".join(lines),
        "n.csv": "from,to\na,b\nb,a\nb,c\nc,b\n",
        "p.csv": "series,population\na,100\nb,100\nc,90\n",
    }
    options = ("--horizon", 2, "--model", "endemic-epidemic")

    code, answer, _ = command(files, *options, "--neighbours", "n.csv", "--population", "p.csv")
    alone, none, said = command(files, *options)

    rows = table(answer)
    assert (code, len(rows)) == (0, 3 * 2 * 24)
    means = [float(row["value"]) for row in rows if row["output_type"] == "mean"]
    assert 2 < min(means) < max(means) < 30
    assert (alone, none) == (2, None)
    assert "needs --neighbours" in said


def test_a_silent_series_is_named_and_the_others_are_forecast(command):
    text = HEADER + "".join(weekly("a", 60)) + "mute,2022-01-03,\nmute,2022-01-10,\n"

    code, answer, said = command({"c.csv": text}, "--horizon", 1)

    assert code == 0
    assert {row["location"] for row in table(answer)} == {"a"}
    assert "'mute', have no forecast" in said


@pytest.mark.parametrize(
    ("parents", "options", "says"),
    [
        ("series,parent\na,b\n", ("--horizon", 0), "--horizon is 0; expected 1 to 520"),
        ("series,parent\na,b\n", ("--horizon", 1, "--origin", "soon"), "--origin is soon"),
        ("series,parent\na,b\n", ("--horizon", 1, "--origin", "1999-01-04"), "no period so early"),
        ("series,parent\na,a\n", ("--horizon", 1, "--hierarchy", "p.csv"), "row 2, column parent"),
        ("series,parent\na,b\nb,c\n", ("--horizon", 1, "--hierarchy", "p.csv"), "two levels"),
        ("series,parent\nz,b\n", ("--horizon", 1, "--hierarchy", "p.csv"), "names no series"),
        ("series,up\na,b\n", ("--horizon", 1, "--hierarchy", "p.csv"), "'parent' is missing"),
    ],
)
def test_what_cannot_be_forecast_is_answered_by_one_sentence(command, parents, options, says):
    files = {"c.csv": HEADER + "".join(weekly("a", 30)), "p.csv": parents}

    code, answer, said = command(files, *options)

    assert (code, answer) == (2, None)
    assert says in said
    assert len(said.splitlines()) == 1
