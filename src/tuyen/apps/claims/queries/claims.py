"""Claims in lists, and one of them whole."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import examining, judging, places
from tuyen.apps.claims.models import Attempt, Claim, Denial, Submission
from tuyen.apps.claims.models.claims import FILE, UNSENT
from tuyen.apps.claims.stored import visit_of
from tuyen.apps.registry import queries as registry
from tuyen.engines.claims.checker import Finding
from tuyen.engines.claims.comparing import Difference, differences, source_of
from tuyen.engines.claims.reader import Row
from tuyen.engines.claims.told import Missing

READ, PREPARE, SEND = "claims.claim.read", "claims.claim.prepare", "claims.claim.send"
SETTLE, FIGURES = "claims.claim.settle", "claims.figure.read"


class ClaimRow(NamedTuple):
    """A line of a list. ``person`` is empty where the reader may not read who it is."""

    id: UUID
    unit: UUID
    unit_name: str
    person_id: UUID
    person: str
    day: date
    payer: str
    state: str
    amended: bool
    voided: bool
    errors: int
    warnings: int
    missing: int
    total: Decimal
    fund: Decimal
    due_on: date
    correct_by: date | None
    digest: str
    version: int
    check_in: str
    entitlement: str


class Told(NamedTuple):
    """A finding with its sentence in each language of the rules, and where it is mended."""

    finding: Finding
    where: str
    on: date

    def said(self, language: str) -> str:
        return judging.say(self.finding, language, self.on)


class FileRow(NamedTuple):
    """A file that was signed, and its tries. ``kind``: 130 the visit, 0 its check-in."""

    id: UUID
    kind: str
    number: int
    version: int
    made_at: datetime
    state: str
    digest: str
    size: int
    signer: str
    transaction: str
    received: str
    outcome: str
    message: str
    next_at: datetime
    attempts: tuple[tuple[datetime, str, str, str], ...]  # at, outcome, transaction, message


class ClaimPage(NamedTuple):
    """A claim as the record tells it now to this reader. ``partial``: something of the visit stands
    apart, so what the reader sees is not all that is sent. ``differs``: from the last file that
    reached the portal. ``tables`` is empty where the visit may not be read."""

    row: ClaimRow
    tables: dict[str, list[Row]]
    findings: tuple[Told, ...]
    missing: tuple[Missing, ...]
    partial: bool
    stale: bool
    files: tuple[FileRow, ...]
    differs: tuple[Difference, ...]
    denials: tuple[Denial, ...]


def listed(
    *,
    by: Actor,
    first: date,
    last: date,
    states: tuple[str, ...] = (),
    check_in: str = "",
    entitlement: str = "",
    unit: UUID | None = None,
    limit: int = 2_000,
) -> list[ClaimRow]:
    """Claims of visits that ended from ``first`` to ``last``, the latest first; five queries."""
    rows = Claim.objects.filter(
        policies.scope(by, READ).where("unit_id"), day__range=(first, last)
    ).order_by("-day", "-id")
    if states:
        rows = rows.filter(state__in=states)
    if check_in:
        rows = rows.filter(check_in=check_in)
    if entitlement:
        rows = rows.filter(entitlement=entitlement)
    if entitlement in (
        "due",
        "bad",
    ):  # what is to be done about it is to be done before the sending
        rows = rows.filter(state__in=UNSENT)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    return rows_of(by, list(rows[:limit]))


def claim(*, by: Actor, id: UUID, on: date) -> ClaimPage | None:
    """One claim; None where there is none that the reader may read. The door that shows it notes the
    reading."""
    held = Claim.objects.filter(policies.scope(by, READ).where("unit_id"), pk=id).first()
    if held is None:
        return None
    seen = by.stating("care")
    one = examining.examine(by=seen, ids=[id], on=on, changes={id: held.changes}).get(id)
    files = _files(id)
    sent = next(
        (f for f in reversed(files) if f.kind == FILE and f.state in ("accepted", "refused")), None
    )
    tables = one.tables if one else {}
    whole = one is not None and one.material.whole
    # What was sent is whole: beside a part of the visit it would show what stands apart.
    before = visit_of(bytes(_content(sent.id))).tables if sent and tables and whole else {}
    return ClaimPage(
        rows_of(by, [held])[0], tables,
        tuple(Told(f, source_of(f.table, f.field), held.day) for f in one.findings) if one else (),
        one.missing if one else (), one is not None and not whole,
        bool(held.digest) and whole and one is not None and one.digest != held.digest,
        tuple(files), tuple(differences(_blanked(before), _blanked(tables))) if before else (),
        tuple(Denial.objects.filter(claim_id=id).order_by("answered_on", "table", "row")),
    )  # fmt: skip


def preview(*, by: Actor, visit: UUID, on: date) -> tuple[list[Told], tuple[Missing, ...]] | None:
    """What is found in the claim of a visit as it stands, for the screen of the visit; None where
    the reader may not read its claim."""
    held = Claim.objects.filter(policies.scope(by, READ).where("unit_id"), pk=visit).first()
    one = (
        examining.examine(by=by, ids=[visit], on=on, changes={visit: held.changes}).get(visit)
        if held is not None
        else None
    )
    if held is None or one is None:
        return None
    return [Told(f, source_of(f.table, f.field), held.day) for f in one.findings], one.missing


def file_of(*, by: Actor, id: UUID) -> tuple[FileRow, UUID, bytes] | None:
    """The exact bytes of a file with the person of its visit, whether they are still what their
    digest says (else None, as where the reader may not read them)."""
    held = Submission.objects.filter(policies.scope(by, READ).where("unit_id"), pk=id).first()
    if held is None:
        return None
    content = bytes(held.content)
    if hashlib.sha256(content).hexdigest() != held.digest:
        return None
    person = Claim.objects.values_list("person_id", flat=True).get(pk=held.claim_id)
    return _file(held, ()), person, content


def rows_of(by: Actor, claims: list[Claim]) -> list[ClaimRow]:
    """Lines of a list: names for whom may read them."""
    known = registry.people(by=by, ids={claim.person_id for claim in claims})
    map_ = places.atlas()
    return [_row(claim, known, map_) for claim in claims]


def _row(claim: Claim, known: dict[UUID, Any], map_: Any) -> ClaimRow:
    person = known.get(claim.person_id)
    return ClaimRow(
        claim.pk, claim.unit_id, places.name(claim.unit_id, claim.day, map_), claim.person_id,
        person.name if person else "", claim.day, claim.payer, claim.state, claim.amended,
        claim.voided, claim.errors, claim.warnings, len(json.loads(claim.missing)), claim.total,
        claim.fund, claim.due_on, claim.correct_by, claim.digest, claim.version,
        claim.check_in, claim.entitlement,
    )  # fmt: skip


def _files(id: UUID) -> list[FileRow]:
    tries: dict[UUID, list[tuple[datetime, str, str, str]]] = {}
    for one in Attempt.objects.filter(claim_id=id).order_by("at", "id"):
        told = (one.at, one.outcome, one.transaction, one.message)
        tries.setdefault(one.submission_id, []).append(told)
    rows = Submission.objects.filter(claim_id=id).order_by("made_at", "seq")
    return [_file(row, tuple(tries.get(row.pk, ()))) for row in rows]


def _file(row: Submission, tries: tuple[tuple[datetime, str, str, str], ...]) -> FileRow:
    return FileRow(
        row.pk, row.kind, row.number, row.version, row.made_at, row.state, row.digest, len(row.content),
        row.signer, row.transaction, row.received, row.outcome, row.message, row.next_at, tries,
    )  # fmt: skip


def _content(id: UUID) -> bytes:
    return bytes(Submission.objects.values_list("content", flat=True).get(pk=id))


def _blanked(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Tables without their blank cells: a file writes every field, a claim those that it has."""
    return {
        table: [{name: text for name, text in row.items() if text} for row in rows]
        for table, rows in tables.items()
    }
