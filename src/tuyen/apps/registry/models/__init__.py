"""The tables of the registry: units with their dated facts, and persons with theirs."""

from tuyen.apps.registry.models.decisions import (
    Merge,
    MergeProposal,
    Proposal,
    Reorganisation,
)
from tuyen.apps.registry.models.people import (
    Entitlement,
    Household,
    Identifier,
    Membership,
    Person,
    PersonEthnicity,
    PersonName,
    PlaceRevision,
    PublishedCoverage,
    Residence,
)
from tuyen.apps.registry.models.places import (
    Boundary,
    MapRevision,
    Relation,
    Succession,
    Unit,
    UnitCode,
    UnitFunction,
    UnitName,
    UnitPoint,
    UnitType,
)
from tuyen.apps.registry.models.spans import OLDEST_FIRST

__all__ = [
    "OLDEST_FIRST",
    "Boundary",
    "Entitlement",
    "Household",
    "Identifier",
    "MapRevision",
    "Membership",
    "Merge",
    "MergeProposal",
    "Person",
    "PersonEthnicity",
    "PersonName",
    "PlaceRevision",
    "Proposal",
    "PublishedCoverage",
    "Relation",
    "Reorganisation",
    "Residence",
    "Succession",
    "Unit",
    "UnitCode",
    "UnitFunction",
    "UnitName",
    "UnitPoint",
    "UnitType",
]
