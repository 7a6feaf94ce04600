"""What people do with claims: have them checked, agree to their sending, correct them."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.claims.operations.words import Cell, Reason, Row, Table, Word
from tuyen.kernel.operation import Payload, operation

Claims = Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=500)]


@operation("claims.prepare_claims", version=1, right="claims.claim.prepare")
class PrepareClaims(Payload, frozen=True, kw_only=True):
    """Have claims of the operation's unit built from the record and checked."""

    claims: Claims


@operation("claims.approve_claims", version=1, right="claims.claim.send")
class ApproveClaims(Payload, frozen=True, kw_only=True):
    """Agree that claims which were checked without an error are signed and sent."""

    claims: Claims


@operation("claims.repeat_check_in", version=1, right="claims.claim.send")
class RepeatCheckIn(Payload, frozen=True, kw_only=True):
    """Post the check-ins of visits again that the portal refused."""

    claims: Claims


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cell of the file with another text than the record gives; rows count from 1."""

    table: Table
    row: Row
    field: Word
    text: Cell


@operation("claims.correct_claim", version=1, right="claims.claim.prepare")
class CorrectClaim(Payload, frozen=True, kw_only=True):
    """Open a claim that was sent for another file with the same link key: what the record says now,
    and cells that the record cannot tell."""

    claim: UUID
    reason: Reason
    changes: Annotated[tuple[Change, ...], Meta(max_length=100)] = ()
