"""The operator's door: exit codes, one sentence for an error, nothing half-written."""

import pytest

from tests.unit.apps.surveillance.conftest import place
from tests.unit.apps.surveillance.test_imports import GOOD, HEADER
from tuyen.apps.surveillance.models import Case
from tuyen.cli.main import main


@pytest.fixture
def tuyen(db, monkeypatch, atlas):
    """Run the command in this process, on 25 October 2026 and the small province."""
    from tuyen.apps.registry import queries as registry

    monkeypatch.setattr(registry, "atlas", lambda: atlas)
    monkeypatch.setenv("TUYEN_DEMO_DAY", "2026-10-25")
    return lambda *argv: main([str(part) for part in argv])


@pytest.fixture
def file(tmp_path):
    def write(*rows, name="ca.csv"):
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        return path

    return write


BAD = GOOD[0].replace("Sởi", "Bệnh lạ")


def test_good_rows_go_in_and_the_same_file_changes_nothing(tuyen, file, capsys):
    assert tuyen("import", "cases", file(*GOOD), "--unit", "03004") == 0
    assert tuyen("import", "cases", file(*GOOD), "--unit", "03004") == 0

    assert Case.objects.count() == 3
    assert set(Case.objects.values_list("unit_id", flat=True)) == {place("stD")}
    assert "0 taken, 3 already there" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(tuyen, file, capsys):
    assert tuyen("import", "cases", file(*GOOD), "--unit", "03004", "--dry-run") == 0

    assert "3 rows would go in" in capsys.readouterr().out
    assert not Case.objects.exists()


def test_a_bad_row_keeps_all_out_until_the_good_ones_are_accepted(tuyen, file, tmp_path, capsys):
    path, errors = file(BAD, *GOOD[1:]), tmp_path / "errors.csv"

    assert tuyen("import", "cases", path, "--unit", "03004", "--errors", errors) == 1
    assert not Case.objects.exists()
    told = capsys.readouterr().err
    assert "ca.csv, row 2, column F (Bệnh)" in told
    assert "surveillance.disease-not-found" in told
    assert "Bệnh lạ" in errors.read_text(encoding="utf-8-sig")

    assert tuyen("import", "cases", path, "--unit", "03004", "--accept-good-rows") == 1
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("why", "more", "code"),
    [
        ("no such unit", ("--unit", "99999"), "cli.no-such-unit"),
        ("no such person", ("--as", "nobody"), "cli.no-such-person"),
        ("not a mapping", ("--map", "Bệnh"), "cli.bad-mapping"),
        ("no such field", ("--map", "F=nothing"), "exchange.unknown-field"),
        ("errors into a picture", ("--errors", "x.png"), "cli.bad-suffix"),
    ],
)
def test_wrong_usage_is_said_in_one_sentence(tuyen, file, capsys, why, more, code):
    assert tuyen("import", "cases", file(*GOOD), *more) == 2, why

    assert code in capsys.readouterr().err


def test_an_export_holds_everything_but_the_names(tuyen, file, tmp_path, capsys):
    tuyen("import", "cases", file(*GOOD), "--unit", "03004")
    out = tmp_path / "danh sach.csv"

    assert tuyen("export", "cases", out) == 0
    assert tuyen("import", "cases", out, "--dry-run") == 1
    told = capsys.readouterr().err.splitlines()

    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 4
    assert [line for line in told if "(Họ và tên)" not in line] == []
    assert not any(name in out.read_text(encoding="utf-8-sig") for name in names())


def names():
    """The names in the file that went in."""
    at = HEADER.split(";").index("Họ và tên")
    return [row.split(";")[at] for row in GOOD]


def test_a_night_without_news_says_so(tuyen, capsys):
    assert tuyen("night", "--on", "2026-10-25") == 0
    assert "0 alarms" in capsys.readouterr().out
