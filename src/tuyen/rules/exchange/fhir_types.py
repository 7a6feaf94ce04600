"""Which types of FHIR R4 resources the exchange takes, and where their search parameters stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tuyen.rules import load


@dataclass(frozen=True, slots=True)
class FhirType:
    """One type: the rights beside the exchange's own, and the elements that are indexed.

    Elements are dotted names ("item.encounter"); lists on the way are walked through.
    """

    name: str
    read: str
    write: str
    subject: tuple[str, ...]
    encounter: tuple[str, ...]
    date: tuple[str, ...]
    date_as: str  # the name of the parameter that asks for `date`
    status: str
    gender: str
    names: tuple[str, ...]
    tokens: tuple[tuple[str, str], ...]  # (parameter, element)
    also: Mapping[str, str]  # other names of parameters, as the standard has them: our name

    @property
    def parameters(self) -> dict[str, str]:
        """Every search parameter of the type and its kind, as FHIR names kinds."""
        found = {"_id": "token", "_lastUpdated": "date", "identifier": "token"}
        if self.subject:
            found |= {"patient": "reference", "subject": "reference"}
        if self.encounter:
            found["encounter"] = "reference"
        if self.date:
            found[self.date_as] = "date"
        if self.status:
            found["status"] = "token"
        if self.gender:
            found["gender"] = "token"
        if self.names:
            found["name"] = "string"
        found |= {name: "token" for name, _ in self.tokens}
        return found | {name: found[own] for name, own in self.also.items()}


@dataclass(frozen=True, slots=True)
class IdentifierSystem:
    """How a number of the registry is called in FHIR."""

    name: str
    system: str
    also: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sensitive:
    """What of a resource makes it one that is read only for a purpose."""

    snomed: frozenset[str]
    labels: frozenset[str]


@cache
def fhir_types() -> dict[str, FhirType]:
    """The types by name, in the order of the rule."""
    rule = load("exchange/fhir")
    return {
        name: _type(name, dict(said) if said.get("nobody") else {**rule["defaults"], **said})
        for name, said in rule["types"].items()
    }


@cache
def identifier_systems() -> dict[str, IdentifierSystem]:
    """The registry's systems of numbers by its own names."""
    return {
        name: IdentifierSystem(name, said["system"], tuple(said["also"]), tuple(said["types"]))
        for name, said in load("exchange/fhir")["identifiers"].items()
    }


@cache
def facility_codes() -> dict[str, str]:
    """The FHIR system of each system of codes of units."""
    return {name: said["system"] for name, said in load("exchange/fhir")["facility_codes"].items()}


@dataclass(frozen=True, slots=True)
class MeasureCode:
    """How a measure of a visit is called in LOINC, its unit in UCUM, and what sort it is."""

    loinc: str
    unit: str
    category: str


@cache
def measure_codes() -> dict[str, MeasureCode]:
    """By the names of the measures."""
    return {
        name: MeasureCode(str(said[0]), str(said[1]), str(said[2]))
        for name, said in load("exchange/fhir")["measures"].items()
    }


@cache
def sensitive() -> Sensitive:
    """The codes and labels that take a purpose."""
    said = load("exchange/fhir")["sensitive"]
    return Sensitive(frozenset(said["snomed"]), frozenset(said["labels"]))


@cache
def ethnic_extensions() -> frozenset[str]:
    """Extensions that tell an ethnic group."""
    return frozenset(load("exchange/fhir")["ethnic_extensions"])


def _type(name: str, said: Any) -> FhirType:
    return FhirType(
        name=name,
        read=said.get("read", ""),
        write=said.get("write", ""),
        subject=tuple(said.get("subject", ())),
        encounter=tuple(said.get("encounter", ())),
        date=tuple(said.get("date", ())),
        date_as=said.get("date_as", "date"),
        status=said.get("status", ""),
        gender=said.get("gender", ""),
        names=tuple(said.get("names", ())),
        tokens=tuple(said.get("tokens", {}).items()),
        also=said.get("also", {}),
    )
