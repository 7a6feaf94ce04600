"""``tuyen score`` and ``tuyen rt`` from files to files."""

import csv

import numpy as np
import pytest

from tuyen.cli.main import main
from tuyen.engines.surveillance import scores
from tuyen.engines.surveillance.reproduction import reproduction, serial_interval


@pytest.fixture
def command(tmp_path, capsys):
    """command(name, {file: text}, *options): exit code, rows (None: no file), output, errors."""

    def run(name, files, *options):
        for file, text in files.items():
            (tmp_path / file).write_text(text, encoding="utf-8")
        first, out = tmp_path / next(iter(files)), tmp_path / "out.csv"
        given = [str(tmp_path / o) if o in files else str(o) for o in options]
        code = main([name, str(first), "--out", str(out), *given])
        said = capsys.readouterr()
        rows = None
        if out.exists():
            with out.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        return code, rows, said.out, said.err

    return run


def forecast(quantiles, model="m", series="a", date="2026-01-12"):
    return "".join(
        f"{model},{series},{date},quantile,{level:g},{value}\n"
        for level, value in zip(scores.LEVELS, quantiles, strict=True)
    )


HEADER = "model_id,series,target_end_date,output_type,output_type_id,value\n"
CAME = "series,date,count\na,2026-01-12,9\n"


def test_a_forecast_is_scored_against_tidy_counts(command):
    code, rows, said, _ = command(
        "score", {"f.csv": HEADER + forecast(range(23)), "o.csv": CAME}, "--observed", "o.csv"
    )

    expected = scores.interval_score(np.array([9.0]), np.arange(23.0)[None, :])
    assert (code, len(rows)) == (0, 1)
    assert float(rows[0]["wis"]) == expected.wis[0]
    assert rows[0]["covered_90"] == "1.0"
    assert rows[0]["log_score"] == ""
    assert "1 forecasts scored" in said


def test_a_model_is_compared_with_a_baseline(command):
    text = HEADER + forecast(range(23)) + forecast(range(10, 33), model="base")
    files = {"f.csv": text, "o.csv": CAME}

    code, rows, _, _ = command(
        "score", files, "--observed", "o.csv", "--by", "model_id", "--baseline", "base"
    )

    ours, base = (float(row["wis"]) for row in rows)
    assert code == 0
    assert [row["model_id"] for row in rows] == ["m", "base"]
    assert float(rows[0]["relative_wis_sum"]) == pytest.approx(ours / base)
    assert float(rows[1]["relative_wis_geometric"]) == pytest.approx(1)


def test_samples_and_distributions_are_scored_too(command):
    text = (
        "id,output_type,output_type_id,value,observation\n"
        "1,sample,1,3,4\n1,sample,2,5,4\n2,nbinom,mean,3.5,4\n2,nbinom,size,2,4\n"
    )

    code, rows, _, _ = command("score", {"f.csv": text})

    assert code == 0
    assert float(rows[0]["crps"]) == 0.5
    assert float(rows[1]["log_score"]) == scores.nb_log_score(4.0, 3.5, 2.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("series,output_type,value\na,quantile,3\n", "output_type_id"),
        (HEADER + "m,a,2026-01-12,quantile,half,3\n", "row 2, column output_type_id: 'half'"),
        (HEADER + "m,a,2026-01-12,quantile,0.1,3\nm,a,2026-01-12,quantile,0.9,2\n", "row 3"),
        (HEADER + "m,a,2026-01-12,quantile,0.1,3\nm,a,2026-01-12,quantile,0.1,3\n", "each once"),
        (HEADER + "m,a,2026-01-12,guess,0.1,3\n", "row 2, column output_type: 'guess'"),
        (HEADER + "m,b,2026-01-12,quantile,0.1,3\n", "no forecast has an observation"),
        (HEADER + "m,a,2026-01-12,quantile,0.1,\n", "row 2, column value"),
    ],
)
def test_a_bad_forecast_is_answered_by_one_sentence(command, text, says):
    code, rows, _, said = command("score", {"f.csv": text, "o.csv": CAME}, "--observed", "o.csv")

    assert (code, rows) == (2, None)
    assert says in said
    assert len(said.splitlines()) == 1


def test_rt_of_a_file_is_the_engine_s(command):
    counts = [3, 5, 4, 8, 9, 12, 15, 14, 20, 24, 22, 30]
    text = "series,t,count\n" + "".join(f"a,{t},{c}\n" for t, c in enumerate(counts, 1))

    code, rows, _, _ = command("rt", {"c.csv": text}, "--mean-si", 3, "--std-si", 1.5)

    ours = reproduction(
        np.array([counts], dtype=float), serial_interval(3, 1.5, 12), mean_interval=3
    )
    assert code == 0
    assert [int(row["t_end"]) for row in rows] == [8, 9, 10, 11, 12]
    assert [float(row["mean"]) for row in rows] == ours.mean[0].tolist()
    assert [float(row["q975"]) for row in rows] == ours.quantiles[0, :, -1].tolist()
    assert rows[0]["doubling"] == ""


def test_rt_of_dates_names_the_days_and_may_draw_the_serial_interval(command):
    text = "series,date,count\n" + "".join(f"a,2026-03-{d:02d},{10 + d}\n" for d in range(1, 25))
    options = ("--mean-si", 4, "--std-si", 2, "--std-mean-si", 1, "--seed", 3)

    one = command("rt", {"c.csv": text}, *options)
    two = command("rt", {"c.csv": text}, *options)

    assert one == two
    assert (one[1][-1]["date_start"], one[1][-1]["date_end"]) == ("2026-03-18", "2026-03-24")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--mean-si", 1, "--std-si", 1), "more than 1 day"),
        (("--mean-si", 3, "--std-si", 1, "--window", 50), "longer than --window 50"),
    ],
)
def test_rt_refuses_what_it_cannot_estimate(command, options, says):
    text = "series,t,count\n" + "".join(f"a,{t},4\n" for t in range(1, 20))

    code, rows, _, said = command("rt", {"c.csv": text}, *options)

    assert (code, rows) == (2, None)
    assert says in said
