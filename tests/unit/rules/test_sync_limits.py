"""What a tablet may send is a rule of a day, which a province replaces by a file of its own."""

from datetime import date

import pytest

from tuyen.rules import loader
from tuyen.rules.journal import Keep, keep
from tuyen.rules.sync import limits

ENTRY = "source: {act: thử}, confidence: H"


@pytest.fixture
def province(tmp_path, monkeypatch):
    """Write a rule file of a province's own."""
    monkeypatch.setenv("TUYEN_RULES", str(tmp_path))

    def write(name, **values):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        lines = [
            f"{word}:\n  unit: x\n  values:\n"
            + "".join(f"    - {{from: {day}, value: {value}, {ENTRY}}}\n" for day, value in dated)
            for word, dated in values.items()
        ]
        path.write_text("".join(lines), encoding="utf-8")
        loader._parse.cache_clear()

    yield write
    loader._parse.cache_clear()


def test_the_shipped_limits_let_a_month_of_work_through_and_bound_a_day():
    found = limits(date(2026, 11, 25))

    assert 6_000 < found.operations < 100_000
    assert 0 < found.megabytes < 1_000
    assert found.kept_days > keep(date(2026, 11, 25)).daily, "a daily backup is made whole again"


def test_a_province_has_its_own_from_a_day_and_no_limit_after_a_repeal(province):
    province(
        "sync/limits.yaml",
        operations_a_day=[("2026-01-01", 5), ("2026-06-01", 7), ("2026-07-01", "null")],
        megabytes_a_day=[("2026-01-01", 1)],
        confirmed_kept=[("2026-01-01", 9), ("2026-07-01", "null")],
    )

    assert limits(date(2026, 5, 31))[:2] == (5, 1)
    assert limits(date(2026, 6, 1)).operations == 7
    after = limits(date(2026, 7, 1))
    assert (after.operations > 10**6, after.kept_days) == (True, 0)


def test_a_province_keeps_backups_by_its_own_rule(province):
    days = [("2026-01-01", 3)]
    province("journal/backups.yaml", daily=days, weekly=days, monthly=[("2027-01-01", 5)])

    assert keep(date(2026, 11, 25)) == Keep(3, 3, 0)
