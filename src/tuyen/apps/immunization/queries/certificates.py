"""What can be asked about certificates that were issued."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import Certificate
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry

ISSUE = "immunization.certificate.issue"
VERIFY = "immunization.certificate.verify"


class CertificateRow(NamedTuple):
    """That a certificate was issued; its text is written again when it is printed."""

    id: UUID
    person: UUID
    unit: UUID
    kind: str
    doses: tuple[UUID, ...]
    product: str
    digest: str
    kid: str
    issued_at: datetime
    expires_on: date
    author: UUID | None
    withdrawn_at: datetime | None
    withdrawn_reason: str


_COLUMNS = (
    "id", "person_id", "unit_id", "kind", "doses", "product", "digest", "kid", "issued_at",
    "expires_on", "author_id", "withdrawn_at", "withdrawn_reason",
)  # fmt: skip


class Withdrawn(NamedTuple):
    """A certificate that was taken back, as the register of them says it to whoever verifies: by the
    digest of its text, without a name and without the reason."""

    digest: str
    kid: str
    issued_at: datetime
    expires_on: date
    withdrawn_at: datetime


@walls.whole("certificates that were taken back, by their digests: who verifies is anywhere")
def withdrawals(*, by: Actor, digests: Collection[str] | None = None) -> list[Withdrawn]:
    """The register of withdrawals, the latest first, or those of some texts; for who may verify."""
    policies.check(by, VERIFY)
    rows = Certificate.objects.exclude(withdrawn_at=None)
    if digests is not None:
        rows = rows.filter(digest__in=list(digests))
    found = rows.order_by("-withdrawn_at", "id").values_list(*Withdrawn._fields)
    return [Withdrawn(*row) for row in fetch(found)]


def certificates(*, by: Actor, person: UUID) -> list[CertificateRow]:
    """Certificates issued to a person whose doses the reader may certify, newest first."""
    root = registry.canonical({person}).get(person, person)
    records = registry.born_as({root}).get(root, frozenset({root}))
    return _rows(by, Q(person__id__among=set(records) | {person}))


def certificate(*, by: Actor, id: UUID) -> CertificateRow | None:
    """One of them; None where there is none that the reader may see."""
    return next(iter(_rows(by, Q(pk=id))), None)


def _rows(by: Actor, which: Q) -> list[CertificateRow]:
    scope = policies.scope(by, ISSUE)
    rows = Certificate.objects.filter(which).filter(
        scope.where("person__place_id") | scope.where("unit_id")
    )
    found = fetch(rows.order_by("-issued_at", "id").values_list(*_COLUMNS))
    return [CertificateRow(*row)._replace(doses=tuple(map(UUID, row[4]))) for row in found]
