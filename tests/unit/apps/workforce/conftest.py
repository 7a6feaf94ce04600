"""The small province with people at work; operations and their refusals in one word."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.unit.apps.surveillance.conftest import place, small_province
from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.workforce import places
from tuyen.apps.workforce.operations import Post, RegisterMember, Shown
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
PROGRAM = Actor.program(TODAY)
OLD, SINCE = date(2020, 3, 1), date(2026, 2, 1)
_ATLAS = small_province()


@pytest.fixture(autouse=True)
def atlas(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The small province: stations stA, stB and stC became stM and stN; stD lived on."""
    monkeypatch.setattr(places, "atlas", lambda: _ATLAS)
    monkeypatch.setattr(policies, "_reach", _ATLAS.reach)
    return _ATLAS


def op(
    payload: Payload, unit: str | UUID = "stM", *, on: date = TODAY, id: UUID | None = None
) -> Operation:
    where = place(unit) if isinstance(unit, str) else unit
    return Operation.of(payload, unit=where, happened_on=on, recorded_at=NOW, id=id or uuid7())


def send(*operations: Operation, by: Actor = PROGRAM) -> list[Receipt]:
    return commit(by=by, operations=list(operations), at=NOW)


def codes(*operations: Operation, by: Actor = PROGRAM) -> list[str]:
    return [
        r.refusal.code.removeprefix("workforce.") if r.refusal else r.status
        for r in send(*operations, by=by)
    ]


def post(cadre: str = "doctor", since: date = SINCE, **rest: Any) -> Post:
    return Post(cadre=cadre, since=since, **rest)


def licence(number: str = "00123/ĐB-GPHN", **rest: Any) -> Shown:
    plain: dict[str, Any] = {"since": date(2024, 1, 10), "until": date(2029, 1, 10)}
    return Shown(kind="licence", what="", number=number, **plain | rest)


def member(name: str = "Lò Văn Pó", **rest: Any) -> RegisterMember:
    plain: dict[str, Any] = {
        "post": post(), "born_on": date(1985, 3, 7), "sex": "male",
        "shown": (Shown(kind="qualification", what="university", since=date(2010, 7, 1)), licence()),
    }  # fmt: skip
    return RegisterMember(name=name, **plain | rest)


def plain(name: str, cadre: str = "nurse", **rest: Any) -> RegisterMember:
    """Somebody with a post and nothing to show."""
    return RegisterMember(name=name, post=post(cadre, **rest))
