"""Claims that are checked, and what the checks found."""

import json
from typing import Any

import msgspec

from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.operations import Checked, PrepareClaims, RecordCheck
from tuyen.apps.claims.refusals import ByProgram, OnItsWay, UnknownClaim
from tuyen.apps.claims.services.claim_book import CHECKABLE, ClaimBook
from tuyen.kernel.operation import Batch, applies


@applies(PrepareClaims)
def prepare_claims(batch: Batch[PrepareClaims]) -> None:
    """Claims go back to the beginning, to be checked; the program checks after the commit."""
    book = ClaimBook(id for entry in batch.entries for id in entry.payload.claims)
    for entry in batch.entries:
        found = [(id, book.get(id, entry.unit)) for id in entry.payload.claims]
        if lost := next((id for id, claim in found if claim is None), None):
            batch.refuse(entry, UnknownClaim(claim=lost))
            continue
        claims = [claim for _, claim in found if claim is not None]
        if gone := next((claim for claim in claims if claim.state == "signed"), None):
            batch.refuse(entry, OnItsWay(claim=gone.key))
            continue
        for claim in claims:
            if claim.state in CHECKABLE:
                claim.state = "open"
                book.keep(claim, entry.received_at)
    book.write()


@applies(RecordCheck)
def record_checks(batch: Batch[RecordCheck]) -> None:
    """What was found; of a version that is no longer the claim's, nothing is kept."""
    book = ClaimBook(one.claim for entry in batch.entries for one in entry.payload.checked)
    for entry in batch.entries:
        if entry.author is not None:
            batch.refuse(entry, ByProgram())
            continue
        for one in entry.payload.checked:
            claim = book.get(one.claim, entry.unit)
            if claim is not None and claim.version == one.version and claim.state in CHECKABLE:
                _found(claim, one)
                book.keep(claim, entry.received_at)
    book.write()


def _found(claim: Claim, one: Checked) -> None:
    claim.digest, claim.total, claim.fund = one.digest, one.total, one.fund
    claim.errors, claim.warnings = one.errors, one.warnings
    claim.findings, claim.missing = _json(one.findings), _json(one.missing)
    claim.state = "faulty" if one.errors or one.missing else "ready"


def _json(values: Any) -> str:
    return json.dumps(msgspec.to_builtins(values), ensure_ascii=False, separators=(",", ":"))
