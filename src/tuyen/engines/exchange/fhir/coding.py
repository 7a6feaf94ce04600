"""Required bindings of coded elements that are more than a bare code."""

from collections.abc import Iterator
from typing import Any

from tuyen.engines.exchange.fhir.definitions import Definitions, Element
from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.kernel.refusal import N_


class Coding:
    """Holds codings against the value sets that the standard requires."""

    def __init__(self, definitions: Definitions) -> None:
        self._codes = definitions.codes

    def faults(self, value: dict[str, Any], element: Element, where: str) -> Iterator[Problem]:
        """Faults of a Coding, a CodeableConcept or a Quantity with a required binding."""
        if element.kind == "CodeableConcept":
            codings = [c for c in value.get("coding") or () if isinstance(c, dict)]
        else:
            codings = [value]
        if any(self._listed(coding, element.codes) for coding in codings):
            return
        if element.kind == "Quantity" and not value.get("code"):
            return
        if not any(coding.get("code") for coding in codings):
            message = N_("No code is given; one of {set} is required.")
        else:
            message = N_("{codes} is not of {set}, and one of it is required.")
        codes = ", ".join(f"{c.get('system', '')}#{c.get('code', '')}" for c in codings)
        values = {"set": element.codes, "codes": codes}
        yield Problem("error", "code-invalid", "binding", where, message, values)

    def _listed(self, coding: dict[str, Any], name: str) -> bool:
        system, code = coding.get("system"), coding.get("code")
        return isinstance(system, str) and code in self._codes[name].get(system, ())
