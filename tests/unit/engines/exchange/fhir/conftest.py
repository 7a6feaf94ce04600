"""The model with the definitions that ship, built once."""

import pytest

from tuyen.engines.exchange.fhir import Model
from tuyen.rules.exchange.fhir_r4 import definitions


@pytest.fixture(scope="session")
def model():
    return Model(definitions())


@pytest.fixture
def rules(model):
    """The rules that the errors of a tree name, in order."""

    def found(tree, severity="error"):
        raw = model.encode(tree)
        return [p.rule for p in model.examine(raw)[1] if p.severity == severity]

    return found
