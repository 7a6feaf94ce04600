"""The small province behind Django's test client, with stock at its centre."""

from tests.unit.apps.supply.conftest import stocked  # noqa: F401  # a fixture
from tests.unit.web.surveillance.conftest import signed_in, stage  # noqa: F401  # fixtures
