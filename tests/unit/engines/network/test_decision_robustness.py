"""How often a site wins over all weights: against what geometry says."""

import numpy as np
import pytest

from tuyen.engines.network.decision_robustness import robustness, verdict


def test_shares_follow_geometry():
    criteria = np.array([[1.0, 0.0], [0.0, 1.0], [0.9, 0.9], [0.1, 0.1], [np.nan, np.nan]])

    shares = robustness(criteria, np.array([0, 0, 1, 1, 1]), 4000, seed=3)

    assert shares[:2] == pytest.approx([0.5, 0.5], abs=0.03)
    assert shares[2:].tolist() == [1.0, 0.0, 0.0]


def test_pins_win_and_equals_share():
    criteria = np.full((4, 3), 0.4)

    shares = robustness(criteria, np.array([0, 0, 1, 1]), 50, pinned=np.array([-1, -1, 1, 2]))

    assert shares.tolist() == [0.5, 0.5, 1.0, 0.0]


@pytest.mark.parametrize(("share", "word"), [(0.81, "clear"), (0.6, "leaning"), (0.5, "discuss")])
def test_verdicts(share, word):
    assert verdict(share) == word
