"""The claim that a visit would have, before it is saved. Nothing is written."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import examining
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.queries.claims import READ, Told
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.operations import Content
from tuyen.engines.claims.comparing import source_of
from tuyen.engines.claims.told import Missing


class Draft(NamedTuple):
    """What is found in the claim of a visit that is not saved: ``rows`` tells how many rows each
    table would have."""

    findings: tuple[Told, ...]
    missing: tuple[Missing, ...]
    rows: Mapping[str, int]


def draft(
    *, by: Actor, unit: UUID, content: Content, id: UUID, on: date,
    corrects: clinical.VisitRow | None = None,
) -> Draft | None:  # fmt: skip
    """The claim of a visit built as that of a saved one is, from its content and from the record of
    the day, and judged by every rule; None where the author may read no claims of the unit, and
    where the facility has laid down nothing for them.

    ``corrects``: the visit that this content is to take the place of; cells that a correction of its
    claim told stay told. A constant number of queries; nothing is written.
    """
    if not policies.may(by, READ, unit):
        return None
    told = clinical.draft(by=by, unit=unit, content=content, id=id, held=corrects)
    changes = ""
    if corrects is not None:
        held = Claim.objects.filter(pk=corrects.id).values_list("changes", flat=True).first()
        changes = held or ""
    one = examining.examine_one(by=by, visit=told, on=on, changes=changes)
    if not one.material.catalogue.facility:
        return None
    return Draft(
        tuple(Told(f, source_of(f.table, f.field), one.material.ended) for f in one.findings),
        one.missing, {table: len(rows) for table, rows in one.tables.items()},
    )  # fmt: skip
