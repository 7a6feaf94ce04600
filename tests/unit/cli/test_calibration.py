"""``tuyen calibrate`` and ``tuyen backtest`` from files to files."""

import csv
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from tuyen.cli.main import main
from tuyen.engines.surveillance.nation import SMALL, labelled, simulate

WEEKS = 346


@pytest.fixture(scope="module")
def nation():
    profile = SMALL._replace(communes=60, diseases=4, provinces=2, weeks=WEEKS, outbreaks=0.004)
    return simulate(profile, 4)


@pytest.fixture(scope="module")
def files(nation, tmp_path_factory):
    """Counts, labels of half of the outbreaks, and places."""
    folder = tmp_path_factory.mktemp("files")
    names = [f"xã {c} / bệnh {d}" for c, d in zip(nation.commune, nation.disease, strict=True)]
    told = labelled(nation, 0.5, 1)
    tables = {
        "counts.csv": ("series,t,count", [(name, week + 1, nation.counts[row, week])
                       for row, name in enumerate(names) for week in range(WEEKS)]),
        "labels.csv": ("series,t", [(names[row], week + 1)
                       for row, week in zip(*np.nonzero(told), strict=True)]),
        "places.csv": ("series,disease,region,team", [(name, f"b{d}", f"r{p}", f"t{p}")
                       for name, d, p in zip(names, nation.disease, nation.province, strict=True)]),
    }  # fmt: skip
    for file, (header, rows) in tables.items():
        text = "\n".join([header, *(",".join(map(str, row)) for row in rows)])
        (folder / file).write_text(text + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def command(files, tmp_path, capsys):
    """command(name, *options): exit code, rows (None: no file), output, errors."""

    def run(name, *options, labels="labels.csv", counts="counts.csv"):
        out = tmp_path / "out.csv"
        given = ["--labels", str(files / labels)] if labels else []
        code = main([name, str(files / counts), "--out", str(out), *given,
                     "--places", str(files / "places.csv"), *map(str, options)])  # fmt: skip
        said = capsys.readouterr()
        if not out.exists():
            return code, None, said.out, said.err
        with out.open(encoding="utf-8", newline="") as file:
            return code, list(csv.DictReader(file)), said.out, said.err

    return run


def test_every_series_of_every_judged_week_is_answered(command, nation):
    code, rows, said, _ = command("calibrate", "--weeks", 6, "--q", 0.2)

    assert (code, len(rows)) == (0, 6 * 240)
    ringing = [row for row in rows if row["alarm"] == "true"]
    assert ringing
    assert f"{len(ringing)} alarms in 6 weeks" in said
    assert all(float(row["chance"]) > 0.3 for row in ringing)
    assert {row["t"] for row in rows} == {str(week) for week in range(341, 347)}


def test_alarms_are_mostly_right(command, nation):
    _, rows, _, _ = command("calibrate", "--weeks", 20, "--q", 0.2)

    hit = nation.excess[:, -20:].ravel() > 0
    rings = np.array([row["alarm"] == "true" for row in rows])
    assert (rings & hit).sum() > 0.4 * hit.sum()
    assert (rings & ~hit).sum() < 0.4 * rings.sum()


def test_a_no_is_heard_and_anything_else_is_answered(command, files, nation):
    text = (files / "labels.csv").read_text(encoding="utf-8").splitlines()
    said = [text[0] + ",said", *(row + ",yes" for row in text[1:])]
    busy = (nation.excess == 0) & (nation.counts >= 3)
    names = [f"xã {c} / bệnh {d}" for c, d in zip(nation.commune, nation.disease, strict=True)]
    quiet = [f"{names[row]},{week + 1},no" for row, week in zip(*np.nonzero(busy), strict=True)]
    (files / "said.csv").write_text("\n".join([*said, *quiet]), encoding="utf-8")

    _, silent, _, _ = command("calibrate", "--weeks", 4)
    code, heard, _, err = command("calibrate", "--weeks", 4, labels="said.csv")

    assert code == 0, err
    chances = [[float(row["chance"] or 0) for row in rows] for rows in (silent, heard)]
    assert sum(chances[1]) != sum(chances[0])
    (files / "said.csv").write_text("\n".join([*said, quiet[0][:-2] + "maybe"]), encoding="utf-8")
    code, _, _, err = command("calibrate", labels="said.csv")
    assert (code, "yes or no" in err) == (2, True)


def test_a_budget_is_kept_by_each_team(command):
    _, rows, _, _ = command("calibrate", "--weeks", 4, "--budget", 2)

    ranks = {}
    for row in rows:
        if row["alarm"] == "true":
            ranks.setdefault((row["team"], row["t"]), []).append(int(row["rank"]))
    assert {team for team, _ in ranks} == {"t0", "t1"}
    assert all(sorted(found) == [1, 2][: len(found)] for found in ranks.values())
    assert [1, 2] in map(sorted, ranks.values())


def test_a_later_label_changes_nothing(command, files):
    text = (files / "labels.csv").read_text(encoding="utf-8")
    (files / "more.csv").write_text(text + "xã 1 / bệnh 1,346\n", encoding="utf-8")

    _, before, _, _ = command("calibrate", "--weeks", 4)
    _, after, _, _ = command("calibrate", "--weeks", 4, labels="more.csv")

    assert before == after


def test_pictures_are_well_formed(command, tmp_path):
    command("calibrate", "--weeks", 6, "--q", 0.2, "--plot", tmp_path / "a.svg")
    command("backtest", "--weeks", 20, "--plot", tmp_path / "b.svg")

    for name in ("a.svg", "b.svg"):
        assert ET.parse(tmp_path / name).getroot().tag.endswith("svg")


def test_each_rule_disease_and_size_has_a_curve(command):
    rules = ("farrington", "ears-c1", "ears-c3", "law", "chance")
    options = [word for rule in rules for word in ("--rule", rule)]

    code, rows, _, err = command("backtest", "--weeks", 20, *options)

    assert (code, err) == (0, "")
    assert {row["rule"] for row in rows} == set(rules)
    for rule in rules:
        mine = [row for row in rows if row["rule"] == rule]
        assert {row["disease"] for row in mine} == {"b0", "b1", "b2", "b3"}
        assert sum(row["chosen"] == "true" for row in mine) == len(
            {(row["disease"], row["weekly_cases"]) for row in mine}
        )


def test_a_target_chooses_the_threshold(command):
    _, rows, _, _ = command("backtest", "--weeks", 20, "--alarms-per-week", 0.5)

    chosen = [row for row in rows if row["chosen"] == "true"]
    assert chosen
    assert all(float(row["alarms_per_week"]) <= 0.5 for row in chosen)


def test_thresholds_may_be_named(command):
    _, rows, _, _ = command("backtest", "--weeks", 20, "--thresholds", "2,3", labels=None)

    assert {row["threshold"] for row in rows} == {"2.0", "3.0"}
    assert {row["ppv"] for row in rows} == {""}


def test_what_triage_denied_counts_against_an_alarm(command, files, nation):
    text = (files / "labels.csv").read_text(encoding="utf-8").splitlines()
    names = [f"xã {c} / bệnh {d}" for c, d in zip(nation.commune, nation.disease, strict=True)]
    busy = (nation.excess == 0) & (nation.counts >= 1)
    no = [f"{names[row]},{week + 1},no" for row, week in zip(*np.nonzero(busy), strict=True)]
    said = [text[0] + ",said", *(row + ",yes" for row in text[1:]), *no]
    (files / "denied.csv").write_text("\n".join(said), encoding="utf-8")

    options = ("--weeks", 20, "--thresholds", "1", "--rule", "ears-c1")

    _, silent, _, _ = command("backtest", *options)
    code, heard, _, err = command("backtest", *options, labels="denied.csv")

    assert code == 0, err
    both = [(a, b) for a, b in zip(silent, heard, strict=True) if a["ppv"] and b["ppv"]]
    assert all(a["ppv_least"] == b["ppv_least"] for a, b in both)
    assert all(a["ppv"] == a["ppv_least"] and a["ppv_most"] == "1.0" for a, _ in both)
    assert any(float(b["ppv_most"]) < 1 for _, b in both)
    assert all(float(b["ppv_least"]) <= float(b["ppv"]) <= 1 for _, b in both)


@pytest.fixture(scope="module")
def late(files, nation):
    """Every case of the last 30 weeks became known two weeks after its own."""
    names = [f"xã {c} / bệnh {d}" for c, d in zip(nation.commune, nation.disease, strict=True)]
    rows = [f"{names[row]},{week + 1},{min(week + 3, WEEKS)},{nation.counts[row, week]}"
            for row in range(len(names)) for week in range(WEEKS - 30, WEEKS)]  # fmt: skip
    (files / "late.csv").write_text("\n".join(["series,t,reported,count", *rows]), encoding="utf-8")
    return files / "late.csv"


def test_what_was_not_known_then_rings_nothing(command, late):
    _, final, _, _ = command("backtest", "--weeks", 20, "--thresholds", "2")
    code, known, _, err = command("backtest", "--weeks", 20, "--thresholds", "2", "--reports", late)

    assert code == 0, err
    assert sum(float(row["alarms_per_week"]) for row in known) < 0.2 * sum(
        float(row["alarms_per_week"]) for row in final
    )
    assert [row["sensitivity"] for row in known] == [row["sensitivity"] for row in final]


def test_forecasts_are_replayed_by_disease_size_and_weeks_ahead(command, late):
    options = ("--weeks", 20, "--forecast", "level", "--horizon", 2, "--every", 6)

    code, final, _, err = command("backtest", *options)
    _, known, _, _ = command("backtest", *options, "--reports", late)

    assert (code, err) == (0, "")
    assert {row["weeks_ahead"] for row in final} == {"1", "2", "all"}
    assert {row["disease"] for row in final} == {"b0", "b1", "b2", "b3"}
    whole = [row for row in final if row["weeks_ahead"] == "all"]
    assert all(0 <= float(row["covered_90"]) <= 1 for row in whole)
    assert all(abs(sum(float(v) for k, v in row.items() if k.startswith("pit_")) - 1) < 1e-9
               for row in whole)  # fmt: skip
    assert [row["wis"] for row in known] != [row["wis"] for row in final]
    assert [row["forecasts"] for row in known] == [row["forecasts"] for row in final]


@pytest.mark.parametrize(
    ("why", "text", "options", "said"),
    [
        ("known before it was", "xã 1 / bệnh 1,340,339,1", (), "column reported"),
        ("no number", "xã 1 / bệnh 1,340,341,-1", (), "column count"),
        ("more than there were", "xã 1 / bệnh 1,340,341,9999", (), "9999 times"),
        ("chance looks at final counts", "xã 1 / bệnh 1,1,1,0", ("--rule", "chance"), "--reports"),
        ("a horizon of none", "xã 1 / bệnh 1,1,1,0", ("--forecast", "level", "--horizon", "0"),
         "--horizon is 0"),
    ],
)  # fmt: skip
def test_reports_that_cannot_be_are_answered(command, files, nation, why, text, options, said):
    first = f"xã {nation.commune[0]} / bệnh {nation.disease[0]}"
    text = text.replace("xã 1 / bệnh 1", first)
    file = files / bad(files, "reports.csv", f"series,t,reported,count\n{text}\n")

    code, rows, _, err = command("backtest", "--weeks", 20, "--reports", file, *options)

    assert (code, rows) == (2, None), why
    assert said in err


def bad(files, name, text):
    (files / name).write_text(text, encoding="utf-8")
    return name


@pytest.mark.parametrize(
    ("why", "labels", "options", "said"),
    [
        ("a series that is not there", "series,t\nxã 99,3\n", (), "row 2, column series: 'xã 99'"),
        ("a week that is not there", "series,t\nxã 1 / bệnh 1,999\n", (), "column t: '999'"),
        ("too few labels", "series,t\nxã 1 / bệnh 1,300\n", (), "at least 30"),
        ("another header", "series,week\nxã 1 / bệnh 1,300\n", (), "column 't' is missing"),
        ("a share above 1", None, ("--q", "2"), "--q is 2.0"),
        ("more weeks than there are", None, ("--weeks", "340"), "at least 78"),
    ],
)
def test_what_cannot_be_calibrated_is_answered(command, files, why, labels, options, said):
    name = "labels.csv" if labels is None else bad(files, "bad.csv", labels)

    code, rows, _, err = command("calibrate", *options, labels=name)

    assert (code, rows) == (2, None), why
    assert said in err


@pytest.mark.parametrize(
    ("why", "options", "said"),
    [
        ("sizes that are none", ("--sizes", "9:3"), "--sizes is 9:3"),
        ("thresholds that are none", ("--thresholds", "high"), "--thresholds is high"),
        ("no labels to learn from", ("--rule", "chance"), "--rule chance needs --labels"),
        ("a history too short for five years", ("--weeks", "150"), "cannot judge each"),
    ],
)
def test_what_cannot_be_tried_is_answered(command, why, options, said):
    options = options if "--weeks" in options else (*options, "--weeks", "20")

    code, rows, _, err = command("backtest", *options, labels=None)

    assert (code, rows) == (2, None), why
    assert said in err


def test_series_of_different_weeks_are_answered(command, files):
    name = bad(files, "uneven.csv", "series,t,count\na,1,0\na,2,0\nb,1,0\n")

    code, rows, _, err = command("calibrate", counts=name)

    assert (code, rows) == (2, None)
    assert "do not all have the same weeks" in err


def test_a_missing_count_is_not_judged(command, files):
    lines = (files / "counts.csv").read_text(encoding="utf-8").splitlines()
    lines[WEEKS] = lines[WEEKS].rpartition(",")[0] + ","
    name = bad(files, "gap.csv", "\n".join(lines) + "\n")

    code, rows, _, _ = command("calibrate", counts=name)

    assert code == 0
    assert (rows[0]["observed"], rows[0]["alarm"]) == ("", "")
