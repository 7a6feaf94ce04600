"""What only the program writes down: the outcome of a check, a signed file, an answer of the portal."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.claims.operations.words import Digest, Many, Money, Row, Word, Words
from tuyen.kernel.operation import Payload, operation


class Found(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A finding of the check; see ``engines.claims.checker.Finding``."""

    code: Annotated[str, Meta(max_length=100)]
    severity: Literal["error", "warning"]
    table: Word = ""
    row: Row = 0
    field: Word = ""
    value: Words = ""
    expected: Words = ""


class Lacking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row that no catalogue knows; see ``engines.claims.told.Missing``."""

    table: Word
    row: Row
    field: Word
    where: Word
    key: Words


class Checked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the check of one version of a claim found, and the money that it tells, VND."""

    claim: UUID
    version: Many
    digest: Digest
    total: Money
    fund: Money
    errors: Many = 0
    warnings: Many = 0
    findings: Annotated[tuple[Found, ...], Meta(max_length=60)] = ()
    missing: Annotated[tuple[Lacking, ...], Meta(max_length=60)] = ()


@operation("claims.record_check", version=1, right="claims.claim.prepare")
class RecordCheck(Payload, frozen=True, kw_only=True):
    """What checks found; the program alone says so."""

    checked: Annotated[tuple[Checked, ...], Meta(min_length=1, max_length=100)]


@operation("claims.keep_file", version=1, right="claims.claim.send")
class KeepFile(Payload, frozen=True, kw_only=True):
    """A signed file, byte for byte in base64; the program alone says so."""

    claim: UUID
    version: Many
    content: Annotated[str, Meta(max_length=250_000)]
    digest: Digest
    facility: Annotated[str, Meta(min_length=5, max_length=5)]
    signer: Digest


@operation("claims.keep_check_in", version=1, right="claims.claim.send")
class KeepCheckIn(Payload, frozen=True, kw_only=True):
    """A signed check-in, byte for byte in base64; the program alone says so."""

    claim: UUID
    version: Many
    content: Annotated[str, Meta(max_length=60_000)]
    digest: Digest
    facility: Annotated[str, Meta(min_length=5, max_length=5)]
    signer: Digest


@operation("claims.record_attempt", version=1, right="claims.claim.send")
class RecordAttempt(Payload, frozen=True, kw_only=True):
    """A file was offered to the portal: taken, refused, or the portal was not there (``down``), or
    would not let the program in (``shut``). The program alone says so."""

    submission: UUID
    at: datetime
    outcome: Literal["accepted", "refused", "down", "shut"]
    answer: Word = ""
    transaction: Annotated[str, Meta(max_length=100)] = ""
    received: Word = ""
    message: Words = ""
    again_at: datetime | None = None
