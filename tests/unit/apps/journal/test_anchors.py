"""The end of the chain, noted outside: a chain forged anew is found out by it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tuyen.apps.access.operations import OpenAccount
from tuyen.apps.journal import anchors, queries
from tuyen.apps.journal.anchors import Anchor, BadAnchorLine, NoAnchors
from tuyen.cli.main import main

AT = datetime(2026, 10, 25, 23, 55, tzinfo=UTC)
EPOCH = UUID("00000000-0000-4000-8000-000000000001")
LINE = f"2026-10-25T23:55:00+00:00 {EPOCH} 12:{'ab' * 32}"


def test_lines_are_added_and_read_back(tmp_path):
    path = tmp_path / "anchors.txt"
    first = anchors.noted((EPOCH, 12, "ab" * 32), AT)
    second = anchors.noted((EPOCH, 20, "cd" * 32), AT)

    anchors.append(path, first)
    anchors.append(path, second)

    assert path.read_text() == f"{first}\n{second}\n"
    assert str(first) == LINE
    assert anchors.read(path) == [first, second]


def test_a_line_that_was_torn_does_not_swallow_the_next(tmp_path):
    path = tmp_path / "anchors.txt"
    path.write_text(f"# kept by the Department's archive\n{LINE}\n2026-10-2")

    anchors.append(path, anchors.noted((EPOCH, 20, "cd" * 32), AT))

    assert path.read_text().splitlines()[2] == "2026-10-2"
    with pytest.raises(BadAnchorLine) as refused:
        anchors.read(path)
    assert refused.value.values["line"] == 3


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\n\n"])
def test_a_file_without_anchors_is_refused(tmp_path, text):
    path = tmp_path / "anchors.txt"
    path.write_text(text)

    with pytest.raises(NoAnchors):
        anchors.read(path)


def test_the_qr_code_holds_the_line(tmp_path):
    path = tmp_path / "head.svg"

    anchors.write_qr(path, Anchor(*LINE.split()[:1], EPOCH, 12, "ab" * 32))

    picture = path.read_text()
    assert picture.startswith("<?xml")
    assert f"<desc>{LINE}</desc>" in picture


@pytest.fixture
def command(capsys):
    def run(*words):
        code = main(["journal", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_every_anchor_of_a_file_is_looked_for(command, send, operate, program, tmp_path):
    path = tmp_path / "anchors.txt"
    for n in range(3):
        send(program, operate(OpenAccount(login=f"login{n}", name="Lò Văn Pấng")))
        assert command("anchor", "--file", path)[0] == 0

    code, out, _ = command("verify", "--anchor-file", path)
    assert (code, out.splitlines()[1]) == (0, "3 anchors, each in its place")

    lines = path.read_text().splitlines()
    forged = lines[1][:-1] + ("0" if lines[1][-1] != "0" else "1")
    path.write_text("\n".join([lines[0], forged, lines[2]]))
    code, _, err = command("verify", "--anchor-file", path)
    assert (code, err) == (
        1,
        "tuyen: journal entry 2, anchor: entry 2 is not the one anchored outside\n",
    )


def test_an_end_that_was_cut_off_is_missed(command, send, operate, program, tmp_path):
    path = tmp_path / "anchors.txt"
    send(program, operate(OpenAccount(login="login1", name="Lò Văn Pấng")))
    epoch, position, digest = queries.head()
    anchors.append(path, anchors.noted((epoch, position, digest), AT))
    anchors.append(path, anchors.noted((epoch, position + 5, "ab" * 32), AT))

    code, _, err = command("verify", "--anchor-file", path)

    assert code == 1
    assert "the anchored entry 6 is missing" in err


@pytest.mark.django_db
def test_an_anchor_has_to_go_somewhere(command):
    code, _, err = command("anchor")

    assert (code, "--qr F.svg" in err) == (2, True)
