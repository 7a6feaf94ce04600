"""The small province of governance behind Django's test client."""

import pytest

from tests.unit.apps.governance.conftest import atlas  # noqa: F401  # a fixture
from tests.unit.web.surveillance.conftest import signed_in, stage  # noqa: F401  # fixtures
from tuyen.apps.access import policies
from tuyen.apps.registry import queries as registry


@pytest.fixture(autouse=True)
def governance_map(stage, atlas, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The map of the stations, also where the pages ask the registry for it."""
    monkeypatch.setattr(registry, "atlas", lambda: atlas)
    monkeypatch.setattr(policies, "_reach", atlas.reach)
