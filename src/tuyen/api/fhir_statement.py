"""The CapabilityStatement, from the same table that routes, indexes and shows: it is true by making."""

from typing import Any

from tuyen import __version__
from tuyen.apps.exchange.searching import includes, reversed_includes
from tuyen.apps.exchange.views import VIEWS
from tuyen.rules.exchange.fhir_types import FhirType, fhir_types

_SINCE = "2026-11-26"
_INTERACTIONS = (
    "read", "vread", "update", "delete", "history-instance", "history-type", "create", "search-type",
)  # fmt: skip
_STANDARD = "http://hl7.org/fhir/OperationDefinition"
_OPERATIONS = {
    "Patient": (
        ("everything", f"{_STANDARD}/Patient-everything"),
        ("summary", "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"),
    ),
    "Composition": (("document", f"{_STANDARD}/Composition-document"),),
}
_OF_THE_ANSWER = (
    "Of the answer of a search: _count, _sort (by _lastUpdated or the date of the type), _summary=count,"
    " _include and _revinclude as listed. A history takes _count and _since. Handling is always strict:"
    " a parameter or modifier that is not listed is refused."
)


def statement(base: str) -> dict[str, Any]:
    """What is done for every type at an address."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE,
        "publisher": "Tuyến",
        "kind": "instance",
        "software": {"name": "Tuyến", "version": __version__},
        "implementation": {"description": "Tuyến, FHIR R4", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": _OF_THE_ANSWER,
                "security": {"description": "Authorization: Bearer KEY, of `tuyen api-key LOGIN`."},
                "resource": [_resource(type) for type in fhir_types().values()],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def _resource(type: FhirType) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": type.name,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "local"],
        "searchParam": [{"name": name, "type": kind} for name, kind in type.parameters.items()],
    }
    if named := includes(type):
        found["searchInclude"] = [f"{type.name}:{name}" for name in named]
    if reverse := reversed_includes(type):
        found["searchRevInclude"] = reverse
    if type.name in VIEWS:
        found["documentation"] = (
            "Kept resources, and views of this system's own records, which are changed at the desk."
            + ("" if type.name == "Patient" else " A search names a patient or an _id.")
        )
    if type.name in _OPERATIONS:
        found["operation"] = [
            {"name": name, "definition": definition} for name, definition in _OPERATIONS[type.name]
        ]
    return found
