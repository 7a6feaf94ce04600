"""Questions about cards: each is kept as evidence, and the claim says what stands."""

import json

from tuyen.apps.claims.models import CardTry, Claim
from tuyen.apps.claims.operations import CardTry as Told
from tuyen.apps.claims.operations import RecordCards
from tuyen.apps.claims.refusals import ByProgram, UnknownClaim
from tuyen.apps.claims.services.claim_book import ClaimBook
from tuyen.apps.journal import bulk
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies

_TRY = tuple(field.attname for field in CardTry._meta.concrete_fields)


@applies(RecordCards)
def record_cards(batch: Batch[RecordCards]) -> None:
    """A row for each question. Silence takes nothing back that was confirmed before."""
    book = ClaimBook(one.claim for entry in batch.entries for one in entry.payload.tries)
    rows: list[tuple[object, ...]] = []
    for entry in batch.entries:
        if entry.author is not None:
            batch.refuse(entry, ByProgram())
            continue
        found = [(one, book.get(one.claim, entry.unit)) for one in entry.payload.tries]
        if lost := next((one for one, claim in found if claim is None), None):
            batch.refuse(entry, UnknownClaim(claim=lost.claim))
            continue
        for n, (one, claim) in enumerate(found):
            if claim is not None:
                _stands(claim, one)
                book.keep(claim, entry.received_at)
                rows.append((
                    derived_id(entry.id, "card", str(n)), entry.id, claim.pk, claim.unit_id,
                    claim.person_id, one.card, one.name, one.born, one.at, one.answered_at,
                    one.outcome, one.answer, one.verdict,
                    json.dumps(one.facts, ensure_ascii=False, sort_keys=True), one.message,
                    one.asked_by,
                ))  # fmt: skip
    book.write()
    if rows:
        bulk.insert(CardTry, _TRY, rows)


def _stands(claim: Claim, one: Told) -> None:
    if not claim.entitlement:
        return
    if one.verdict:
        claim.entitlement, claim.asks, claim.ask_at = one.verdict, 0, None
    elif claim.entitlement == "due":
        claim.asks, claim.ask_at = claim.asks + 1, one.again_at
