"""Two drills come to know each other by a code, and nobody else is let in by it."""

import json
from datetime import timedelta

import msgspec
import pytest
from django.test import Client

from tests.unit.apps.surveillance.conftest import NOW, TODAY
from tuyen.apps.access import world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.drills import meeting
from tuyen.apps.surveillance.operations.drills import BeginDrill
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation
from tuyen.rules.surveillance.drills import scenario

pytestmark = pytest.mark.django_db
THERE = uuid7()


def begin(side):
    payload = BeginDrill(scenario="dengue_border", seed=2, side=side, begins=NOW,
                         ends=NOW + timedelta(days=28), real=NOW)  # fmt: skip
    said = Operation.of(payload, unit=NODE, happened_on=TODAY, recorded_at=NOW)
    (receipt,) = commit(by=Actor.program(TODAY), operations=[said], at=NOW)
    assert receipt.ok


@pytest.fixture
def here(tmp_path):
    """Side A, in a folder of its own."""
    begin("A")
    mark = {"drill": str(uuid7()), "begins": NOW.isoformat(), "home": str(tmp_path)}
    with world.playing(mark):
        yield tmp_path


def asked(code, scenario="dengue_border"):
    return meeting.ask(code, drill=THERE, scenario=scenario)


def test_who_holds_the_code_is_paired_and_both_have_one_key(here):
    code = meeting.invite(NOW)
    said = asked(code.lower().replace("-", " "))  # as one types it

    answered = meeting.accept(said, NOW)
    theirs = meeting.agreed(code, said, answered)
    ours = meeting.joint_of({"home": str(here)})

    assert (ours["key"], ours["joint"]) == (theirs["key"], theirs["joint"])
    assert (ours["side"], theirs["side"], ours["peer"]) == ("A", "B", str(THERE))
    assert (here / meeting.PEER).stat().st_mode & 0o077 == 0
    plain = msgspec.json.encode(said) + msgspec.json.encode(answered)
    assert ours["key"].encode() not in plain  # neither is ever sent
    assert code.replace("-", "").encode() not in plain.upper()


def test_a_code_is_good_once_and_for_a_day(here):
    code = meeting.invite(NOW)
    assert meeting.waits(NOW) == NOW + meeting.LASTS
    with pytest.raises(meeting.CodeExpired) as late:
        meeting.accept(asked(code), NOW + meeting.LASTS + timedelta(seconds=1))
    assert meeting.waits(NOW + meeting.LASTS) is None
    meeting.accept(asked(code), NOW)

    assert (
        late.value.values["until"] == f"{NOW + meeting.LASTS + timedelta(hours=7):%d/%m/%Y %H:%M}"
    )
    assert meeting.joint()["peer"] == str(THERE)

    with pytest.raises(meeting.WrongCode):
        meeting.accept(asked(code), NOW)
    with pytest.raises(meeting.AlreadyPaired):
        meeting.invite(NOW)


def test_a_code_that_was_guessed_at_five_times_is_void(here):
    code = meeting.invite(NOW)
    for guess in ("AAAAA-AAAAA-AAAAA-AAAAA", "", code[:-1], code + "A", "Z" * 20):
        with pytest.raises(meeting.WrongCode):
            meeting.accept(asked(guess), NOW)

    with pytest.raises(meeting.WrongCode):
        meeting.accept(asked(code), NOW)
    assert not (here / meeting.PEER).exists()


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("a proof for another drill", {"drill": uuid7()}),
        ("a proof for another scenario", {"scenario": "measles_village"}),
        ("another number", {"nonce": "0" * 64}),
    ],
)
def test_a_proof_holds_for_what_it_was_made_of(here, why, changes):
    code = meeting.invite(NOW)

    with pytest.raises(meeting.WrongCode):
        meeting.accept(msgspec.structs.replace(asked(code), **changes), NOW)


def test_who_holds_the_code_is_told_which_scenario_is_played(here):
    code = meeting.invite(NOW)

    with pytest.raises(meeting.OtherScenario) as told:
        meeting.accept(asked(code, "measles_village"), NOW)

    assert told.value.values == {"theirs": "dengue_border", "ours": "measles_village"}
    assert meeting.accept(asked(code), NOW).seed == 2  # and the code is still good


@pytest.mark.parametrize(
    "said", ["", "4Y2R7-Y6QDJ", "4Y2R7-Y6QDJ-AFRSZ-ZCXH1", "mã của bên kia " * 9]
)
def test_what_is_no_code_is_answered_before_anybody_is_asked(said):
    with pytest.raises(meeting.NoCode) as refused:
        meeting.typed(said)

    assert len(refused.value.values["value"]) <= 40


def test_a_drill_that_has_one_side_invites_nobody(here, monkeypatch):
    monkeypatch.setattr(meeting.rules, "scenario", lambda id: scenario("measles_village"))

    with pytest.raises(meeting.OneSided):
        meeting.invite(NOW)


def test_side_b_believes_nobody_who_does_not_hold_the_code(here):
    said = asked("AAAAA-BBBBB-CCCCC-DDDDD")
    forged = meeting.Joined(drill=uuid7(), joint=uuid7(), seed=2, nonce="0" * 64, proof="1" * 64)

    with pytest.raises(meeting.WrongCode):
        meeting.agreed("AAAAA-BBBBB-CCCCC-DDDDD", said, forged)


def test_side_b_makes_no_code(tmp_path):
    begin("B")

    with world.playing({"home": str(tmp_path)}), pytest.raises(meeting.OnlySideA):
        meeting.invite(NOW)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("pair", {"drill": str(THERE), "scenario": "x", "nonce": "0" * 64, "proof": "0" * 64}),
        ("news", {"body": "e30=", "seal": "0" * 64}),
    ],
)
def test_reality_has_no_drill_behind_these_addresses(path, body):
    answer = Client().post(
        f"/api/v1/drills/{path}", json.dumps(body), content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "surveillance.no-drill"
    assert answer["Tuyen-World"] == "real"
