"""The lists of the rules as the services ask them, read once."""

from functools import cache

from tuyen.rules.registry import lists

LIES_IN = "lies_in"
OWNED_BY = "owned_by"
GUIDED_BY = "guided_by"
SATELLITE_OF = "satellite_of"
SERVES = "serves"
REFERS_TO = "refers_to"

PROVINCE, DISTRICT, COMMUNE, VILLAGE = 1, 2, 3, 4  # levels of areas

unit_types = cache(lists.unit_types)
relation_kinds = cache(lists.relation_kinds)
code_systems = cache(lists.code_systems)
functions = cache(lists.functions)
identifier_systems = cache(lists.identifier_systems)
ethnic_groups = cache(lists.ethnic_groups)
insurance_groups = cache(lists.insurance_groups)
provinces_of_registration = cache(lists.provinces_of_registration)


@cache
def area_level(type: str) -> int | None:
    """1 province to 4 village; None for a facility or an unknown type."""
    found = unit_types().get(type)
    return found.level if found is not None and found.group == "area" else None


@cache
def types_at(level: int) -> frozenset[str]:
    """The types of area of a level: commune, ward, town and special zone are level 3."""
    return frozenset(code for code in unit_types() if area_level(code) == level)
