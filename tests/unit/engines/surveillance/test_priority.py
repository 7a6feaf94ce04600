"""The score of groups of signals: judged by a plain reference, and by what must always hold."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance.priority import PARTS, Signals, deviate, score

WEIGHTS = np.array([30.0, 25.0, 25.0, 10.0, 10.0])
NAN = float("nan")


def signals(*rows):
    """Rows of (group, kind, hazard, evidence, observed, expected, p_value, age)."""
    table = np.array(rows, float).reshape(-1, 8).T
    return Signals(table[0].astype(np.int64), table[1].astype(np.int64), *table[2:])


def reference(rows, groups, weights=WEIGHTS, full=8.0, half=14.0):
    """One group after another, plain Python: slow, obvious, and the judge."""
    out = []
    for g in range(groups):
        mine = [row for row in rows if row[0] == g]
        best = 0.0
        for _, _, _, _, observed, expected, p, _ in mine:
            if math.isnan(p):
                z = 2 * (math.sqrt(observed) - (0 if math.isnan(expected) else math.sqrt(expected)))
            else:
                z = NormalDist().inv_cdf(1 - p) if p < 1 else -8.3
            best = max(best, min(1.0, max(0.0, z / full)))
        parts = [
            max((row[2] for row in mine), default=0.0),
            max((row[3] for row in mine), default=0.0),
            best,
            min(1.0, max(0, len({row[1] for row in mine}) - 1) / 3),
            max((0.5 ** (row[7] / half) for row in mine), default=0.0),
        ]
        out.append((parts, sum(w * p for w, p in zip(weights, parts, strict=True))))
    return out


share = st.floats(0, 1)
row = st.tuples(
    st.integers(0, 3), st.integers(0, 4), share, share, st.integers(0, 5000),
    st.one_of(st.just(NAN), st.floats(0, 500)), st.one_of(st.just(NAN), st.floats(1e-9, 1)),
    st.floats(0, 400),
)  # fmt: skip


@given(st.lists(row, max_size=30))
def test_agrees_with_the_reference(rows):
    made = score(signals(*rows), 4, WEIGHTS, 8.0, 14.0)

    for g, (parts, total) in enumerate(reference(rows, 4)):
        np.testing.assert_allclose(made.parts[g], parts, atol=1e-6)
        assert made.total[g] == pytest.approx(total, abs=1e-4)


@given(st.lists(row, min_size=1, max_size=20), row)
def test_a_further_signal_never_lowers_a_score_and_none_leaves_0_to_100(rows, further):
    before = score(signals(*rows), 4, WEIGHTS, 8.0, 14.0).total
    after = score(signals(*rows, further), 4, WEIGHTS, 8.0, 14.0).total

    assert (after >= before - 1e-9).all()
    assert ((after >= 0) & (after <= 100 + 1e-9)).all()


@pytest.mark.parametrize(
    ("why", "more", "less"),
    [
        ("the graver hazard", (0, 0, 1.0, 0.5, 9, 3, NAN, 1), (0, 0, 0.3, 0.5, 9, 3, NAN, 1)),
        ("the surer evidence", (0, 0, 0.6, 1.0, 9, 3, NAN, 1), (0, 0, 0.6, 0.4, 9, 3, NAN, 1)),
        ("the greater excess", (0, 0, 0.6, 0.5, 30, 3, NAN, 1), (0, 0, 0.6, 0.5, 5, 3, NAN, 1)),
        ("what was not expected", (0, 0, 0.6, 0.5, 9, NAN, NAN, 1), (0, 0, 0.6, 0.5, 9, 8, NAN, 1)),
        ("the rarer by its detector", (0, 0, 0.6, 0.5, 9, 3, 1e-9, 1),
         (0, 0, 0.6, 0.5, 9, 3, 0.04, 1)),
        ("the newer", (0, 0, 0.6, 0.5, 9, 3, NAN, 0), (0, 0, 0.6, 0.5, 9, 3, NAN, 40)),
    ],
)  # fmt: skip
def test_what_comes_first(why, more, less):
    first, second = (score(signals(each), 1, WEIGHTS, 8.0, 14.0).total[0] for each in (more, less))

    assert first > second, why


def test_signals_of_several_kinds_outweigh_as_many_of_one():
    one = [(0, 0, 0.6, 0.5, 9, 3, NAN, 1)] * 3
    several = [(0, kind, 0.6, 0.5, 9, 3, NAN, 1) for kind in range(3)]

    alike, mixed = (score(signals(*rows), 1, WEIGHTS, 8.0, 14.0) for rows in (one, several))

    assert alike.parts[0, PARTS.index("agreement")] == 0
    assert mixed.parts[0, PARTS.index("agreement")] == pytest.approx(2 / 3)
    assert mixed.total[0] - alike.total[0] == pytest.approx(20 / 3)


def test_a_p_value_of_nothing_at_all_is_finite():
    found = deviate(signals((0, 0, 1, 1, 9, 3, 0.0, 0), (0, 0, 1, 1, 9, 3, 1.0, 0)))

    assert np.isfinite(found).all()
    assert found[0] > 30


@pytest.mark.parametrize(
    ("weights", "full", "half"),
    [(WEIGHTS / 2, 8.0, 14.0), (WEIGHTS, 0.0, 14.0), (WEIGHTS, 8.0, 0.0)],
)
def test_a_scale_that_is_none_is_refused(weights, full, half):
    with pytest.raises(ValueError, match="100"):
        score(signals((0, 0, 1, 1, 9, 3, NAN, 0)), 1, weights, full, half)
