"""Which rows of the exchange somebody may read: one rule, for every interaction."""

from collections.abc import Iterable

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange.views import Seen
from tuyen.apps.registry import queries as registry
from tuyen.rules.exchange.fhir_types import FhirType

READ, WRITE = "exchange.fhir.read", "exchange.fhir.write"
SENSITIVE = "clinical.visit.sensitive"
NAMES = "registry.person.sensitive"


def both(one: policies.Scope, other: policies.Scope) -> policies.Scope:
    """The units over which two rights are held together."""
    if one.everything:
        return other
    return one if other.everything else policies.Scope(False, one.units & other.units)


def scope(by: Actor, type: FhirType) -> policies.Scope:
    """Where ``by`` reads resources of a type: by the exchange's right and by that of what is shown."""
    held = policies.scope(by, READ)
    return both(held, policies.scope(by, type.read)) if type.read else held


def within(by: Actor, type: FhirType, views: list[Seen]) -> list[Seen]:
    """Of views, which a room gave by its own right, those that the exchange's right reaches too. No
    query where it reaches as far, as posts have it; else one, for where their people live."""
    held = policies.scope(by, READ)
    other = policies.scope(by, type.read) if type.read else held
    if held.everything or (not other.everything and other.units <= held.units):
        return views
    people = {view.person for view in views if view.person is not None}
    facts = registry.vitals(by=by, ids=people) if people else {}
    near_by = {id for id, vital in facts.items() if vital.place and held.covers(vital.place)}
    return [view for view in views if view.person is None or view.person in near_by]


def near(held: policies.Scope) -> Q:
    """Rows that units of a scope keep, or whose person lives there."""
    return held.where("unit_id") | held.where("person__place_id")


def visible(by: Actor, types: Iterable[FhirType]) -> Q:
    """The resources of some types that ``by`` may read, what is sensitive only for its purpose."""
    named: dict[str, list[str]] = {}
    for type in types:
        named.setdefault(type.read, []).append(type.name)
    found = Q(pk__in=[])
    for right, names in named.items():
        held = policies.scope(by, READ)
        held = both(held, policies.scope(by, right)) if right else held
        if held:
            found |= Q(type__in=names) & near(held)
    closed = policies.scope(by, SENSITIVE)
    return found if closed.everything else found & (Q(sensitive=False) | near(closed))
