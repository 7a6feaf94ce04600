"""The legal thresholds, each rule against its slow reference and at its edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance import law
from tuyen.engines.surveillance.judge import Cells, judge
from tuyen.engines.surveillance.law import Limits, Reason, explain
from tuyen.engines.surveillance.law_reference import monthly_epidemic, past_of, weekly_alert
from tuyen.kernel.refusal import BadInput

LAW = Limits(
    years=5, look_back_years=5, min_years=5, ddof=1, alert_sd=1, epidemic_sd=2,
    alert_floor=3, epidemic_floor=5, linked_alert=3, linked_epidemic=5,
)  # fmt: skip
NAN = float("nan")

cells = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 30), st.just(NAN)),  # count
        st.one_of(st.integers(0, 8), st.just(NAN)),  # linked
        st.lists(
            st.tuples(st.one_of(st.integers(0, 12), st.just(NAN)), st.booleans()),
            min_size=8,
            max_size=8,
        ),
    ),
    min_size=1,
    max_size=20,
)


@given(
    cells,
    st.sampled_from(
        [LAW, LAW._replace(look_back_years=8, min_years=3), LAW._replace(ddof=0, min_years=1)]
    ),
)
def test_agrees_with_the_reference(rows, limits):
    count = np.array([row[0] for row in rows], dtype=float)
    linked = np.array([row[1] for row in rows], dtype=float)
    history = np.array([[year[0] for year in row[2]] for row in rows], dtype=float)
    struck = np.array([[year[1] for year in row[2]] for row in rows])

    weekly = law.al_b1(count, history, limits, epidemic=struck, linked=linked)
    monthly = law.ep_b1(count, history, limits, epidemic=struck, linked=linked)

    for i in range(len(rows)):
        past = past_of(history[i].tolist(), struck[i].tolist(), limits)
        assert weekly.years[i] == past.years
        np.testing.assert_allclose([weekly.mean[i], weekly.sd[i]], past[:2], equal_nan=True)
        for ours, theirs in ((weekly, weekly_alert), (monthly, monthly_epidemic)):
            raised, reason = theirs(count[i], linked[i], past, limits)
            assert (bool(ours.raised[i]), Reason(int(ours.reason[i])).key) == (raised, reason)


@pytest.mark.parametrize(
    ("why", "count", "history", "raised", "reason"),
    [
        ("between 1 and 2 SD", 4, [2, 3, 1, 4, 2], True, Reason.ABOVE_ALERT),
        ("above 2 SD alerts too", 9, [2, 3, 1, 4, 2], True, Reason.ABOVE_EPIDEMIC),
        ("at the bound is not above it", 3, [1, 1, 3, 3, 2], False, Reason.WITHIN),
        ("no case ever, one now", 1, [0, 0, 0, 0, 0], False, Reason.UNDER_FLOOR),
        ("no case ever, three now", 3, [0, 0, 0, 0, 0], True, Reason.ABOVE_EPIDEMIC),
        ("a year is missing", 9, [2, NAN, 1, 4, 2], False, Reason.NOT_ENOUGH_DATA),
        ("four years only", 9, [2, 3, 1, 4], False, Reason.NOT_ENOUGH_DATA),
        ("no report this week", NAN, [2, 3, 1, 4, 2], False, Reason.NO_COUNT),
    ],
)
def test_weekly_alert(why, count, history, raised, reason):
    verdict = law.al_b1(np.array([float(count)]), np.array([history], dtype=float), LAW)

    assert (bool(verdict.raised[0]), Reason(int(verdict.reason[0]))) == (raised, reason), why


def test_an_epidemic_year_leaves_too_few_years():
    verdict = law.ep_b1(
        np.array([40.0]),
        np.array([[2.0, 90, 1, 4, 2]]),
        LAW,
        epidemic=np.array([[False, True, False, False, False]]),
    )

    assert (verdict.years[0], Reason(int(verdict.reason[0]))) == (4, Reason.NOT_ENOUGH_DATA)


def test_an_older_year_fills_the_gap_where_a_province_looks_further_back():
    verdict = law.ep_b1(
        np.array([40.0]),
        np.array([[2.0, 90, 1, 4, 2, 3, 50]]),
        LAW._replace(look_back_years=7),
        epidemic=np.array([[False, True, False, False, False, False, False]]),
    )

    assert (verdict.years[0], verdict.mean[0], bool(verdict.raised[0])) == (5, 2.4, True)


def test_linked_cases_are_the_floor_without_history():
    short = np.array([[NAN] * 5, [NAN] * 5])

    verdict = law.ep_b1(np.array([6.0, 6.0]), short, LAW, linked=np.array([5.0, 4.0]))

    assert verdict.raised.tolist() == [True, False]


def test_an_epidemic_ends_only_when_the_month_is_counted_and_under_the_bound():
    history = np.array([[2.0, 3, 1, 4, 2]] * 4)
    month = law.ep_b1(np.array([4.0, 5.0, NAN, 4.0]), history, LAW)

    ended = law.end_b(np.array([True, True, True, False]), month)

    assert [Reason(int(reason)).key for reason in ended.reason] == [
        "back-under", "still-above", "no-count", "no-epidemic",
    ]  # fmt: skip
    assert ended.raised.tolist() == [True, False, False, False]


def test_an_explanation_carries_every_number():
    verdict = law.al_b1(np.array([4.0]), np.array([[2.0, 3, 1, 4, 2]]), LAW)

    said = explain(verdict, 0)

    values = {name: round(value, 2) for name, value in said.pop("values").items()}
    assert said == {"code": "AL-B1", "raised": True, "reason": "above-alert"}
    assert values == {
        "observed": 4, "mean": 2.4, "sd": 1.14, "bound": 3.54, "upper": 4.68, "years": 5,
    }  # fmt: skip


def test_histories_of_another_length_are_refused():
    with pytest.raises(BadInput, match="differ in length"):
        law.al_b1(np.array([1.0, 2.0]), np.zeros((3, 5)), LAW)
    with pytest.raises(BadInput, match="differ in shape"):
        law.baseline(np.zeros((3, 5)), LAW, epidemic=np.zeros((3, 4), dtype=bool))


def test_each_rule_is_judged_only_where_it_applies():
    n, years = 3, np.zeros((3, 5))
    zeros, five = np.zeros(n), np.full(n, 5.0)
    day = Cells(
        group_a=np.array([True, False, False]),
        endemic=np.array([False, True, False]),
        in_epidemic=np.array([False, True, True]),
        confirmed=np.ones(n),
        week=five,
        week_linked=five,
        week_history=years,
        month=five,
        month_linked=five,
        month_history=years,
        epidemic_year=np.zeros((n, 5), dtype=bool),
        whole_month=zeros,
        whole_month_linked=zeros,
        whole_month_history=years,
    )

    raised = {code: verdict.raised.tolist() for code, verdict in judge(day, LAW).items()}

    assert raised == {
        "AL-A": [True, False, False],
        "AL-B1": [False, True, False],
        "AL-B2": [False, False, True],
        "EP-B1": [False, True, False],
        "EP-B2": [False, False, True],
        "END-B": [False, True, True],
    }
