"""What the portal said of the card of a visit, or that it was silent: only the program says so."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.claims.operations.words import Word, Words
from tuyen.kernel.operation import Payload, operation

Told = Annotated[str, Meta(max_length=100)]


class CardTry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question about the card of a visit: what was asked, when, and what came back.

    ``outcome``: answered; down, nobody answered; shut, the portal did not let the program in or found
    fault with the call. ``answer`` is its code, ``verdict`` whether the card held on the day of the visit,
    "" where nothing is known. ``facts``: what of the answer is kept, by the portal's names. ``again_at``: not before.
    """

    claim: UUID
    card: Annotated[str, Meta(min_length=1, max_length=20)]
    name: Annotated[str, Meta(max_length=200)]
    born: Annotated[str, Meta(max_length=10)]
    at: datetime
    answered_at: datetime | None = None
    outcome: Literal["answered", "down", "shut"]
    answer: Word = ""
    verdict: Literal["", "good", "bad"] = ""
    facts: Annotated[dict[Word, Told], Meta(max_length=20)] = {}
    message: Words = ""
    asked_by: UUID | None = None
    again_at: datetime | None = None


@operation("claims.record_cards", version=1, right="claims.claim.prepare")
class RecordCards(Payload, frozen=True, kw_only=True):
    """Questions to the portal about the cards of visits of the operation's unit."""

    tries: Annotated[tuple[CardTry, ...], Meta(min_length=1, max_length=100)]
