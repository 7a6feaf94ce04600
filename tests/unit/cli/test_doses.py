"""``tuyen doses``: answers for every case, whatever is wrong with some."""

import json
from pathlib import Path

import pytest

from tuyen.cli.dose_packs import pack_version
from tuyen.cli.main import main

COAST = Path(__file__).resolve().parents[2] / "spec" / "immunization" / "coast"
GOOD = {
    "id": "a", "dob": "2024-01-01", "gender": "F", "assessment_date": "2024-06-01",
    "observations": [], "doses": [{"n": 1, "date": "2024-03-01", "cvx": "01", "mvx": None}],
}  # fmt: skip


@pytest.fixture
def doses(tmp_path):
    def run(cases, *options, schedule=COAST):
        file, out = tmp_path / "cases.json", tmp_path / "out.json"
        file.write_text(cases if isinstance(cases, str) else json.dumps(cases), "utf-8")
        code = main(["doses", str(file), "--schedule", str(schedule), "--out", str(out), *options])
        return code, json.loads(out.read_text("utf-8"))["results"] if out.is_file() else None

    return run


@pytest.mark.parametrize("cases", [[GOOD], {"cases": [GOOD]}])
def test_a_case_is_answered(doses, cases):
    code, [result] = doses(cases)

    assert code == 0
    assert result["id"] == "a"
    assert result["problems"] == []
    assert result["groups"][0] == {
        "vaccine_group": "Rust", "status": "not_complete", "dose_number": 2,
        "earliest": "2024-04-26", "recommended": "2024-05-01", "past_due": "2024-06-28",
        "doses": [{"n": 1, "status": "valid", "reasons": []}],
    }  # fmt: skip


def test_what_is_wrong_is_said_in_the_case_and_the_rest_is_answered(doses):
    spoiled = [
        {"n": 1, "date": "2024-02-30", "cvx": "01"}, {"n": 2, "date": "2024-03-01", "cvx": 1},
        {"n": 3, "date": "2023-03-01", "cvx": "01"}, {"n": 4, "date": None, "cvx": "01"},
        {"n": 5, "date": "2024-03-01", "cvx": "777"}, {"n": 6, "date": "2030-01-01", "cvx": "01"},
        "dose",
    ]  # fmt: skip
    observations = [{"code": "901", "date": "31 June"}]

    code, results = doses(
        [{**GOOD, "doses": spoiled, "observations": observations}, {**GOOD, "dob": "2024-13-01"}, 7]
    )

    assert code == 0
    assert [(one.get("n"), one["code"]) for one in results[0]["problems"]] == [
        (None, "impossible-date"), (1, "impossible-date"), (4, "impossible-date"), (7, "not-a-dose"),
        (3, "before-birth"), (5, "unknown-vaccine"), (6, "after-day"),
    ]  # fmt: skip
    assert [dose["n"] for dose in results[0]["groups"][0]["doses"]] == [2, 6]
    assert [one["code"] for one in results[1]["problems"]] == ["no-birth-date"]
    assert [one["code"] for one in results[2]["problems"]] == ["not-a-case"]
    assert results[1]["groups"] == results[2]["groups"] == []


def test_the_order_of_entry_changes_no_byte(doses, tmp_path):
    given = [{"n": n, "date": f"2024-0{n}-15", "cvx": "01"} for n in range(2, 7)]

    doses([{**GOOD, "doses": given}])
    first = (tmp_path / "out.json").read_bytes()
    doses([{**GOOD, "doses": given[::-1]}])

    assert (tmp_path / "out.json").read_bytes() == first


def test_a_trace_says_rule_row_and_sentence(doses, monkeypatch):
    monkeypatch.setenv("TUYEN_LANGUAGE", "en")

    _, [result] = doses([GOOD], "--trace")

    rust = result["groups"][0]
    assert rust["trace"][0] == {
        "rule": "earliest:CALCDTINT-4", "row": "Rust 3-dose series · dose 2 · interval 2",
        "date": "2024-04-26", "values": {"span": "8 weeks", "from": "2024-03-01"},
        "text": "Not before 26/4/2024: 8 weeks after the dose of 1/3/2024.",
    }  # fmt: skip
    assert rust["doses"][0]["trace"][0]["text"] == "Counts as dose 1 of the series."


@pytest.mark.parametrize(
    ("cases", "schedule", "said"),
    [
        ("{", COAST, "is not JSON"),
        ({"rows": []}, COAST, "holds no cases"),
        ([GOOD], "nowhere", "neither a folder of schedule files"),
        ([GOOD], COAST.parent, "holds 0 schedule files"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(doses, capsys, monkeypatch, cases, schedule, said):
    monkeypatch.setenv("TUYEN_LANGUAGE", "en")

    code, results = doses(cases, schedule=schedule)

    assert (code, results) == (2, None)
    assert said in capsys.readouterr().err


def test_a_release_is_known_by_its_folder(tmp_path):
    folder = tmp_path / "cdsi-4.61"
    folder.mkdir()

    assert pack_version(folder) == "4.61"
    assert pack_version(COAST) == ""
