"""The small province behind Django's test client, with people at work."""

import pytest

from tests.unit.apps.workforce.conftest import atlas  # noqa: F401  # a fixture
from tests.unit.web.surveillance.conftest import signed_in, stage  # noqa: F401  # fixtures
from tuyen.apps.registry import queries as registry


class People:
    """Nobody is on record."""

    totals: dict = {}


@pytest.fixture(autouse=True)
def nobody_lives_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small map stands without its people."""
    monkeypatch.setattr(registry, "population", lambda **_: People)
