"""Actors, times and operations that the tests of rooms share."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation, Payload, Receipt

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)


@pytest.fixture
def program() -> Actor:
    """The program itself, which may everything."""
    return Actor.program(TODAY)


@pytest.fixture
def holder() -> Callable[..., Actor]:
    """A person holding posts: ``holder(("station-head", unit), …)``."""

    def make(*posts: tuple[str, UUID], on: date = TODAY, purpose: str = "duty") -> Actor:
        held = tuple(HeldPost(uuid7(), role, unit) for role, unit in posts)
        return Actor(
            user=uuid7(), name="Người thử", posts=held, on=on, channel="web", purpose=purpose
        )

    return make


@pytest.fixture
def operate() -> Callable[..., Operation]:
    """An operation round a payload."""

    def make(
        payload: Payload,
        unit: UUID = NODE,
        on: date = TODAY,
        id: UUID | None = None,
        corrects: UUID | None = None,
    ) -> Operation:
        return Operation.of(
            payload, unit=unit, happened_on=on, recorded_at=NOW, id=id, corrects=corrects
        )

    return make


@pytest.fixture
def send(db: None) -> Callable[..., list[Receipt]]:
    """Commit operations as an actor, at one fixed instant."""

    def give(by: Actor, *operations: Operation) -> list[Receipt]:
        return commit(by=by, operations=list(operations), at=NOW)

    return give
