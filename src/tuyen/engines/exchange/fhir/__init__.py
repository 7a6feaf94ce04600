"""FHIR R4: reading, writing and judging resources, without a server, a file or a network.

:class:`~tuyen.engines.exchange.fhir.model.Model` is made from the condensed definitions of the standard
(plain values) and is then used as it is by every door. Reading has two hands: compiled structs that
accept what is right, and a slow walk over the tree that says everything that is wrong.
"""

from tuyen.engines.exchange.fhir.model import Model
from tuyen.engines.exchange.fhir.problems import NotFhir, Problem

__all__ = ["Model", "NotFhir", "Problem"]
