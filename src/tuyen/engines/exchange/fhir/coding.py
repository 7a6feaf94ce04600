"""Codes: required bindings of coded elements, and the form of codes that are not ours to list.

The numbers of SNOMED CT and LOINC end in a check digit (SNOMED: Verhoeff, Technical Implementation
Guide 6.5; LOINC: modulus 10, Users' Guide appendix). A digit that does not fit is a warning, since examples of
the standard have some; a code that is no number of the system at all is an error.
"""

import re
from collections.abc import Iterator
from typing import Any

from tuyen.engines.exchange.fhir.definitions import Definitions, Element
from tuyen.engines.exchange.fhir.problems import Problem, Severity
from tuyen.engines.exchange.fhir.tree import objects
from tuyen.kernel.refusal import N_

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
NUMBERED = frozenset({SNOMED, LOINC})
"""Systems whose codes are numbers with a check digit."""
_SNOMED_NUMBER = re.compile(r"[1-9][0-9]{5,17}")
_SNOMED_BROKEN = re.compile(r"[0-9]+[A-Za-z]+")
"""A number with letters behind it: neither a concept nor an expression of several."""
_SNOMED_OTHER = re.compile(r"[A-Za-z0-9-]+")
"""No number, but perhaps one of another system: synthetic records have LOINC's there."""
_LOINC_NUMBER = re.compile(r"([0-9]{1,8})-([0-9])")
_LOINC_PART = re.compile(r"(?:LA|LP|LL|LG|MTHU)[0-9]+(?:-[0-9])?")


class Coding:
    """Holds codings against the value sets that the standard requires."""

    def __init__(self, definitions: Definitions) -> None:
        self._codes = definitions.codes

    def faults(self, value: dict[str, Any], element: Element, where: str) -> Iterator[Problem]:
        """Faults of a Coding, a CodeableConcept or a Quantity with a required binding."""
        if element.kind == "CodeableConcept":
            codings = [coding for _place, coding in objects(value, "coding")]
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


def of_number(coding: dict[str, Any], where: str) -> Iterator[Problem]:
    """What is wrong with the number of a coding of SNOMED CT or LOINC."""
    system, code = coding.get("system"), coding.get("code")
    if not isinstance(code, str):
        return
    if system == SNOMED:
        grave = _snomed(code)
    elif system == LOINC:
        grave = _loinc(code)
    else:
        return
    if grave is not None:
        message = N_("{code} is not a code of {system}; its form or its check digit is wrong.")
        values = {"code": code, "system": system}
        yield Problem(grave, "code-invalid", "code-number", f"{where}.code", message, values)


def _snomed(code: str) -> Severity | None:
    if _SNOMED_NUMBER.fullmatch(code):
        return None if verhoeff(code) == 0 else "warning"
    if _SNOMED_BROKEN.fullmatch(code):
        return "error"
    return "warning" if _SNOMED_OTHER.fullmatch(code) else None


def _loinc(code: str) -> Severity | None:
    number = _LOINC_NUMBER.fullmatch(code)
    if number is None:
        return None if _LOINC_PART.fullmatch(code) else "error"
    return None if modulus_10(number[1]) == int(number[2]) else "warning"


_TURN = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_SHIFT = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def verhoeff(digits: str) -> int:
    """The check of Verhoeff over a number with its check digit; 0 where it fits.

    >>> verhoeff("22298006")
    0
    """
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_TURN[check][int(_SHIFT[place % 8][int(digit)])])
    return check


def modulus_10(digits: str) -> int:
    """The check digit of LOINC for a number without it.

    >>> modulus_10("8480")
    6
    """
    doubled = [2 * int(digit) for digit in digits[::-2]]
    others = [int(digit) for digit in digits[-2::-2]]
    total = sum(sum(divmod(each, 10)) for each in doubled) + sum(others)
    return -total % 10
