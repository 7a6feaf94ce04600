"""The command that judges claims: exit codes, the JSON, and what bad input gets told."""

import json
import os
from pathlib import Path

import pytest

from tests.unit.engines.claims.making import base, written
from tuyen.cli import claims, main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TUYEN_LANGUAGE", "vi")
    (tmp_path / "clean.xml").write_bytes(written(base("station")))
    tables = base("station")
    tables["XML1"][0]["T_TONGCHI_BV"] = "1.00"
    (tmp_path / "sum.xml").write_bytes(written(tables))
    (tmp_path / "entity.xml").write_bytes(b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    return tmp_path


def run(folder, *names):
    out = folder / "out.json"
    code = main.main(
        ["claims", "check", *[str(folder / name) for name in names], "--json", str(out)]
    )
    return code, json.loads(out.read_text("utf-8"))


def test_a_clean_file(folder):
    code, told = run(folder, "clean.xml")

    assert (code, told["findings"]) == (0, [])


def test_a_finding_says_where_and_what(folder, capsys):
    code, told = run(folder, "sum.xml")

    (finding,) = told["findings"]
    assert code == 1
    assert finding == {
        "code": "XML1.T_TONGCHI_BV.sum", "severity": "error", "table": "XML1", "row": 1,
        "field": "T_TONGCHI_BV", "value": "1.00",
        "message": "Tổng chi phí phải bằng tổng thành tiền của bảng 2 và bảng 3 (cần: 93865.00).",
        "file": str(folder / "sum.xml"), "visit": "20001261004000001",
    }  # fmt: skip
    assert "T_TONGCHI_BV = 1.00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "file.doctype"),
        (b"", "file.xml"),
        (b"\x00\xff", "file.encoding"),
        (b"<a/>", "file.root"),
        (None, "file.missing"),
    ],
)
def test_a_file_that_is_no_claim(folder, content, code):
    if content is not None:
        (folder / "x.xml").write_bytes(content)
    exit_code, told = run(folder, "x.xml")

    assert (exit_code, [finding["code"] for finding in told["findings"]]) == (2, [code])
    assert told["visits"][0]["readable"] is False


def test_a_folder_is_judged_whole_and_one_key_twice_is_found(folder):
    code, told = run(folder, "")

    assert code == 2
    assert {finding["code"] for finding in told["findings"]} == {
        "file.doctype", "XML1.T_TONGCHI_BV.sum", "XML1.MA_LK.again",
    }  # fmt: skip
    assert len(told["visits"]) == 3


def test_many_files_are_shared_out_and_come_back_in_order(folder, monkeypatch):
    monkeypatch.setattr(claims, "AT_ONCE", 1)
    alone = run(folder, "")
    monkeypatch.setattr(claims, "PIECES_FOR_MANY", 2)

    assert run(folder, "") == alone
    assert [Path(visit["file"]).name for visit in alone[1]["visits"]] == [
        "clean.xml", "entity.xml", "sum.xml",
    ]  # fmt: skip


def test_what_steers_a_terminal_is_not_printed(folder, capsys):
    tables = base("station")
    tables["XML1"][0]["HO_TEN"] = "\u202eNÔNG\x85{x}"
    (folder / "steer.xml").write_bytes(written(tables))

    assert run(folder, "steer.xml")[0] == 1
    shown = capsys.readouterr().out
    assert "NÔNG" in shown
    assert all(sign.isprintable() for sign in shown.replace("\n", ""))


def test_a_name_of_bytes_that_are_no_text(folder):
    odd = folder / os.fsdecode(b"l\xff.xml")
    odd.write_bytes((folder / "clean.xml").read_bytes())

    code, told = run(folder, odd.name)

    assert (code, told["visits"][0]["file"]) == (0, str(folder / "l?.xml"))


def test_a_folder_without_claims(folder, capsys):
    (folder / "empty").mkdir()

    assert main.main(["claims", "check", str(folder / "empty")]) == 2
    assert "cli.claims-none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["XML2.MUC_HUONG.size"], 0, "Quyết định 1931/QĐ-BYT"),
        (["XML2.MUC_HUONG.size", "--on", "2026-06-30"], 0, "Quyết định 130/QĐ-BYT"),
        (["no-such"], 1, "0 "),
        (["--on", "yesterday"], 2, "cli.claims-bad-day"),
    ],
)
def test_the_rules_say_where_they_come_from(words, code, says, capsys, monkeypatch):
    monkeypatch.setenv("TUYEN_LANGUAGE", "vi")

    assert main.main(["claims", "rules", *words]) == code
    told = capsys.readouterr()
    assert says in told.out + told.err


def test_findings_are_never_written_over_a_claim_nor_by_halves(folder, capsys):
    before = (folder / "sum.xml").read_bytes()

    assert run_raw(folder, "sum.xml", "--json", str(folder / "sum.xml")) == 2
    assert run_raw(folder, "", "--json", str(folder / "sum.xml")) == 2
    assert (folder / "sum.xml").read_bytes() == before
    assert "cli.written-over" in capsys.readouterr().err
    assert run_raw(folder, "sum.xml", "--json", str(folder / "no" / "out.json")) == 2
    assert "no/out.json" in capsys.readouterr().err
    assert {path.name for path in folder.iterdir()} == {"clean.xml", "sum.xml", "entity.xml"}


def run_raw(folder, name, *more):
    return main.main(["claims", "check", str(folder / name), *more])
