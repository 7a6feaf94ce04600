"""Which statistical alarms ring: the page, the decision, and the words beside an alarm."""

import pytest

from tests.unit.apps.surveillance.conftest import place
from tests.unit.apps.surveillance.test_weighing import raised, send, weighed
from tuyen.apps.surveillance.models import AlarmLine
from tuyen.apps.surveillance.operations import WeighAlarm
from tuyen.web.surveillance.chances import false_in_words, quiet_in_words


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, ""),
        (0.0, "Fewer than 1 in 1,000 alarms like this is false"),
        (0.012, "About 1 in 83 alarms like this is false"),
        (0.097, "About 1 in 10 alarms like this is false"),
        (0.16, "About 2 in 10 alarms like this are false"),
        (0.52, "About 5 in 10 alarms like this are false"),
        (0.97, "Nearly all alarms like this are false"),
    ],
)
def test_a_chance_is_said_so_that_it_can_be_counted(share, said):
    assert false_in_words(share) == said


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (None, ""),
        (0.0001, "Fewer than 1 in 1,000 quiet weeks in places like this look so"),
        (0.02, "About 1 in 50 quiet weeks in places like this looks so"),
        (0.7, "Most quiet weeks in places like this look so"),
    ],
)
def test_a_p_value_is_said_of_quiet_weeks(p, said):
    assert quiet_in_words(p) == said


@pytest.fixture
def two(db):
    """Two alarms of one team, one of them likelier to be false."""
    first, second = raised(), raised(commune="N")
    send(WeighAlarm(alarm=first, p=0.2, false=0.52, q=0.31), corrects=first)
    send(WeighAlarm(alarm=second, p=0.01, false=0.097, q=0.097), "N", corrects=second)
    return first, second


def test_a_line_is_decided_kept_below_and_given_back(two, signed_in):
    cdc = signed_in("cdc-epidemiologist", place("P"))
    assert "no limit" in cdc.get("/signals/line/").content.decode()

    decide = {"budget": "1", "share": "", "reason": "Một đội, một xã mỗi tuần"}
    assert cdc.post("/signals/line/set/", decide | {"reason": ""}).status_code == 422
    assert cdc.post("/signals/line/set/", decide | {"budget": ""}).status_code == 422
    assert cdc.post("/signals/line/set/", decide).status_code == 302

    line = AlarmLine.objects.get()
    assert (line.unit_id, line.budget, line.share) == (place("P"), 1, None)
    assert "Một đội, một xã mỗi tuần" in cdc.get("/signals/line/").content.decode()
    inbox = cdc.get("/signals/").content.decode()
    assert "About 1 in 10 alarms like this is false" in inbox
    assert "1 place and subject is below the line" in inbox
    assert "About 5 in 10 alarms like this are false" not in inbox
    kept = cdc.get("/signals/", {"state": "below"}).content.decode()
    assert "About 5 in 10 alarms like this are false" in kept
    page = cdc.get(f"/signals/{two[0]}/").content.decode()
    assert "likelier ones fill what the team can look into" in page
    assert "31 % are expected to be false" in page

    assert cdc.post("/signals/line/set/", decide | {"give-back": "1"}).status_code == 302
    assert weighed(two[0]).below == ""


def test_who_only_answers_alarms_sees_the_line_and_may_not_move_it(two, signed_in):
    head = signed_in("station-head", place("stM"))

    shown = head.get("/signals/line/")

    assert shown.status_code == 200
    assert "/signals/line/set/" not in shown.content.decode()
    asked = head.post("/signals/line/set/", {"budget": "1", "reason": "Thử"})
    assert asked.status_code in (403, 404)
    assert not AlarmLine.objects.exists()
