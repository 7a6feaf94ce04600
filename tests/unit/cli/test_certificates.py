"""The commands on certificates: exit codes, contracts of their files, and what bad input gets told."""

import base64
import json
from datetime import UTC, date, datetime

import pytest

from tests.unit.apps.immunization.conftest import NOW, World
from tests.unit.engines.certificates.conftest import make_issuer
from tuyen.apps.access import clock
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.immunization.operations import Given
from tuyen.cli import main
from tuyen.engines.certificates.issuing import issue
from tuyen.kernel.ids import NODE

CLAIM = {
    "ver": "1.3.0", "nam": {"fnt": "NGUYEN", "gn": "\x1b[2J{name}"}, "dob": "1998-02-26",
    "v": [{"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 1,
           "sd": 2, "dt": "2026-02-18", "co": "VN", "is": "Sở Y tế", "ci": "1"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    issuer = make_issuer()
    text = issue(
        CLAIM | {"nam": {"fnt": "NGUYEN"}}, form=1, issuer="VN",
        issued=datetime(2026, 5, 1, tzinfo=UTC), expires=datetime(2026, 6, 1, tzinfo=UTC),
        private=issuer.private, kid=issuer.key.kid,
    )  # fmt: skip
    (folder / "key.der").write_bytes(issuer.der)
    (folder / "text.txt").write_text(text + "\n", encoding="utf-8")
    case = {
        "PREFIX": text,
        "TESTCTX": {
            "CERTIFICATE": base64.b64encode(issuer.der).decode(),
            "VALIDATIONCLOCK": "2026-05-02",
        },
        "EXPECTEDRESULTS": {"EXPECTEDVERIFY": True, "EXPECTEDUNPREFIX": False},
    }
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")
    return folder


def test_verify_says_whether_it_holds_by_its_exit_code(files, capsys):
    asked = [
        "certificate",
        "verify",
        str(files / "text.txt"),
        "--key",
        str(files / "key.der"),
        "--json",
    ]

    assert main.main([*asked, "--at", "2026-05-02"]) == 0
    assert main.main([*asked, "--at", "2026-07-02"]) == 1
    held, over = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (held["status"], over["status"]) == ("valid", "expired")
    assert held["content"]["nam"] == {"fnt": "NGUYEN"}


def test_foreign_text_cannot_steer_the_terminal(files, capsys):
    issuer = make_issuer()
    text = issue(
        CLAIM, form=1, issuer="VN", issued=datetime(2026, 5, 1, tzinfo=UTC),
        expires=datetime(2026, 6, 1, tzinfo=UTC), private=issuer.private, kid=b"x",
    )  # fmt: skip

    assert main.main(["certificate", "verify", text]) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "{name}" in said


def test_check_writes_one_answer_for_each_step(files, tmp_path):
    out = tmp_path / "answers.json"

    assert main.main(["certificate", "check", str(files / "case.json"), "--out", str(out)]) == 0
    answers = json.loads(out.read_text(encoding="utf-8"))
    assert all(
        name.startswith("EXPECTED") and isinstance(said, bool) for name, said in answers.items()
    )
    assert answers["EXPECTEDVERIFY"]


def test_check_names_what_differs_in_several(files, tmp_path):
    out, lines = tmp_path / "answers.json", tmp_path / "cases.ndjson"
    case = json.dumps(json.loads((files / "case.json").read_text(encoding="utf-8")))
    lines.write_text(f"{case}\n{case}\n", encoding="utf-8")

    assert main.main(["certificate", "check", str(lines), "--out", str(out)]) == 0
    results = json.loads(out.read_text(encoding="utf-8"))["results"]
    assert [result["id"] for result in results] == ["cases.ndjson#1", "cases.ndjson#2"]
    assert results[0]["differs"] == ["EXPECTEDUNPREFIX"]


@pytest.mark.parametrize(
    ("content", "arguments", "code"),
    [
        ("no json", ["check", "FILE", "--out", "OUT"], "cli.certificate-bad-cases"),
        ("[1]", ["check", "FILE", "--out", "OUT"], "cli.certificate-bad-cases"),
        ("{}", ["check", "FILE", "--out", "/nowhere/out.json"], "cli.bad-file"),
        ("{}", ["check", "FILE", "--out", "FILE"], "cli.written-over"),
        ("no key", ["verify", "HC1:", "--key", "FILE"], "cli.certificate-bad-key"),
        ("", ["verify", "HC1:", "--at", "soon"], "cli.certificate-bad-moment"),
    ],
)
def test_bad_input_is_one_sentence_with_a_code(tmp_path, capsys, content, arguments, code):
    file = tmp_path / "given"
    file.write_text(content, encoding="utf-8")
    places = {"FILE": str(file), "OUT": str(tmp_path / "out.json")}

    assert main.main(["certificate", *(places.get(part, part) for part in arguments)]) == 2
    assert f"[{code}]" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


def test_what_one_installation_issues_another_trusts_once_it_is_told(
    db, settings, tmp_path, monkeypatch, capsys
):
    world = World()
    child = world.child()
    world.visit(child, on=date(2026, 3, 10), given=(Given(vaccine="IPV", lot="X1"),))
    (user,) = world.good(OpenAccount(login="nurse", name="Người thử"), unit=NODE)
    (post,) = world.good(
        CreatePost(role="station-head", since=date(2020, 1, 1)), unit=world.station
    )
    world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=world.station)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda: NOW.date())
    settings.TUYEN_HOME = tmp_path / "here"
    drawn, given = tmp_path / "booklet.png", tmp_path / "issuer.pem"
    issue = ["certificate", "issue", "--person", str(child), "--out", str(drawn), "--login"]

    assert main.main([*issue, "nobody"]) == 2
    assert main.main([*issue, "nurse", "--kind", "international"]) == 2
    assert not drawn.exists()
    assert main.main([*issue, "nurse"]) == 0
    assert main.main(["certificate", "key", "--out", str(given)]) == 0
    verify = ["certificate", "verify", str(drawn), "--at", "2026-11-01", "--json"]
    assert main.main(verify) == 0
    settings.TUYEN_HOME = tmp_path / "there"
    assert main.main(verify) == 1
    assert main.main(["certificate", "trust", str(given)]) == 0
    assert main.main(["certificate", "issuers"]) == 0
    assert main.main(verify) == 0
    assert "Tuyen test issuer" in capsys.readouterr().out
