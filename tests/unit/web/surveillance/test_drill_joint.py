"""Joint drills on the screen: a code is made and shown once, and one is taken."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.unit.apps.surveillance.conftest import place
from tests.unit.web.surveillance.conftest import NOW, TODAY
from tuyen.apps.access import guard, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.models import Head
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.drills import meeting
from tuyen.apps.surveillance.operations.drills import BeginDrill
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation
from tuyen.web.surveillance import drill_folders

CODE = "4Y2R7-Y6QDJ-AFRSZ-ZCXHS"
DRILL = UUID("7b0f1f8e-3c39-4c63-9b57-1c2c9b0f7a10")
THERE = "https://dt.example"
FORM = {"scenario": "dengue_border", "speed": "60", "seed": "1", "join": THERE, "code": CODE}


@pytest.fixture
def browser(signed_in):
    return signed_in("cdc-epidemiologist", place("T"))


@pytest.fixture
def started(monkeypatch, settings, tmp_path):
    """What was started: no program is."""
    settings.TUYEN_HOME, asked = tmp_path, []
    monkeypatch.setattr(drill_folders.subprocess, "Popen",
                        lambda command, **more: asked.append((command, more["env"])))  # fmt: skip
    return asked


def test_a_code_and_an_address_join_the_drill_that_waits_there(browser, started):
    answer = browser.post("/drills/start/", FORM | {"code": " 4y2r7 y6qdj afrsz zcxhs "})

    ((command, environment),) = started
    assert answer.status_code == 302
    assert command[-2:] == ["--join", THERE]
    assert CODE not in command  # others on the machine see that
    assert environment["TUYEN_DRILL_CODE"] == CODE
    assert environment["TUYEN_LANGUAGE"] == "en"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"code": "4Y2R7"}, "is no code of a drill"),
        ({"code": ""}, "is no code of a drill"),
        ({"join": ""}, "is not an address of a drill"),
        ({"join": "http://dt.example"}, "is not an address of a drill"),
        ({"scenario": "measles_village"}, "is played on one side only"),
        ({"speed": "7"}, "Choose a speed from the list"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(browser, started, wrong, told):
    answer = browser.post("/drills/start/", FORM | wrong)

    shown = answer.content.decode()
    assert (answer.status_code, started) == (400, [])
    assert told in shown
    assert f'value="{(FORM | wrong)["code"]}"' in shown


def test_side_a_makes_a_code_and_shows_it_once(browser, tmp_path):
    begin = BeginDrill(scenario="dengue_border", seed=2, side="A", begins=NOW,
                       ends=NOW + timedelta(days=28), real=NOW)  # fmt: skip
    said = Operation.of(begin, unit=NODE, happened_on=TODAY, recorded_at=NOW)
    mark = {"drill": str(DRILL), "scenario": "dengue_border", "name": {"vi": "x", "en": "x"},
            "begins": NOW.isoformat(), "home": str(tmp_path)}  # fmt: skip

    with world.playing(mark):
        with guard.opened("drill"):
            Head.objects.filter(pk=1).update(drill=DRILL)
        (receipt,) = commit(by=Actor.program(TODAY), operations=[said], at=NOW)
        assert receipt.ok
        answer = browser.post("/drills/play/code/")
        code = re.search(r"[A-Z2-7]{5}(-[A-Z2-7]{5}){3}", answer.content.decode())[0]
        asked = meeting.ask(code, drill=NODE, scenario="dengue_border")
        joined = meeting.accept(asked, datetime.now(UTC))
        again = browser.post("/drills/play/code/")

    assert "no-store" in answer["Cache-Control"]
    assert joined.seed == 2
    assert again.status_code == 302  # it has its other side


def test_in_reality_there_is_no_code_to_make(browser):
    assert browser.post("/drills/play/code/").status_code == 404


@pytest.mark.parametrize(
    ("log", "folder", "found"),
    [
        ("", "", (True, "")),
        ("tuyen: No. [surveillance.x]\n", "", (False, "No. [surveillance.x]")),
        ("Traceback (most recent call last):\n", "", (False, None)),
        ("tuyen: a complaint of the drill itself\n", "20261025-030002", (False, "")),
        ("tuyen: No.\n", "20261025-025900", (False, "No.")),
    ],
)
def test_the_last_start_waits_or_failed_or_became_a_drill(settings, tmp_path, log, folder, found):
    settings.TUYEN_HOME = tmp_path
    (tmp_path / "drills").mkdir()
    (tmp_path / "drills" / "start-20261025-030000.log").write_text(log)
    if folder:
        made = tmp_path / "drills" / f"dengue_border-{folder}"
        made.mkdir()
        (made / "drill.json").write_text("{}")
        (made / "clock.json").write_text("{}")

    state = drill_folders.last_start(NOW + timedelta(minutes=2))

    assert state.waits == found[0]
    assert state.fault == found[1] or (found[1] is None and "start-20261025-030000" in state.fault)


def test_a_drill_whose_clock_was_not_started_is_waited_for(settings, tmp_path):
    settings.TUYEN_HOME = tmp_path
    made = tmp_path / "drills" / "dengue_border-20261025-030001"
    made.mkdir(parents=True)
    (made / "drill.json").write_text("{}")
    (tmp_path / "drills" / "start-20261025-030000.log").write_text("")

    assert drill_folders.last_start(NOW).waits


def test_a_start_that_says_nothing_is_not_waited_for_for_ever(settings, tmp_path):
    settings.TUYEN_HOME = tmp_path
    (tmp_path / "drills").mkdir()
    (tmp_path / "drills" / "start-20261025-030000.log").write_text("")

    assert not drill_folders.last_start(NOW + timedelta(hours=1)).waits
