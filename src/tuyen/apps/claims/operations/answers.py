"""What the insurer answered, read from its file."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tuyen.apps.claims.operations.words import Key, Money, Row, Table, Word, Words
from tuyen.kernel.operation import Payload, operation


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer: a visit that is settled, or a refusal of it or of one of its cells."""

    key: Annotated[str, Meta(min_length=1, max_length=100)]
    outcome: Literal["settled", "denied"]
    facility: Annotated[str, Meta(max_length=5)] = ""
    table: Table = ""
    row: Row = 0
    field: Word = ""
    reason: Word = ""
    words: Words = ""
    amount: Money | None = None


@operation("claims.import_answers", version=1, right="claims.claim.settle")
class ImportAnswers(Payload, frozen=True, kw_only=True):
    """Answers of the insurer on a day. ``file`` names where they were read."""

    answered_on: date
    answers: Annotated[tuple[Answer, ...], Meta(min_length=1, max_length=500)]
    file: Key = ""
