"""The curve of an outbreak, and what is still to be reported of its last days."""

from datetime import timedelta

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case
from tests.unit.apps.surveillance.test_outbreaks import PROGRAM, opened
from tuyen.apps.surveillance import queries


def reported_after(days: int, ago: int, **more):
    """A case whose report took so many days."""
    onset = TODAY - timedelta(ago)
    told = NOW - timedelta(ago - days)
    return case(onset_on=onset, diagnosed_on=onset + timedelta(days), reported_at=told, **more)


def test_days_whose_reports_are_still_on_the_way_are_expected_to_grow(report):
    report(*(reported_after(3, 20 + n % 60, age=n % 90) for n in range(80)))
    ill = report(*(reported_after(3, ago, age=ago) for ago in range(3, 12)), case(
        onset_on=TODAY - timedelta(1), diagnosed_on=TODAY, classification="confirmed"
    ))  # fmt: skip
    id = opened(cases=tuple(one.id for one in ill), since=TODAY - timedelta(12))

    drawn = queries.curve(by=PROGRAM, id=id, disease="measles", at=NOW)

    by_day = {one.day: one for one in drawn.days}
    assert drawn.learnt_from >= 80
    assert drawn.days[-1].day == TODAY
    assert by_day[TODAY - timedelta(1)].counts == (1, 0, 0)
    assert by_day[TODAY - timedelta(2)].coming > 0.5
    assert by_day[TODAY - timedelta(2)].low <= by_day[TODAY - timedelta(2)].high
    assert by_day[TODAY - timedelta(6)].coming == 0


def test_with_few_reports_nothing_is_expected(report):
    ill = report(*(reported_after(3, ago, age=ago) for ago in range(3, 12)))
    id = opened(cases=tuple(one.id for one in ill), since=TODAY - timedelta(12))

    drawn = queries.curve(by=PROGRAM, id=id, disease="measles", at=NOW)

    assert drawn.learnt_from == 0
    assert not any(one.coming for one in drawn.days)


def test_a_closed_outbreak_ends_at_its_last_case_and_tells_what_was_ruled_out(report):
    ill = report(case(onset_on=TODAY - timedelta(9)), case(age=8, onset_on=TODAY - timedelta(5)),
                 case(age=9, classification="discarded"))  # fmt: skip
    id = opened(cases=tuple(one.id for one in ill), since=TODAY - timedelta(12))

    drawn = queries.curve(by=PROGRAM, id=id, disease="measles", at=NOW, open_=False)

    assert [one.day for one in drawn.days] == [TODAY - timedelta(n) for n in (9, 8, 7, 6, 5)]
    assert drawn.ruled_out == 1
