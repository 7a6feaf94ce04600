"""Visits of a synthetic province."""

import numpy as np
import pytest

from tests.unit.engines.synthetic.conftest import make
from tuyen import rules
from tuyen.engines.synthetic.care import visits
from tuyen.engines.synthetic.streams import Streams

UNTIL = np.datetime64("2026-10-25")
RULE = rules.load("synthetic/care")


@pytest.fixture(scope="module")
def made():
    return make(1500)


def told(made, seed=1, favoured=3):
    commune = made.network.villages.commune[made.people.village].astype(int)
    return visits(made.people, commune, RULE, UNTIL, Streams(seed).of("care"), favoured)


def test_the_same_seed_tells_the_same_visits(made):
    assert told(made) == told(made)
    assert told(made) != told(made, seed=2)


def test_visits_stand_in_order_and_within_the_story(made):
    found = told(made)

    assert [(one.day, one.minute) for one in found] == sorted((o.day, o.minute) for o in found)
    assert all(one.day <= UNTIL for one in found)
    assert all(one.next is None or one.next > one.day for one in found)


def test_the_commune_that_is_shown_has_people_expected_today_and_come_today(made):
    found = told(made)
    last = {one.person: one for one in found if one.followed}

    assert sum(one.next == UNTIL for one in last.values()) >= 2
    assert sum(one.day == UNTIL for one in found) >= 4


def test_pressures_are_believable_and_every_regimen_is_known(made):
    for one in told(made):
        assert one.systolic is None or 90 <= one.systolic < 240
        assert one.systolic is None or one.diastolic < one.systolic
        assert one.regimen in RULE["regimens"]
