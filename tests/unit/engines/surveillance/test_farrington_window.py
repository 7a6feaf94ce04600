"""Which weeks are compared: anniversaries across years of 53 weeks, leap days, and periods."""

import numpy as np
import pytest

from tuyen.engines.surveillance.farrington_control import Control
from tuyen.engines.surveillance.farrington_window import Calendar, anniversaries, window
from tuyen.kernel.refusal import BadInput


def weeks(first, points):
    days = np.datetime64(first, "D") + 7 * np.arange(points)
    return Calendar(points, 52, days)


def test_counted_weeks_go_back_by_52():
    assert anniversaries(Calendar(300, 52), 299, 3) == [143, 195, 247, 299]


def test_dated_weeks_keep_their_weekday_across_a_year_of_53():
    calendar = weeks("2015-01-05", 340)
    today = 329  # 2021-04-26; 2020 had 53 weeks

    places = anniversaries(calendar, today, 5)

    days = calendar.days[places].astype(str).tolist()
    assert days == [
        "2016-04-25", "2017-04-24", "2018-04-23", "2019-04-29", "2020-04-27", "2021-04-26",
    ]  # fmt: skip
    assert np.diff(places).tolist() == [52, 52, 53, 52, 52]


def test_the_53rd_week_itself_has_anniversaries():
    calendar = weeks("2015-01-05", 340)
    last = int(np.searchsorted(calendar.days, np.datetime64("2020-12-28")))

    days = calendar.days[anniversaries(calendar, last, 2)].astype(str).tolist()

    assert days == ["2018-12-31", "2019-12-30", "2020-12-28"]


def test_a_leap_day_meets_the_first_of_march():
    days = np.arange("2015-01-01", "2020-03-02", dtype="M8[D]")
    calendar = Calendar(days.size, 365, days)
    today = int(np.searchsorted(days, np.datetime64("2020-02-29")))

    met = days[anniversaries(calendar, today, 4)].astype(str).tolist()

    assert met == ["2016-02-29", "2017-03-01", "2018-03-01", "2019-03-01", "2020-02-29"]


def test_months_go_back_by_years():
    days = np.arange("2015-01", "2021-01", dtype="M8[M]").astype("M8[D]")

    assert anniversaries(Calendar(72, 12, days), 71, 2) == [47, 59, 71]


def test_an_anniversary_before_the_series_gives_no_window():
    assert window(Calendar(340, 52), 262, Control()) is None
    assert window(Calendar(340, 52), 263, Control()) is not None


def test_windows_only():
    past = window(Calendar(300, 52), 299, Control(b=2, w=1, past_weeks_not_included=0))

    assert past.rows.tolist() == [194, 195, 196, 246, 247, 248, 298]
    assert past.level.tolist() == [0] * 7
    assert (past.levels, past.now) == (1, 300.0)


def test_the_gap_is_cut_into_periods_and_the_first_ones_take_the_remainder():
    past = window(
        Calendar(300, 52), 299, Control(b=1, w=1, no_periods=5, past_weeks_not_included=0)
    )

    assert past.rows.tolist() == list(range(246, 299))
    # 49 weeks between 249 and 297 in four blocks: 13, 12, 12, 12.
    expected = [4] * 3 + [0] * 13 + [1] * 12 + [2] * 12 + [3] * 12 + [4]
    assert past.level.tolist() == expected


def test_the_last_weeks_are_left_out():
    past = window(
        Calendar(300, 52), 299, Control(b=5, w=3, no_periods=10, past_weeks_not_included=26)
    )

    assert past.rows.tolist() == list(range(299 - 263, 299 - 26))
    assert past.rows.size == 237


@pytest.mark.parametrize(
    ("calendar", "says"),
    [(Calendar(10, 7), "frequency is 7"), (Calendar(10, 52, np.arange(3).astype("M8[D]")), "days")],
)
def test_a_calendar_that_contradicts_itself_is_refused(calendar, says):
    from tuyen.engines.surveillance.farrington_window import check

    with pytest.raises(BadInput, match=says):
        check(calendar)
