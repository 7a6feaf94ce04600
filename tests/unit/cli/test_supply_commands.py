"""The operator's door to the stock: the ledger is recounted, a logger's file read in."""

from datetime import UTC, datetime

import pytest

from tests.unit.apps.supply.conftest import (  # noqa: F401  # fixtures
    MR,
    TODAY,
    atlas,
    codes,
    op,
    place,
    stocked,
)
from tuyen.apps.access import clock, guard
from tuyen.apps.supply.models import Balance, Reading
from tuyen.apps.supply.operations import SetEquipment
from tuyen.cli import supply
from tuyen.cli.main import main

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """The commands work on the store of the test, on its day."""
    monkeypatch.setattr(supply, "office", lambda home=None: None)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def test_a_recount_finds_the_account_that_somebody_changed(stocked, capsys):  # noqa: F811
    assert main(["stock", "check"]) == 0
    assert ": 0 wrong" in capsys.readouterr().out

    with guard.opened("test"):
        Balance.objects.filter(lot_id=MR, state="usable").update(vials=99)

    assert main(["stock", "check"]) == 1
    said = capsys.readouterr()
    assert "99 kept, 100 by its movements" in said.err
    assert "do not sum to zero" in said.err


def test_a_logger_s_file_is_taken_whole_or_its_good_rows_when_asked(db, tmp_path, capsys):
    fridge = SetEquipment(kind="fridge", name="Tủ", serial="SN-1", since=TODAY)
    assert codes(op(fridge)) == ["accepted"]
    file = tmp_path / "logger.csv"
    file.write_text("Time,Temp\n24/10/2026 08:00,4.5\n24/10/2026 09:00,?\n", encoding="utf-8")
    asked = ["import", "readings", str(file), "--equipment", "SN-1"]

    assert main([*asked[:-1], "SN-9"]) == 2
    assert "SN-1" in capsys.readouterr().err
    assert main(asked) == 1
    assert "Row 3" in capsys.readouterr().err
    assert main([*asked, "--accept-good-rows", "--dry-run"]) == 1
    assert Reading.objects.count() == 0
    assert main([*asked, "--accept-good-rows"]) == 1
    assert Reading.objects.count() == 1
    file.write_text("Time,Temp\n24/10/2026 10:00,4.5\n", encoding="utf-8")
    assert main([*asked, "--moment", "Time", "--celsius", "B"]) == 0
    assert Reading.objects.count() == 2
