"""What every test of a screen may rely on."""

import pytest

from tuyen.apps.access import clock


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute ends within a test: a session notes its use once a minute, and a test that counts
    queries would find three more, one time in thirty. Tests of time set the clock themselves."""
    begun = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: begun)
