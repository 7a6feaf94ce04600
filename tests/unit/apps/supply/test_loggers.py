"""Files of loggers as their makers write them."""

from datetime import UTC, datetime

import pytest

from tuyen.apps.supply import loggers

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
EIGHT = int(datetime(2026, 10, 24, 1, 0, tzinfo=UTC).timestamp()) // 60  # 8 o'clock in Vietnam


def read(text, mapping=None):
    table = loggers.opened(text.encode(), "logger.csv")
    return loggers.read(table, mapping or loggers.guess(table), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "Thời gian,Nhiệt độ (°C)\n24/10/2026 08:00,4.5\n24/10/2026 08:30,4.6\n",
        "No;Date;Time;Temperature\n1;2026-10-24;08:00:00;4,5\n2;2026-10-24;08:30:00;4,6\n",
        "Ngày,Giờ,t °C,Nhiệt độ\n24/10/2026,8h00,x,4.5 °C\n24/10/2026,8h30,x,4.6 °C\n",
        "Serial: 1234\nTimestamp\tTemp\n2026-10-24T08:00:00\t4.5\n2026-10-24T08:30:00\t4.6\n",
        "Date/Time,Temp\n24/10/2026 08:30 AM,4.6\n24/10/2026 08:00 AM,4.5\n",
    ],
)
def test_a_logger_s_file_is_read_in_any_layout(text):
    found = read(text)

    assert (found.minutes, found.celsius) == ((EIGHT, EIGHT + 30), (4.5, 4.6))
    assert found.problems == []


def test_every_bad_row_is_told_with_its_number_and_the_good_ones_are_kept():
    found = read(
        "Thời gian,Nhiệt độ\n24/10/2026 08:00,4.5\n32/10/2026 08:00,4.5\n24/10/2026 09:00,lỗi\n"
        "24/10/2027 08:00,4.5\n24/10/2026 10:00,40.1 F\n,\n"
    )

    assert found.celsius == (4.5,)
    assert [(p.code.removeprefix("supply.logger-"), p.values["row"]) for p in found.problems] == [
        ("bad-moment", 3), ("bad-celsius", 4), ("not-yet", 5), ("fahrenheit", 6),
    ]  # fmt: skip


def test_columns_that_say_nothing_are_chosen_by_hand():
    text = "a,b\nx,y\nu,v\n"
    table = loggers.opened(text.encode(), "logger.csv")

    with pytest.raises(loggers.NoColumn, match="say which one"):
        loggers.read(table, loggers.guess(table), NOW)
    named = read("k,m,n\n4.5,9,24/10/2026 08:00\n", loggers.Mapping("C", "A"))
    assert (named.minutes, named.celsius) == ((EIGHT,), (4.5,))
