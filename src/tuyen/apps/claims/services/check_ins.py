"""Check-ins (table 0): kept when they are signed, posted like files, posted again when refused."""

import hashlib
from collections import Counter
from collections.abc import Collection
from uuid import UUID

from tuyen.apps.claims.models import Submission
from tuyen.apps.claims.models.claims import CHECK_IN
from tuyen.apps.claims.operations import KeepCheckIn, RepeatCheckIn
from tuyen.apps.claims.refusals import (
    ByProgram,
    CheckInNotRefused,
    NotTheBytes,
    UnknownClaim,
    WrongState,
)
from tuyen.apps.claims.services.claim_book import ClaimBook
from tuyen.apps.claims.services.sending import decoded, last_seq
from tuyen.kernel.operation import Batch, applies


@applies(KeepCheckIn)
def keep_check_ins(batch: Batch[KeepCheckIn]) -> None:
    """The bytes of a check-in, for ever; it waits for the portal after all that waited before."""
    book = ClaimBook(entry.payload.claim for entry in batch.entries)
    seq, made = last_seq(), _made(book.claims)
    for entry in batch.entries:
        told = entry.payload
        claim = book.get(told.claim, entry.unit)
        content = decoded(told.content)
        if entry.author is not None:
            batch.refuse(entry, ByProgram())
        elif claim is None:
            batch.refuse(entry, UnknownClaim(claim=told.claim))
        elif claim.check_in != "due" or claim.version != told.version:
            batch.refuse(entry, WrongState(claim=claim.key, state=claim.check_in or "-"))
        elif content is None or hashlib.sha256(content).hexdigest() != told.digest:
            batch.refuse(entry, NotTheBytes(claim=claim.key))
        else:
            seq += 1
            made[claim.pk] += 1
            claim.check_in = "waiting"
            book.keep(claim, entry.received_at)
            file = Submission(
                id=entry.id, claim_id=claim.pk, unit_id=claim.unit_id, kind=CHECK_IN, seq=seq,
                number=made[claim.pk], version=told.version, content=content, digest=told.digest,
                facility=told.facility, signer=told.signer, made_at=entry.received_at,
                state="waiting", next_at=entry.received_at,
            )  # fmt: skip
            book.keep_file(file, entry.received_at)
    book.write()


@applies(RepeatCheckIn)
def repeat_check_ins(batch: Batch[RepeatCheckIn]) -> None:
    """What the portal refused is due again; the program makes it anew after the commit."""
    book = ClaimBook(id for entry in batch.entries for id in entry.payload.claims)
    for entry in batch.entries:
        found = [(id, book.get(id, entry.unit)) for id in entry.payload.claims]
        if lost := next((id for id, claim in found if claim is None), None):
            batch.refuse(entry, UnknownClaim(claim=lost))
            continue
        claims = [claim for _, claim in found if claim is not None]
        if other := next((one for one in claims if one.check_in not in ("refused", "due")), None):
            batch.refuse(entry, CheckInNotRefused(claim=other.key))
            continue
        for claim in claims:
            claim.check_in = "due"
            book.keep(claim, entry.received_at)
    book.write()


def _made(claims: Collection[UUID]) -> Counter[UUID]:
    """How many check-ins of each claim were made before."""
    rows = Submission.objects.filter(claim_id__among=set(claims), kind=CHECK_IN)
    return Counter(rows.values_list("claim_id", flat=True))
