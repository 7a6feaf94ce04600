"""The command that judges resources: exit codes, the JSON, and what bad input gets told."""

import json

import pytest

from tuyen.cli import main

SOUND = b'{"resourceType":"Patient","id":"p1","gender":"female"}'


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("TUYEN_LANGUAGE", "en")

    def check(name, content):
        path, out = tmp_path / name, tmp_path / "out"
        if content is not None:
            path.write_bytes(content)
        code = main.main(["fhir", "check", str(path), "--json", str(out)])
        return code, json.loads(out.read_text("utf-8")) if out.exists() else None

    return check


def test_a_sound_resource(run):
    code, told = run("a.json", SOUND)

    assert (code, told["findings"]) == (0, [])
    assert told["resources"][0]["type"] == "Patient"


def test_a_finding_says_where_and_what(run, tmp_path, capsys):
    code, told = run("a.json", b'{"resourceType":"Patient","gender":"nam"}')

    assert code == 1
    assert told["findings"] == [
        {
            "severity": "error", "code": "code-invalid", "rule": "code",
            "location": "Patient.gender", "file": str(tmp_path / "a.json"), "line": 0,
            "message": "nam is not a code of http://hl7.org/fhir/ValueSet/administrative-gender.",
        }
    ]  # fmt: skip
    assert "Patient.gender: nam is not a code" in capsys.readouterr().out


def test_lines_are_counted_as_an_editor_counts_them(run):
    code, told = run("a.ndjson", SOUND + b"\n\n" + b'{"resourceType":"Patient","a":1}\n')

    assert code == 1
    assert [(f["line"], f["rule"]) for f in told["findings"]] == [(3, "unknown-element")]
    assert len(told["resources"]) == 2


def test_a_warning_alone_is_no_error(run):
    code, told = run("a.json", b'{"resourceType":"Patient","name":[{"text":"<b>a</b>"}]}')

    assert code == 0
    assert [f["severity"] for f in told["findings"]] == ["warning"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\x00", b"// no\n{}"])
def test_what_is_no_json_is_unreadable(run, content):
    code, told = run("a.json", content)

    assert code == 2
    assert told["findings"][0]["rule"] == "json"


def test_a_file_that_is_not_there(run, capsys):
    assert run("a.json", None) == (2, None)
    assert "a.json" in capsys.readouterr().err


def test_a_folder_is_read_whole(tmp_path, run, capsys):
    (tmp_path / "in").mkdir()
    assert main.main(["fhir", "check", str(tmp_path / "in")]) == 2
    assert "no resource in this folder" in capsys.readouterr().err

    (tmp_path / "in" / "a.json").write_bytes(SOUND)
    assert main.main(["fhir", "check", str(tmp_path / "in")]) == 0


def test_findings_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "a.json").write_bytes(SOUND)

    assert main.main(["fhir", "check", str(tmp_path / "a.json"), "--json", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
