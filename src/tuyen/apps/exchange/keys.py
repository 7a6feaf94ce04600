"""The ids of rows, which follow from what the rows are of."""

from uuid import UUID

from tuyen.kernel.ids import derived_id

_OF = UUID("6f1c1b0e-5b1f-5d7e-9a53-6d1b0a4f7e57")
"""The namespace of this room's ids: it means nothing by itself."""


def resource(type: str, id: str) -> UUID:
    """The row of a resource, by its type and its id in FHIR."""
    return derived_id(_OF, "resource", type, id)


def version(of: UUID, number: int) -> UUID:
    """The row of a version of a resource."""
    return derived_id(of, "version", number)


def condition(unit: UUID, type: str, criterion: str) -> UUID:
    """What a conditional create of a unit asks that there be none of."""
    return derived_id(unit, "condition", type, criterion)


def person(unit: UUID, criterion: str) -> UUID:
    """The registration that a number stands for: sent fifty times, it is one operation."""
    return derived_id(unit, "person", criterion)


MOST_TRIES = 10
"""How often it is tried to file one resource."""


def tries(type: str, id: str) -> list[UUID]:
    """The ids of the operations that may have filed a resource: of a visit that of the visit too."""
    return [derived_id(_OF, "filing", type, id, number) for number in range(MOST_TRIES)]


def doses(id: str) -> list[UUID]:
    """The ids that the dose of an Immunization may have: each follows from that of an operation."""
    return [derived_id(operation, "dose", 0) for operation in tries("Immunization", id)]
