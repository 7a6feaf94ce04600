"""A station that sends, behind Django's test client."""

import pytest

from tests.unit.apps.claims.conftest import NOW, TODAY, key, station  # noqa: F401  # fixtures
from tests.unit.web.surveillance.conftest import signed_in  # noqa: F401  # a fixture
from tuyen.apps.access import clock


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """The day is fixed, the words are English."""
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def head(signed_in, station):  # noqa: F811
    """The head of the station at a browser."""
    return signed_in("station-head", station.id)
