"""The shapes of the tablet's protocol change only together with its version.

TUYEN_PIN_WIRE=1 ./run test tests/unit/api/test_sync_wire.py
"""

import json
import os
from pathlib import Path

import pytest

from tests.house.test_wire import digest
from tuyen.api.wire import shapes
from tuyen.engines.sync.terms import KEPT, PROTOCOL, terms

PINS = Path(__file__).with_name("sync_wire.json")
ASKED = {"enrol": shapes.EnrolIn, "pull": shapes.PullIn, "obeyed": shapes.ObeyedIn}


def current():
    answers = {
        f"{version}: {verb}": digest(shape)
        for version, verbs in shapes.SHAPES.items() for verb, shape in verbs.items()
    }  # fmt: skip
    fixed = {f"asked: {verb}": digest(shape) for verb, shape in ASKED.items()}
    return dict(sorted({**answers, **fixed, "answer: enrol": digest(shapes.EnrolOut)}.items()))


def test_the_wire_of_tablets_is_as_pinned():
    if os.environ.get("TUYEN_PIN_WIRE"):
        PINS.write_text(json.dumps(current(), indent=2) + "\n")

    assert json.loads(PINS.read_text()) == current(), (
        "a shape changed: raise PROTOCOL, keep the old shape under its version, and pin the new one"
    )


@pytest.mark.check("SY-05")
def test_this_version_and_two_before_it_are_served():
    assert sorted(shapes.SHAPES) == [PROTOCOL - KEPT, PROTOCOL - 1, PROTOCOL]


@pytest.mark.parametrize(
    ("why", "state", "obeyed", "spoken", "expected"),
    [
        ("the same version", "active", False, 5, (True, True, "", "", 5)),
        ("two behind", "active", False, 3, (True, True, "", "", 3)),
        ("three behind may only send", "active", False, 2, (True, False, "", "upgrade", 3)),
        ("newer than the server", "active", False, 6, (True, True, "", "server-older", 5)),
        ("locked", "locked", False, 5, (True, False, "lock", "", 5)),
        ("wiped, not yet obeyed", "wiped", False, 5, (True, False, "wipe", "", 5)),
        ("wiped and obeyed", "wiped", True, 5, (False, False, "wipe", "", 5)),
        ("revoked, however old", "revoked", False, 1, (False, False, "wipe", "upgrade", 3)),
    ],
)
def test_terms(why, state, obeyed, spoken, expected):
    given = terms(state, obeyed, spoken, current=5)

    found = (given.push, given.pull, given.order, given.notice, given.speak)
    assert found == expected, why
