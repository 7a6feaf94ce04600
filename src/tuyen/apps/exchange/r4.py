"""FHIR R4 as the doors use it: the model of the engine, bound to the definitions that ship.

Needs no store and no framework. The first call builds the tables and structs, a third of a second.
"""

import gc
from collections.abc import Mapping
from functools import cache
from typing import Any

from tuyen.engines.exchange.fhir import Model, NotFhir, Problem
from tuyen.rules.exchange.fhir_r4 import definitions

__all__ = ["NotFhir", "Problem", "check", "decode", "encode", "examine", "model"]


@cache
def model() -> Model:
    """The model of release 4.0.1."""
    made = Model(definitions())
    made.structs  # noqa: B018  # made now, so that they are among what is set aside below
    # They live as long as the process, as does what was loaded before them: to look at all of it in every
    # collection took a fifth of the time of an import.
    gc.collect()
    gc.freeze()
    return made


def decode(raw: bytes) -> Any:
    """The resource that ``raw`` is, as a struct with an attribute a property.

    Raises
    ------
    NotFhir
        With all faults of structure in ``problems``.
    """
    return model().decode(raw)


def encode(resource: Any) -> bytes:
    """The JSON of a resource that was decoded, or of a tree of mappings and lists; compact."""
    return model().encode(resource)


def check(resource: Any) -> list[Problem]:
    """What the standard's invariants say of a resource, decoded or as a tree; structure aside."""
    return model().check(resource)


def examine(raw: bytes) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    """The tree of a text and everything that is wrong with it: structure, then invariants.

    The tree is None where the text is no JSON object.
    """
    return model().examine(raw)
