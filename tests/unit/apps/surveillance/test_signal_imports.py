"""A list of event signals from any file: planned first, each row told once, bad rows said."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, place
from tests.unit.apps.surveillance.test_command import tuyen  # noqa: F401
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.policies import NotAllowed
from tuyen.apps.journal.models import Entry
from tuyen.apps.surveillance.imports import Choices, run, signals
from tuyen.apps.surveillance.models import EventSignal
from tuyen.engines.exchange.tabular import read_table

PROGRAM = Actor.program(TODAY)
HEADER = (
    "Mã tín hiệu;Dấu hiệu;Ngày phát hiện;Nguồn tin;Mã xã;Thôn;Số mắc;Số chết;Nghi bệnh;Điện thoại"
)
GOOD = [
    "T-1;Sốt, nổi ban ở nhiều người;20/10/2026;Y tế thôn bản;03101;va;6;0;Sởi;0912 345 678",
    "T-2;dead-poultry;21/10/2026;thú y;03102;;40;40;;",
    "T-3;Several people with fever and rash;22/10/2026;nhà trường;03004;Bản Xa;;;;",
]


def planned(*rows, header=HEADER, choices=None, by=PROGRAM):
    table = read_table(
        "\n".join([header, *rows]).encode(), "tin.csv", vocabulary=signals.fields().vocabulary
    )
    chosen = choices or Choices(unit=place("stD"))
    return signals.plan(by=by, table=table, on=TODAY, at=NOW, choices=chosen)


def codes(made, row, severity="error"):
    return [f.code for f in made.findings if f.row == row and f.severity == severity]


def test_a_plan_writes_nothing_and_its_rows_become_signals(db):
    with CaptureQueriesContext(connection) as asked:
        made = planned(*GOOD)
    assert len(asked) <= 4
    assert made.clean, [f.parts() for f in made.findings]
    assert not Entry.objects.exists()
    assert codes(made, 4, "warning") == ["surveillance.village-not-found"]

    result = run(by=PROGRAM, plan=made, at=NOW)

    assert (result.accepted, result.refused) == (3, 0)
    told = {row.seen_on.day: row for row in EventSignal.objects.all()}
    assert (told[20].sign, told[20].source, told[20].commune_id, told[20].village_id) == (
        "rash-fever", "village", place("M"), place("va"),
    )  # fmt: skip
    assert (told[20].affected, told[20].disease, told[20].unit_id) == (6, "measles", place("stD"))
    assert (told[21].source, told[21].deaths) == ("animal-health", 40)
    assert (told[22].source, told[22].note) == ("school", "Bản Xa.")


@pytest.mark.parametrize("numbers", [True, False])
def test_the_same_file_again_changes_nothing(db, numbers):
    rows = GOOD if numbers else [";" + row.partition(";")[2] for row in GOOD]
    run(by=PROGRAM, plan=planned(*rows), at=NOW)

    again = planned(*reversed(rows))
    result = run(by=PROGRAM, plan=again, at=NOW + timedelta(days=1))

    assert sorted(again.already) == [2, 3, 4]
    assert (result.accepted, EventSignal.objects.count()) == (0, 3)


def test_a_number_is_one_signal(db):
    run(by=PROGRAM, plan=planned(*GOOD), at=NOW)

    other = GOOD[0].replace("20/10/2026", "19/10/2026")
    assert codes(planned(other), 2) == ["surveillance.imported-differently"]
    new = [row.replace("T-1", "T-9") for row in (GOOD[0], other)]
    assert codes(planned(*new), 3) == ["surveillance.number-repeated"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Sốt, nổi ban ở nhiều người", "Mưa to", "surveillance.sign-not-found"),
        ("20/10/2026", "20/11/2026", "exchange.date-in-future"),
        (";6;0;", ";6;9;", "surveillance.more-deaths-than-affected"),
        ("03101", "99999", "surveillance.commune-not-found"),
        (";Sởi;", ";Bệnh lạ;", "surveillance.disease-not-found"),
        ("Y tế thôn bản", "sao Hỏa", "exchange.choice-unknown"),
    ],
)
def test_a_bad_row_is_refused_alone(db, old, new, code):
    made = planned(GOOD[0].replace(old, new, 1), *GOOD[1:])

    assert codes(made, 2) == [code]
    assert made.rows == [3, 4]


def test_who_may_not_tell_may_not_import(db):
    with pytest.raises(NotAllowed):
        planned(*GOOD, by=Actor(user=place("P"), name="Ai đó", on=TODAY, posts=(), channel="web"))


def test_the_command_shows_first_and_takes_once(tuyen, tmp_path, capsys):  # noqa: F811
    file = tmp_path / "tin.csv"
    file.write_text("\n".join([HEADER, *GOOD]), encoding="utf-8")

    assert tuyen("import", "signals", file, "--unit", "03004", "--dry-run") == 0
    assert "3 rows would go in" in capsys.readouterr().out
    assert not EventSignal.objects.exists()
    assert tuyen("import", "signals", file, "--unit", "03004") == 0
    assert tuyen("import", "signals", file, "--unit", "03004") == 0
    assert EventSignal.objects.count() == 3
    assert "0 taken, 3 already there" in capsys.readouterr().out
