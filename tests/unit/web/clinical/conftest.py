"""A commune's station behind Django's test client, on one day."""

import pytest

from tests.unit.apps.clinical.conftest import NOW, world  # noqa: F401  # a fixture
from tests.unit.web.surveillance.conftest import signed_in  # noqa: F401  # a fixture
from tuyen.apps.access import clock


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda: NOW.date())
