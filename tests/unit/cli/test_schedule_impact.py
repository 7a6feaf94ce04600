"""``tuyen immunization impact`` and ``tuyen doses --province``, from files to files."""

import csv
import json

import pytest

from tuyen.cli.main import main

BORN = "2025-11-20"


def history(id, born=BORN, on="2026-03-01", commune="", doses=()):
    given = [{"n": n, "date": day, "cvx": cvx} for n, (day, cvx) in enumerate(doses, start=1)]
    return {
        "id": id, "dob": born, "gender": "F", "assessment_date": on, "commune": commune,
        "observations": [], "doses": given,
    }  # fmt: skip


@pytest.fixture
def command(tmp_path, capsys):
    """command(cases, *arguments before and after the file): exit code, output file, text, errors."""

    def run(cases, *words, out="out.csv"):
        (tmp_path / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
        given = [str(tmp_path / w) if str(w).endswith((".json", ".csv")) else str(w) for w in words]
        code = main([*given, "--out", str(tmp_path / out)])
        said = capsys.readouterr()
        file = tmp_path / out
        return code, file.read_text("utf-8") if file.exists() else None, said.out, said.err

    return run


def impact(command, cases, *options):
    code, text, said, errors = command(cases, "immunization", "impact", "cases.json", *options)
    return code, list(csv.DictReader((text or "").splitlines())), said, errors


def test_who_changes_is_written_with_the_figures_that_are_the_reason(command, tmp_path):
    cases = [history("a", commune="03124"), history("b", born="1990-01-01")]

    code, rows, said, _ = impact(
        command, cases, "--from", "vn-tt10-2024", "--to", "vn-tt52-2025", "--communes", "by.csv"
    )

    assert code == 0
    assert [(row["id"], row["vaccine_group"], row["change"]) for row in rows] == [
        ("a", "PCV", "called"),
        ("b", "PCV", "called"),  # a schedule without a province knows no cohort
    ]
    assert rows[0]["recommended_after"] == "2026-01-20"
    assert rows[0]["why"] == "PCV 2+1 series, kind: evaluation → standard"
    assert "2 of 2" in said
    assert (tmp_path / "by.csv").read_text("utf-8").splitlines()[1:] == [
        ",PCV,called,1",
        "03124,PCV,called,1",
    ]


def test_a_vaccine_that_begins_in_the_province_calls_those_it_is_meant_for(command):
    cases = [history("young", born="2026-06-01"), history("old", born="2025-11-20")]
    same = ("--from", "vn-tt13-2026", "--to", "vn-tt13-2026", "--province", "11")

    _, none, _, _ = impact(command, cases, *same, "--on", "2026-11-01")
    _, some, _, _ = impact(command, cases, *same, "--on", "2026-11-01", "--begun-by", "2027-01-01")

    assert none == []
    assert [(row["id"], row["change"]) for row in some] == [("young", "called")]


def test_a_history_that_cannot_be_read_is_said_and_the_others_are_compared(command):
    code, rows, said, _ = impact(
        command, [history("a"), {"id": "b"}, 7], "--from", "vn-tt10-2024", "--to", "vn-tt52-2025"
    )

    assert code == 1
    assert [row["id"] for row in rows] == ["a"]
    assert "b, 3" in said


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--from", "vn-2017", "--to", "vn-tt52-2025"), "vn-2017"),
        (("--from", "vn-tt10-2024", "--to", "vn-tt52-2025", "--province", "7"), "7"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(command, options, why):
    code, rows, _, errors = impact(command, [history("a")], *options)

    assert (code, rows) == (2, [])
    assert why in errors
    assert len(errors.splitlines()) == 1


def test_doses_are_judged_by_what_has_begun_in_the_province(command):
    cases = [history("a", doses=[("2026-01-20", "133")])]

    def group(*options):
        _, text, _, _ = command(cases, "doses", "cases.json", *options, out="out.json")
        [result] = json.loads(text)["results"]
        return next(one for one in result["groups"] if one["vaccine_group"] == "PCV")

    listed = group("--schedule", "vn-tt52-2025")
    elsewhere = group("--schedule", "vn-tt52-2025", "--province", "11")
    begun = group("--schedule", "vn-tt10-2024", "--province", "20")

    assert (listed["recommended"], begun["recommended"]) == ("2026-03-20", "2026-03-20")
    assert elsewhere["recommended"] is None
    assert [dose["status"] for dose in elsewhere["doses"]] == ["valid"]
