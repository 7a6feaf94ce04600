import numpy as np
import pytest

from tuyen.engines.surveillance.as_of import Reports, as_of, reports_of
from tuyen.kernel.refusal import BadInput


def test_only_what_was_reported_by_then_is_counted():
    reports = reports_of(
        np.array([0, 0, 0, 1]), np.array([0, 1, 1, 2]), np.array([0, 1, 3, 2]), (2, 4, 3),
        np.array([5, 2, 4, 7]),
    )  # fmt: skip

    assert as_of(reports, 1).tolist() == [[5, 2], [0, 0]]
    assert as_of(reports, 2).tolist() == [[5, 2, 0], [0, 0, 7]]
    assert as_of(reports, 3).tolist() == [[5, 6, 0, 0], [0, 0, 7, 0]]


def test_a_report_of_the_future_changes_nothing():
    rng = np.random.default_rng(1)
    cases = rng.integers(0, 5, (3, 10, 4))
    before = as_of(Reports(cases), 6)

    week, delay = np.meshgrid(np.arange(10), np.arange(4), indexing="ij")
    cases = cases + 90 * (week + delay > 6)

    np.testing.assert_array_equal(as_of(Reports(cases), 6), before)


def test_a_report_before_its_period_is_refused():
    with pytest.raises(BadInput, match="row 1"):
        reports_of(np.array([0, 0]), np.array([0, 2]), np.array([0, 1]), (1, 3, 2))


def test_a_row_outside_is_refused():
    with pytest.raises(BadInput):
        reports_of(np.array([1]), np.array([0]), np.array([0]), (1, 3, 2))
    with pytest.raises(BadInput):
        as_of(Reports(np.zeros((1, 3, 2))), 3)
