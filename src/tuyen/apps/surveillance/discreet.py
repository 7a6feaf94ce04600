"""Cases whose bearer is named only to whoever states a purpose: see ``rules/access/discreet.yaml``."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import msgspec
from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.rules.access import discretion


class Placed(Protocol):
    """What says of which disease a case is, and where it was."""

    @property
    def disease(self) -> str: ...
    @property
    def commune(self) -> UUID: ...
    @property
    def unit(self) -> UUID: ...


def withheld(by: Actor) -> Callable[[Placed], bool]:
    """Whether ``by`` is not told whose case a row is: one look at the policy for a whole page."""
    rule = discretion()
    scope = policies.scope(by, rule.right)

    def is_withheld(row: Placed) -> bool:
        told = scope.covers(row.commune) or scope.covers(row.unit)
        return row.disease in rule.diseases and not told

    return is_withheld


def told(by: Actor) -> Q:
    """Cases of which ``by`` may know whose they are: for whatever begins with a person."""
    rule = discretion()
    scope = policies.scope(by, rule.right)
    others = ~Q(disease__in=rule.diseases)
    return others | scope.where("commune_id") | scope.where("unit_id") if scope else others


def diseases_now(cases: Collection[UUID]) -> dict[UUID, str]:
    """The disease that each case is of by now: one query."""
    return dict(Case.objects.filter(pk__in=cases).values_list("pk", "disease"))


def veiled(content: ReportCase) -> ReportCase:
    """A report without the fields that tell whose it is."""
    return msgspec.structs.replace(content, **_blank(discretion().fields))


def veiled_plain(content: dict[str, Any]) -> dict[str, Any]:
    """The same of a report as plain values."""
    return {name: value for name, value in content.items() if name not in discretion().fields}


def veil(row: Any) -> Any:
    """A line of a list without what tells whose it is."""
    blank = {"name": "", "identity": "", "external_id": "", "village_name": ""}
    none: dict[str, date | UUID | None] = dict.fromkeys(("birth_date", "person", "village"))
    return row._replace(**blank, **none, masked=True)


def _blank(names: frozenset[str]) -> dict[str, Any]:
    given = {field.name: field.default for field in msgspec.structs.fields(ReportCase)}
    return {name: given[name] for name in names}
