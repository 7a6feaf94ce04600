"""``tuyen forecast --covariates``: weather of the past and weather foretold, never weather to come."""

import csv
import datetime

import numpy as np
import pytest

from tuyen.cli.main import main

MONDAY = datetime.date(2022, 1, 3)
WEEKS = 170


def day(week):
    return MONDAY + datetime.timedelta(weeks=week)


@pytest.fixture(scope="module")
def wet():
    """Counts of two places that follow rain three weeks later."""
    rng = np.random.default_rng(8)
    away = np.zeros(WEEKS)
    for t in range(1, WEEKS):
        away[t] = 0.8 * away[t - 1] + rng.normal(0, 0.6)
    late = np.concatenate([np.zeros(3), away[:-3]])
    counts = rng.poisson(15 * np.exp(0.7 * late), (2, WEEKS))
    rows = [f"{p},{day(t)},{counts[n, t]}\n" for n, p in enumerate("ab") for t in range(WEEKS)]
    rain = [f"{day(t)},{50 + 30 * away[t]:.2f}\n" for t in range(WEEKS)]
    return "series,date,count\n" + "".join(rows), "date,rainfall\n" + "".join(rain)


@pytest.fixture
def command(tmp_path, capsys):
    """command({file: text}, *options): exit code, bytes of the answer (None: no file), stderr."""

    def run(files, *options):
        for file, text in files.items():
            (tmp_path / file).write_text(text, encoding="utf-8")
        first, out = tmp_path / next(iter(files)), tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        given = [str(tmp_path / o) if o in files else str(o) for o in options]
        code = main(["forecast", str(first), "--out", str(out), "--horizon", "4", *given])
        return code, out.read_bytes() if out.exists() else None, capsys.readouterr().err

    return run


@pytest.mark.parametrize("model", ["climate", "ensemble"])
def test_weather_after_the_origin_changes_not_one_byte(command, wet, model):
    counts, rain = wet
    given = ("--covariates", "w.csv", "--origin", day(150).isoformat(), "--model", model)
    lines = rain.splitlines(keepends=True)
    planted = "".join(lines[:152]) + "".join(f"{day(t)},99999\n" for t in range(151, WEEKS))

    _, one, _ = command({"c.csv": counts, "w.csv": rain}, *given)
    _, other, _ = command({"c.csv": counts, "w.csv": planted}, *given)
    _, without, _ = command({"c.csv": counts, "w.csv": "".join(lines[:152])}, *given)

    assert one == other == without
    assert one is not None


def test_weather_foretold_by_the_origin_counts_and_later_issues_do_not(command, wet):
    counts, rain = wet
    given = ("--covariates", "w.csv", "--future-covariates", "f.csv", "--model", "climate")
    last = day(WEEKS - 1)

    def ahead(issued, value):
        rows = [f"{day(WEEKS + h)},{issued},{value}\n" for h in range(4)]
        return "date,issued,rainfall\n" + "".join(rows)

    _, none, _ = command({"c.csv": counts, "w.csv": rain}, *given[:2], *given[4:])
    answers = [
        command({"c.csv": counts, "w.csv": rain, "f.csv": ahead(when, 180)}, *given)[1]
        for when in (last, last + datetime.timedelta(days=7))
    ]

    assert answers[0] != none
    assert answers[1] == none


def test_a_place_without_weather_and_a_model_without_it_are_named(command, wet):
    counts, _ = wet
    own = "".join(["series,date,rainfall\n", *(f"a,{day(t)},5\n" for t in range(WEEKS))])

    code, answer, said = command({"c.csv": counts, "w.csv": own}, "--covariates", "w.csv")
    bare, _, wants = command({"c.csv": counts}, "--model", "climate")

    assert (code, answer, bare) == (2, None, 2)
    assert "series 'b' has no weather" in said
    assert "--covariates" in wants


def test_members_of_the_ensemble_are_chosen_by_name(command, wet):
    counts, _ = wet

    code, answer, _ = command({"c.csv": counts}, "--members", "level,baseline")
    wrong, _, said = command({"c.csv": counts}, "--members", "level,prophet")

    assert (code, wrong) == (0, 2)
    assert len(list(csv.DictReader(answer.decode().splitlines()))) == 2 * 4 * 24
    assert "prophet" in said
