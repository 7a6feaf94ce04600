"""``tuyen model``: the CSV contract of forecasting platforms, in both directions."""

import csv
import shlex
from pathlib import Path

import numpy as np
import pytest
import yaml

from tuyen.cli.forecasting.sample_files import period
from tuyen.cli.main import build_parser, main

ROOT = Path(__file__).parents[3]
MONTHS = [f"{year}-{month:02d}" for year in range(2016, 2026) for month in range(1, 13)]


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, header, lines):
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """Ten years of months in two districts, a model trained on them, and its forecast."""
    folder = tmp_path_factory.mktemp("province")
    rng = np.random.default_rng(2)
    lines, counts = [], {}
    for place, size in (("Điện Biên", 30), ("Mường Lay", 6)):
        wave = 1 + 0.7 * np.sin(2 * np.pi * np.arange(120) / 12)
        counts[place] = rng.poisson(size * wave)
        lines += [
            f"{n},{month},{place},{100 + 60 * wave[n]:.1f},{20 + 5 * wave[n]:.1f},{c},50000"
            for n, (month, c) in enumerate(zip(MONTHS, counts[place], strict=True))
        ]
    header = ",time_period,location,rainfall,mean_temperature,disease_cases,population"
    write(folder / "train.csv", header, lines)
    ahead = [f"2026-{m:02d},{p},120,22,50000" for p in counts for m in (1, 2, 3)]
    write(folder / "future.csv", "time_period,location,rainfall,mean_temperature,population", ahead)
    model, out = folder / "model.bin", folder / "out.csv"
    train = main(["model", "train", str(folder / "train.csv"), str(model)])
    names = [str(folder / f"{name}.csv") for name in ("train", "future", "out")]
    predict = main(["model", "predict", str(model), *names, "--samples", "200"])
    return folder, (train, predict), counts, out


def test_every_future_row_is_answered_by_whole_draws(province):
    folder, codes, counts, out = province

    answer = rows(out)

    assert codes == (0, 0)
    wanted = [(row["time_period"], row["location"]) for row in rows(folder / "future.csv")]
    assert [(row["time_period"], row["location"]) for row in answer] == wanted
    assert list(answer[0]) == ["time_period", "location", *(f"sample_{n}" for n in range(200))]
    drawn = np.array([[int(row[f"sample_{n}"]) for n in range(200)] for row in answer])
    assert (drawn >= 0).all()
    usual = counts["Điện Biên"][[n for n in range(120) if n % 12 == 0]].mean()
    assert drawn[0].mean() == pytest.approx(usual, rel=0.4)


def test_the_same_seed_draws_the_same(province, tmp_path):
    folder, _, _, out = province
    again = tmp_path / "again.csv"

    main(["model", "predict", *(str(folder / f) for f in ("model.bin", "train.csv", "future.csv")),
          str(again), "--samples", "200"])  # fmt: skip

    assert again.read_bytes() == out.read_bytes()


def test_draws_of_others_are_scored(province, tmp_path, capsys):
    folder, _, _, out = province
    came = [f"{row['time_period']},{row['location']},9" for row in rows(folder / "future.csv")]
    write(tmp_path / "came.csv", "time_period,location,disease_cases", came)

    code = main(["score", str(out), "--observed", str(tmp_path / "came.csv"), "--out",
                 str(tmp_path / "scores.csv")])  # fmt: skip

    scored = rows(tmp_path / "scores.csv")
    assert code == 0, capsys.readouterr().err
    assert len(scored) == 6
    assert all(float(row["crps"]) > 0 for row in scored)


def test_models_of_others_are_combined_by_what_they_were_worth(tmp_path):
    header = "time_period,location," + ",".join(f"sample_{n}" for n in range(9))
    months = [f"2025-{m:02d}" for m in range(1, 8)]
    for name, centre in (("good", 20), ("bad", 60)):
        drawn = ",".join(str(centre + n - 4) for n in range(9))
        write(tmp_path / f"{name}.csv", header, [f"{month},a,{drawn}" for month in months])
    write(tmp_path / "came.csv", "time_period,location,disease_cases",
          [f"{month},a,{'' if month == '2025-07' else 20}" for month in months])  # fmt: skip

    files = [str(tmp_path / f"{name}.csv") for name in ("good", "bad")]
    code = main(["model", "combine", *files, "--observed", str(tmp_path / "came.csv"), "--out",
                 str(tmp_path / "out.csv")])  # fmt: skip

    answer = rows(tmp_path / "out.csv")
    assert code == 0
    assert {row["time_period"] for row in answer} == {"2025-07"}
    assert len(answer) == 23
    assert all(14 <= int(row["value"]) <= 26 for row in answer)


def test_a_history_that_reaches_into_the_future_is_refused(province, tmp_path, capsys):
    folder, _, _, _ = province
    write(tmp_path / "late.csv", "time_period,location,rainfall,mean_temperature",
          ["2025-12,Điện Biên,120,22"])  # fmt: skip

    code = main(["model", "predict", str(folder / "model.bin"), str(folder / "train.csv"),
                 str(tmp_path / "late.csv"), str(tmp_path / "out.csv")])  # fmt: skip

    assert code == 2
    assert "late.csv has periods that" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("text", "kind"),
    [("2026-03", "month"), ("202603", "month"), ("2026-03-02/2026-03-08", "week"),
     ("20260302/20260308", "week"), ("2026W10", "week"), ("2026-03-02", "day")],
)  # fmt: skip
def test_periods_are_read_in_every_writing(text, kind):
    assert period(text).kind == kind


def test_neighbouring_periods_follow_one_another_over_the_year():
    assert period("2026-01").number - period("2025-12").number == 1
    assert period("2021W01").number - period("2020-W53").number == 1
    assert period("2026W10") == period("2026-03-02/2026-03-08")
    assert period("2026-13") is None
    assert period("2026-03-02/2026-03-11") is None


def test_the_project_file_calls_commands_that_exist():
    project = yaml.safe_load((ROOT / "ops" / "mlproject" / "MLproject").read_text("utf-8"))

    for name, names in (
        ("train", {"train_data", "model"}),
        ("predict", {"historic_data", "future_data", "model", "out_file"}),
    ):
        entry = project["entry_points"][name]
        assert set(entry["parameters"]) == names
        words = shlex.split(entry["command"].format(**{one: one for one in names}))
        assert words[0] == "tuyen"
        assert build_parser().parse_args(words[1:]).kind == name
