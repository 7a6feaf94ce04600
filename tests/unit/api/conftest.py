"""The small province of the tablets' tests."""

import pytest

from tests.unit.api.sync_world import World


@pytest.fixture
def world(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return World()
