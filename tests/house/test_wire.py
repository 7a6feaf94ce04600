"""The wire changes only together with its version: tablets in the field speak the old one for weeks.

``wire.json`` holds, for every kind of operation, its version and the hash of its schema. When a
payload changes, raise the version in ``@operation``, write the upcast, and pin the new hash:

    TUYEN_PIN_WIRE=1 ./run test tests/house/test_wire.py
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tuyen.kernel.operation import KINDS, Kind, Operation, Payload, operation

PINS = Path(__file__).with_name("wire.json")
ENVELOPE = "(envelope)"


def digest(shape: type) -> str:
    schema = json.dumps(without_prose(msgspec.json.schema(shape)), sort_keys=True)
    return hashlib.sha256(schema.encode()).hexdigest()[:12]


def without_prose(schema: Any) -> Any:
    """The schema without docstrings: a better sentence is not another wire."""
    if isinstance(schema, dict):
        prose = {name for name in ("description", "title") if isinstance(schema.get(name), str)}
        return {name: without_prose(part) for name, part in schema.items() if name not in prose}
    return [without_prose(part) for part in schema] if isinstance(schema, list) else schema


def current(kinds: Iterable[Kind]) -> dict[str, list[object]]:
    pins: dict[str, list[object]] = {ENVELOPE: [2, digest(Operation)]}
    pins |= {kind.name: [kind.version, digest(kind.payload)] for kind in kinds}
    return dict(sorted(pins.items()))


def drift(pinned: dict[str, list[object]], now: dict[str, list[object]]) -> list[str]:
    """What changed on the wire without saying so."""
    findings = [f"{name} is new; pin it" for name in now.keys() - pinned.keys()]
    findings += [
        f"{name} is gone; the journal keeps its entries for ever, so keep the kind"
        for name in pinned.keys() - now.keys()
    ]
    for name in now.keys() & pinned.keys():
        if now[name] != pinned[name]:
            same_version = now[name][0] == pinned[name][0]
            findings.append(
                f"{name} changed its schema within version {now[name][0]}; raise it"
                if same_version
                else f"{name} is version {now[name][0]}, pinned is {pinned[name][0]}; pin it"
            )
    return sorted(findings)


@pytest.fixture
def ours() -> list[Kind]:
    """The kinds of the program itself: tests of the kernel register others."""
    return [kind for kind in KINDS if kind.payload.__module__.startswith("tuyen.apps.")]


def test_the_wire_is_as_pinned(ours):
    now = current(ours)
    if os.environ.get("TUYEN_PIN_WIRE"):
        lines = [f"  {json.dumps(name)}: {json.dumps(pin)}" for name, pin in now.items()]
        PINS.write_text("{\n" + ",\n".join(lines) + "\n}\n")

    assert drift(json.loads(PINS.read_text()), now) == []


def test_a_silent_change_is_found():
    class Before(Payload):
        text: str

    class After(Payload):
        text: str
        loud: bool = False

    old = current([Kind("demo.wire", 1, "demo.write", Before)])
    silent = current([Kind("demo.wire", 1, "demo.write", After)])
    honest = current([Kind("demo.wire", 2, "demo.write", After)])

    assert drift(old, silent) == ["demo.wire changed its schema within version 1; raise it"]
    assert drift(old, honest) == ["demo.wire is version 2, pinned is 1; pin it"]
    assert drift(old, current([])) == [
        "demo.wire is gone; the journal keeps its entries for ever, so keep the kind"
    ]
    assert drift(current([]), old) == ["demo.wire is new; pin it"]


def test_a_new_version_needs_its_upcast():
    with pytest.raises(ValueError, match="no upcast from version 1"):

        @operation("demo.upcast", version=2, right="demo.write")
        class Later(Payload):
            text: str


def test_every_kind_has_a_service_and_a_right_that_somebody_holds(ours):
    from tuyen.rules.access import role_table

    unserved = [kind.name for kind in ours if kind.apply is None]
    unheld = [kind.name for kind in ours if kind.right not in role_table().rights]

    assert (unserved, unheld) == ([], [])
