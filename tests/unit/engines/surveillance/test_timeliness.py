"""7-1-7 by one reference for one event, and the league's sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance.timeliness import (
    MET,
    MISSED,
    OVERDUE,
    RUNNING,
    UNKNOWN,
    league,
    timeliness,
)
from tuyen.kernel.refusal import BadInput

TARGETS = (7, 1, 7)
NOW = 40


def days(values):
    return np.array([np.datetime64("NaT") if v is None else np.datetime64(v, "D") for v in values])


def run(events, now=NOW):
    done = np.array([days(e[3]) for e in events], "M8[D]").reshape(len(events), -1)
    return timeliness(
        *(days([e[i] for e in events]).astype("M8[D]") for i in range(3)), done,
        np.array([e[4] for e in events], bool).reshape(len(events), -1),
        np.datetime64(now, "D"), TARGETS,
    )  # fmt: skip


def reference(emerged, detected, notified, done, applicable, now=NOW):
    """One event, plain Python."""
    if detected is not None and emerged is not None:
        detected = max(detected, emerged)
    if notified is not None and detected is not None:
        notified = max(notified, detected)
    wanted = [d for d, a in zip(done, applicable, strict=True) if a]
    responded = None
    if wanted and None not in wanted:
        responded = max(wanted) if notified is None else max(*wanted, notified)
    out = []
    for begin, end, target, there in (
        (emerged, detected, 7, True),
        (detected, notified, 1, True),
        (notified, responded, 7, bool(wanted)),
    ):
        if begin is None or not there:
            out.append((None, UNKNOWN))
            continue
        took = max(0, (now if end is None else end) - begin)
        good = took <= target
        state = (MET if good else MISSED) if end is not None else (RUNNING if good else OVERDUE)
        out.append((took, state))
    return out


maybe = st.one_of(st.none(), st.integers(0, NOW))


@given(
    st.lists(
        st.tuples(maybe, maybe, maybe, st.lists(maybe, min_size=3, max_size=3),
                  st.lists(st.booleans(), min_size=3, max_size=3)),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_agrees_with_the_reference(events):
    found = run(events)

    for n, event in enumerate(events):
        expected = reference(*event)
        assert found.state[n].tolist() == [state for _, state in expected]
        assert [None if np.isnan(d) else d for d in found.days[n]] == [d for d, _ in expected]
        assert found.whole[n] == all(state == MET for _, state in expected)


@pytest.mark.parametrize(
    ("why", "event", "states"),
    [
        ("all in time, to the day", (0, 7, 8, [15, 9], [True, True]), [MET, MET, MET]),
        ("each a day late", (0, 8, 10, [18, 9], [True, True]), [MISSED, MISSED, MISSED]),
        ("an action that does not apply is not waited for",
         (0, 7, 8, [None, 9], [False, True]), [MET, MET, MET]),
        ("an open action past its time", (0, 7, 8, [None, 9], [True, True]), [MET, MET, OVERDUE]),
        ("an open action in time", (30, 33, 34, [None, 35], [True, True]), [MET, MET, RUNNING]),
        ("not yet notified", (30, 39, None, [None, None], [True, True]),
         [MISSED, RUNNING, UNKNOWN]),
        ("detected before it is said to have begun", (5, 3, 5, [6, 6], [True, True]),
         [MET, MET, MET]),
    ],
)  # fmt: skip
def test_a_stage_is_judged(why, event, states):
    assert run([event]).state[0].tolist() == states, why


def test_the_last_action_is_the_bottleneck():
    found = run([
        (0, 1, 2, [3, 9, 4], [True, True, True]),
        (0, 1, 2, [3, None, 4], [True, True, True]),
        (0, 1, 2, [3, None, 4], [False, False, False]),
    ])  # fmt: skip

    assert found.last.tolist() == [1, 1, -1]


def test_a_league_counts_what_can_be_judged():
    found = run([
        (0, 7, 8, [9], [True]),
        (0, 9, 10, [12], [True]),
        (38, 39, None, [None], [True]),
    ])  # fmt: skip

    table = league(found, ["b", "a", "b"])

    assert table.groups == ["a", "b"]
    assert table.events.tolist() == [1, 2]
    assert table.ended.tolist() == [[1, 1, 1], [2, 1, 1]]
    assert table.met.tolist() == [[0, 1, 1], [2, 1, 1]]
    assert (table.whole.tolist(), table.judged.tolist()) == ([0, 1], [1, 1])
    assert table.median[0].tolist() == [9, 1, 2]


def test_no_event_is_no_league():
    empty = np.empty(0, "M8[D]")
    found = timeliness(empty, empty, empty, np.empty((0, 7), "M8[D]"), np.empty((0, 7), bool),
                       np.datetime64("2026-10-25"), TARGETS)  # fmt: skip

    assert league(found, []).groups == []


def test_shapes_that_do_not_fit_are_refused():
    one = days([1]).astype("M8[D]")
    with pytest.raises(BadInput, match="give"):
        timeliness(one, one, one, np.empty((1, 2), "M8[D]"), np.empty((1, 3), bool),
                   np.datetime64("2026-10-25"), TARGETS)  # fmt: skip
    with pytest.raises(BadInput, match="three"):
        timeliness(one, one, one, np.empty((1, 2), "M8[D]"), np.empty((1, 2), bool),
                   np.datetime64("2026-10-25"), (7, 1))  # fmt: skip
