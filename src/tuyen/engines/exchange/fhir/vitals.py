"""Vital signs: the profile that the standard lays on observations by their LOINC code.

Source: https://hl7.org/fhir/R4/observation-vitalsigns.html: "implementations SHALL" use these codes and
units, so that a blood pressure is found and compared wherever it comes from.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.engines.exchange.fhir.tree import objects
from tuyen.kernel.refusal import N_

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PROFILES = "http://hl7.org/fhir/StructureDefinition/"


class Sign(NamedTuple):
    """One vital sign: its profile, its code, the units its value may have."""

    profile: str
    code: str
    units: frozenset[str] = frozenset()
    components: tuple[str, ...] = ()


def _units(*codes: str) -> frozenset[str]:
    return frozenset(codes)


SIGNS = (
    Sign("vitalspanel", "85353-1"),
    Sign("resprate", "9279-1", _units("/min")),
    Sign("heartrate", "8867-4", _units("/min")),
    Sign("oxygensat", "2708-6", _units("%")),
    Sign("bodytemp", "8310-5", _units("Cel", "[degF]")),
    Sign("bodyheight", "8302-2", _units("cm", "[in_i]")),
    Sign("headcircum", "9843-4", _units("cm", "[in_i]")),
    Sign("bodyweight", "29463-7", _units("g", "kg", "[lb_av]")),
    Sign("bmi", "39156-5", _units("kg/m2")),
    Sign("bp", "85354-9", components=("8480-6", "8462-4")),
)
PRESSURES = ("35094-2", "76534-7", "96607-7")
"""Other LOINC codes of blood pressures: where one stands, the code of the profile stands beside it.
55284-4, the panel that 85354-9 replaced, is let pass: older records have it alone."""
BY_CODE = {sign.code: sign for sign in SIGNS} | dict.fromkeys(PRESSURES, SIGNS[-1])
BY_PROFILE = {PROFILES + sign.profile: sign for sign in SIGNS}
COMMON = PROFILES + "vitalsigns"
PRESSURE = _units("mm[Hg]")


def faults(tree: dict[str, Any], location: str) -> Iterator[Problem]:
    """What an observation lacks to be the vital sign that its code or its profile says it is."""
    if tree.get("resourceType") != "Observation":
        return
    codes = _codes(tree.get("code"))
    meta = tree.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    stated = profiles if isinstance(profiles, list) else []
    named = {p.partition("|")[0] for p in stated if isinstance(p, str)}
    signs = {BY_CODE[code] for code in codes if code in BY_CODE}
    signs |= {BY_PROFILE[profile] for profile in named if profile in BY_PROFILE}
    if not signs and COMMON not in named:
        return
    yield from _common(tree, location)
    for sign in sorted(signs):
        if sign.code not in codes:
            message = N_("The profile {profile} asks for the LOINC code {code}.")
            said = {"profile": sign.profile, "code": sign.code}
            yield Problem("error", "invalid", "vital-code", f"{location}.code", message, said)
        if sign.units:
            where = f"{location}.value.ofType(Quantity)"
            yield from _quantity(tree.get("valueQuantity"), sign.units, where)
        yield from _components(tree, sign, location)


def _common(tree: dict[str, Any], location: str) -> Iterator[Problem]:
    if "subject" not in tree:
        yield _missing("subject", location)
    if not any(key.startswith(("effective", "_effective")) for key in tree):
        yield _missing("effective", location)
    categories = [concept for _place, concept in objects(tree, "category")]
    if not any(_has(category, CATEGORY, "vital-signs") for category in categories):
        message = N_("A vital sign has the category vital-signs.")
        yield Problem("error", "structure", "vital-category", location, message, {})
    told = ("component", "hasMember", "dataAbsentReason", "_value", "value")
    if not any(key.startswith(told) for key in tree):
        yield _missing("value", location)


def _components(tree: dict[str, Any], sign: Sign, location: str) -> Iterator[Problem]:
    parts = objects(tree, "component")
    for code in sign.components:
        found = [(place, part) for place, part in parts if code in _codes(part.get("code"))]
        if not found:
            message = N_("A blood pressure has a component with the LOINC code {code}.")
            yield Problem("error", "structure", "vital-part", location, message, {"code": code})
        for place, part in found:
            where = f"{location}.component[{place}].value.ofType(Quantity)"
            yield from _quantity(part.get("valueQuantity"), PRESSURE, where)


def _quantity(value: Any, units: frozenset[str], where: str) -> Iterator[Problem]:
    """A value in a unit of UCUM that the profile lists; no value is another rule's affair."""
    if not isinstance(value, dict) or "value" not in value:
        return
    if value.get("system") != UCUM or value.get("code") not in units:
        message = N_("The unit of this vital sign is one of {units} of UCUM, not {found}.")
        found = str(value.get("code") or value.get("unit") or "")
        values = {"units": ", ".join(sorted(units)), "found": found}
        yield Problem("error", "value", "vital-unit", where, message, values)


def _codes(concept: Any) -> set[str]:
    """The LOINC codes of a concept."""
    return {
        str(coding.get("code"))
        for _place, coding in objects(concept, "coding")
        if coding.get("system") == LOINC
    }


def _has(concept: dict[str, Any], system: str, code: str) -> bool:
    return any(
        (coding.get("system"), coding.get("code")) == (system, code)
        for _place, coding in objects(concept, "coding")
    )


def _missing(name: str, location: str) -> Problem:
    message = N_("A vital sign needs {name}.")
    return Problem("error", "required", "vital-required", location, message, {"name": name})
