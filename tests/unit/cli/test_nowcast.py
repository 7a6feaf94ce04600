"""``tuyen nowcast`` from a file to a file, and never from the future."""

import csv
import datetime

import numpy as np
import pytest

from tuyen.cli.main import main

FIRST = datetime.date(2026, 3, 1)


def line_list(days=50, seed=1, series="a"):
    rng = np.random.default_rng(seed)
    lines = []
    for n in range(days):
        for delay in np.minimum(rng.geometric(0.35, rng.poisson(9)) - 1, 12):
            onset = FIRST + datetime.timedelta(days=n)
            lines.append(f"{series},{onset},{onset + datetime.timedelta(days=int(delay))}\n")
    return lines


@pytest.fixture
def nowcast(tmp_path, capsys):
    """nowcast(text, *options): exit code, bytes of the answer (None: no file), stderr."""

    def run(text, *options):
        file, out = tmp_path / "cases.csv", tmp_path / "out.csv"
        out.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        code = main(["nowcast", str(file), "--out", str(out), *map(str, options)])
        return code, out.read_bytes() if out.exists() else None, capsys.readouterr().err

    return run


def table(answer):
    return list(csv.DictReader(answer.decode().splitlines()))


HEADER = "series,onset,report\n"


@pytest.mark.parametrize("method", ["chain-ladder", "lawless", "bayes", "bayes-notrunc"])
def test_a_planted_future_changes_not_one_byte(nowcast, method):
    lines = line_list() + line_list(seed=2, series="b")
    known = [line for line in lines if line.split(",")[2].strip() <= "2026-04-05"]
    planted = ["a,2026-03-20,2026-04-06\n"] * 500 + ["new,2026-04-01,2026-04-07\n"] * 90
    planted += ["a,2026-04-09,2026-04-08\n"]  # even a mistake, if it is one of tomorrow
    options = ("--as-of", "2026-04-05", "--method", method)

    plain = nowcast(HEADER + "".join(known), *options)
    whole = nowcast(HEADER + "".join(lines), *options)
    spoilt = nowcast(HEADER + "".join(planted + lines), *options)

    assert plain[0] == 0
    assert plain == whole == spoilt


def test_the_last_days_are_completed(nowcast):
    code, answer, _ = nowcast(HEADER + "".join(line_list()), "--as-of", "2026-04-10")

    rows = table(answer)
    assert code == 0
    assert [rows[0]["date"], rows[-1]["date"]] == ["2026-03-26", "2026-04-10"]
    assert rows[0]["q0.025"] == rows[0]["reported"]
    assert float(rows[-1]["mean"]) > 2 * float(rows[-1]["reported"])
    assert int(rows[-1]["q0.025"]) <= int(rows[-1]["median"]) <= int(rows[-1]["q0.975"])


def test_model_output_can_be_scored(nowcast, tmp_path, capsys):
    lines = line_list()
    code, answer, _ = nowcast(HEADER + "".join(lines), "--as-of", "2026-04-10", "--hubverse")
    final = {}
    for line in lines:
        final[line.split(",")[1]] = final.get(line.split(",")[1], 0) + 1
    (tmp_path / "model.csv").write_bytes(answer)
    truth = "location,date,count\n" + "".join(f"a,{day},{n}\n" for day, n in final.items())
    (tmp_path / "truth.csv").write_text(truth)

    scored = main(
        ["score", str(tmp_path / "model.csv"), "--observed", str(tmp_path / "truth.csv"),
         "--out", str(tmp_path / "scores.csv")]
    )  # fmt: skip

    assert (code, scored) == (0, 0)
    assert "forecasts scored" in capsys.readouterr().out


def test_weeks_are_counted_from_monday(nowcast):
    code, answer, _ = nowcast(
        HEADER + "".join(line_list()), "--period", "week", "--max-delay", 3, "--last", 2
    )

    assert code == 0
    assert [row["date"] for row in table(answer)] == ["2026-04-20", "2026-04-27"]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("onset\n2026-03-01\n", (), "report_date / report"),
        ("onset,report\n2026-03-01,soon\n", (), "row 2, column report_date: 'soon'"),
        ("onset,report\n2026-03-02,2026-03-01\n", (), "no earlier than its onset"),
        ("onset,report\n2026-03-01,2026-03-01\n", ("--as-of", "2026-02-01"), "later --as-of"),
        ("onset,report\n2026-03-01,2026-03-01\n", ("--as-of", "now"), "--as-of is now"),
        ("onset,report\n2026-03-01,2026-03-01\n", ("--max-delay", 0), "1 or more"),
        ("onset,report,age\n2026-03-01,2026-03-01,4\n", (), "'age' is not known"),
    ],
)
def test_a_bad_file_is_answered_by_one_sentence(nowcast, text, options, says):
    code, answer, said = nowcast(text, *options)

    assert (code, answer) == (2, None)
    assert says in said
