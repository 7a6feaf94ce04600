"""Claims on their way: agreed to, signed, offered to the portal, taken or refused."""

import base64
import binascii
import hashlib

from django.db.models import Max

from tuyen.apps.claims.clock import corrected_by
from tuyen.apps.claims.models import Attempt, Claim, Denial, Submission
from tuyen.apps.claims.models.claims import FILE
from tuyen.apps.claims.operations import ApproveClaims, KeepFile, RecordAttempt
from tuyen.apps.claims.refusals import (
    ByProgram,
    NotReady,
    NotTheBytes,
    UnknownClaim,
    UnknownFile,
    WrongState,
)
from tuyen.apps.claims.services.claim_book import ClaimBook
from tuyen.apps.journal import bulk
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.zone import VIETNAM

_ATTEMPT = tuple(field.attname for field in Attempt._meta.concrete_fields)


@applies(ApproveClaims)
def approve_claims(batch: Batch[ApproveClaims]) -> None:
    """Only claims that were found without error as they stand may go."""
    book = ClaimBook(id for entry in batch.entries for id in entry.payload.claims)
    for entry in batch.entries:
        found = [(id, book.get(id, entry.unit)) for id in entry.payload.claims]
        if lost := next((id for id, claim in found if claim is None), None):
            batch.refuse(entry, UnknownClaim(claim=lost))
            continue
        claims = [claim for _, claim in found if claim is not None]
        if unready := [claim for claim in claims if claim.state != "ready"]:
            batch.refuse(entry, NotReady(count=len(unready), claim=unready[0].key))
            continue
        for claim in claims:
            claim.state = "approved"
            book.keep(claim, entry.received_at)
    book.write()


@applies(KeepFile)
def keep_files(batch: Batch[KeepFile]) -> None:
    """The bytes of a file, for ever; it waits for the portal after all that waited before."""
    book = ClaimBook(entry.payload.claim for entry in batch.entries)
    seq = last_seq()
    for entry in batch.entries:
        told = entry.payload
        claim = book.get(told.claim, entry.unit)
        content = decoded(told.content)
        if entry.author is not None:
            batch.refuse(entry, ByProgram())
        elif claim is None:
            batch.refuse(entry, UnknownClaim(claim=told.claim))
        elif claim.state != "approved" or claim.version != told.version:
            batch.refuse(entry, WrongState(claim=claim.key, state=claim.state))
        elif content is None or hashlib.sha256(content).hexdigest() != told.digest:
            batch.refuse(entry, NotTheBytes(claim=claim.key))
        else:
            seq += 1
            claim.sent += 1
            claim.state = "signed"
            book.keep(claim, entry.received_at)
            file = Submission(
                id=entry.id, claim_id=claim.pk, unit_id=claim.unit_id, seq=seq,
                number=claim.sent, version=told.version, content=content, digest=told.digest,
                facility=told.facility, signer=told.signer, made_at=entry.received_at,
                state="waiting", next_at=entry.received_at,
            )  # fmt: skip
            book.keep_file(file, entry.received_at)
    book.write()


@applies(RecordAttempt)
def record_attempts(batch: Batch[RecordAttempt]) -> None:
    """What the portal answered; a file of which it said nothing waits on."""
    wanted = {entry.payload.submission for entry in batch.entries}
    files = {row.pk: row for row in Submission.objects.filter(pk__among=wanted, state="waiting")}
    book = ClaimBook(file.claim_id for file in files.values())
    tries, taken = [], set()
    for entry in batch.entries:
        told, file = entry.payload, files.get(entry.payload.submission)
        if entry.author is not None:
            batch.refuse(entry, ByProgram())
            continue
        claim = book.get(file.claim_id) if file is not None else None
        if file is None or claim is None or file.state != "waiting":
            batch.refuse(entry, UnknownFile(submission=told.submission))
            continue
        _told(file, claim, told)
        if told.outcome == "accepted" and file.kind == FILE:
            taken.add(claim.pk)
        book.keep_file(file, entry.received_at)
        book.keep(claim, entry.received_at)
        tries.append((
            entry.id, file.pk, claim.pk, claim.unit_id, told.at, told.outcome,
            told.transaction, told.received, told.message or told.answer,
        ))  # fmt: skip
    book.write()
    if tries:
        bulk.insert(Attempt, _ATTEMPT, tries)
    if taken:
        Denial.objects.filter(claim_id__in=taken, state="open").update(state="corrected")


def _told(file: Submission, claim: Claim, told: RecordAttempt) -> None:
    """Put an answer of the portal on its file and claim."""
    file.attempts += 1
    file.outcome = told.answer or told.outcome
    file.message = told.message
    if told.outcome in ("down", "shut"):
        file.next_at = told.again_at or told.at
        return
    file.state = told.outcome
    file.transaction, file.received = told.transaction, told.received
    if file.kind != FILE:
        claim.check_in = told.outcome
        return
    claim.state = told.outcome
    claim.correcting = False
    refused = told.outcome == "refused"
    claim.correct_by = corrected_by(told.at.astimezone(VIETNAM).date()) if refused else None


def last_seq() -> int:
    """The place in the outbox of the last file that was made."""
    return Submission.objects.aggregate(last=Max("seq"))["last"] or 0


def decoded(text: str) -> bytes | None:
    """The bytes of a file; None where they are no base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
