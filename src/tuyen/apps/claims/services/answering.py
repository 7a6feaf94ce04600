"""Answers of the insurer matched to what was sent, and claims opened again to be corrected."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from tuyen.apps.claims.clock import corrected_by
from tuyen.apps.claims.models import Claim, Denial, Submission
from tuyen.apps.claims.models.claims import FILE
from tuyen.apps.claims.operations import Answer, CorrectClaim, ImportAnswers
from tuyen.apps.claims.refusals import LinkKeyStays, NothingSent, OnItsWay, UnknownClaim
from tuyen.apps.claims.services.claim_book import SENT, ClaimBook
from tuyen.apps.claims.stored import visit_of
from tuyen.apps.journal import bulk
from tuyen.engines.claims import answers as engine
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies

_DENIAL = tuple(field.attname for field in Denial._meta.concrete_fields)


@applies(CorrectClaim)
def correct_claims(batch: Batch[CorrectClaim]) -> None:
    """A claim that was sent goes back to the beginning, with its key, for another file."""
    book = ClaimBook(entry.payload.claim for entry in batch.entries)
    for entry in batch.entries:
        told, claim = entry.payload, book.get(entry.payload.claim, entry.unit)
        if claim is None:
            batch.refuse(entry, UnknownClaim(claim=told.claim))
        elif claim.state in ("approved", "signed"):
            batch.refuse(entry, OnItsWay(claim=claim.key))
        elif claim.state not in SENT and not claim.correcting:
            batch.refuse(entry, NothingSent(claim=claim.key))
        elif any(change.field == "MA_LK" for change in told.changes):
            batch.refuse(entry, LinkKeyStays())
        else:
            claim.state, claim.correcting, claim.amended = "open", True, False
            claim.changes = json.dumps(
                [[c.table, c.row, c.field, c.text] for c in told.changes], ensure_ascii=False
            )
            book.keep(claim, entry.received_at)
    book.write()


@applies(ImportAnswers)
def import_answers(batch: Batch[ImportAnswers]) -> None:
    """Refusals become rows with the money at risk; what is settled is settled. A refusal that was
    read before is not read twice."""
    keys = {answer.key for entry in batch.entries for answer in entry.payload.answers}
    ids = dict(Claim.objects.filter(key__in=keys).values_list("key", "pk"))
    book = ClaimBook(ids.values())
    sent = _sent(set(ids.values()))
    before = {row.pk: row for row in Denial.objects.filter(key__in=keys)}
    for entry in batch.entries:
        claims = {
            key: claim for key, id in ids.items() if (claim := book.get(id, entry.unit)) is not None
        }
        _settle(entry, claims, book)
        fresh = _denials(entry, claims, sent, before)
        if fresh:
            bulk.insert(
                Denial, _DENIAL, [tuple(getattr(d, name) for name in _DENIAL) for d in fresh]
            )
            before |= {row.pk: row for row in fresh}
        for row in fresh:
            claim = claims.get(row.key)
            if claim is not None and claim.state in SENT:
                claim.state, claim.correct_by = "denied", row.correct_by
                book.keep(claim, entry.received_at)
    book.write()


def _settle(entry: Entry[ImportAnswers], claims: Mapping[str, Claim], book: ClaimBook) -> None:
    for answer in entry.payload.answers:
        claim = claims.get(answer.key)
        if answer.outcome == "settled" and claim is not None and claim.state in SENT:
            claim.state, claim.correct_by = "settled", None
            book.keep(claim, entry.received_at)


def _denials(
    entry: Entry[ImportAnswers],
    claims: Mapping[str, Claim],
    sent: Mapping[UUID, Submission],
    before: Mapping[UUID, Denial],
) -> list[Denial]:
    """Rows for refusals that were not read before."""
    told = {
        _id(entry.unit, answer, sent.get(claims[answer.key].pk) if answer.key in claims else None):
        answer
        for answer in entry.payload.answers
        if answer.outcome == "denied"
    }  # fmt: skip
    new = {id: answer for id, answer in told.items() if id not in before}
    if not new:
        return []
    known = [_as_engine(row) for row in before.values() if row.key in claims]
    asked = [_denial(answer) for answer in new.values()]
    files = {
        key: engine.Sent(visit_of(bytes(file.content)), not claim.amended)
        for key, claim in claims.items()
        if key in {answer.key for answer in new.values()} and (file := sent.get(claim.pk))
    }
    matched = engine.match([*known, *asked], files)[len(known) :]
    on = entry.payload.answered_on
    return [
        _row(entry, id, answer, found, claims.get(answer.key), on)
        for (id, answer), found in zip(new.items(), matched, strict=True)
    ]


def _row(
    entry: Entry[ImportAnswers],
    id: UUID,
    answer: Answer,
    found: engine.Match,
    claim: Claim | None,
    on: date,
) -> Denial:
    known = claim if found.status != "unknown" else None
    return Denial(
        id=id, claim_id=known.pk if known else None, unit_id=entry.unit, key=answer.key,
        table=answer.table, row=answer.row, field=answer.field, reason=answer.reason,
        words=answer.words, amount=answer.amount,
        at_risk=found.at_risk if known else Decimal(0), status=found.status, state="open",
        answered_on=on, correct_by=corrected_by(on),
        month=f"{known.day if known else on:%Y-%m}",
    )  # fmt: skip


def _sent(ids: set[UUID]) -> dict[UUID, Submission]:
    """The last file of each claim that the portal has."""
    rows = Submission.objects.filter(
        claim_id__among=ids, kind=FILE, state__in=("accepted", "refused")
    )
    return {row.claim_id: row for row in rows.order_by("number")}


def _id(unit: UUID, answer: Answer, file: Submission | None) -> UUID:
    """One id for one refusal, however often it is read."""
    place = (answer.key, answer.table, str(answer.row), answer.field, answer.reason)
    return derived_id(unit, "denial", *place, str(file.number if file else 0))


def _denial(answer: Answer) -> engine.Denial:
    return engine.Denial(
        answer.key, answer.facility, answer.table, answer.row, answer.field, answer.reason,
        answer.amount,
    )  # fmt: skip


def _as_engine(row: Denial) -> engine.Denial:
    return engine.Denial(row.key, "", row.table, row.row, row.field, row.reason, row.amount)
