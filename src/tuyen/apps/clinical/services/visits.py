"""Visits are taken whole or not at all; what a person once signed is answered, never overwritten."""

from typing import Any

from tuyen.apps.clinical.keeping import day_of, plain
from tuyen.apps.clinical.operations import AmendVisit, RecordVisit, ReturnReferral, VoidVisit
from tuyen.apps.clinical.refusals import (
    InTheFuture,
    NobodySent,
    NothingChanges,
    ReasonNeeded,
    ReturnedAlready,
    ReturnedBefore,
)
from tuyen.apps.clinical.services.allergies import Asked
from tuyen.apps.clinical.services.spending import Purse
from tuyen.apps.clinical.services.visit_book import Book
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal


@applies(RecordVisit)
def record_visits(batch: Batch[RecordVisit]) -> None:
    """Take visits: the row, its values and diagnoses, the referral, and what the programmes keep."""
    book = Book([(entry, entry.payload) for entry in batch.entries])
    purse = Purse(entry.payload for entry in batch.entries)
    not_borne = Asked((entry.payload for entry in batch.entries), book.stands)
    for entry in batch.entries:
        try:
            book.checked(entry, entry.payload)
            purse.check(entry.id, entry.payload)
            not_borne.check(entry.payload)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.add(entry, entry.payload)
        purse.count(entry.id, entry.payload)
    book.post()


@applies(AmendVisit)
def amend_visits(batch: Batch[AmendVisit]) -> None:
    """Write each visit as it is from now on, judged as a whole; what had stood is kept beside it."""
    book = Book(
        [(entry, entry.payload.content) for entry in batch.entries],
        (entry.payload.visit for entry in batch.entries),
    )
    purse = Purse(entry.payload.content for entry in batch.entries)
    not_borne = Asked((entry.payload.content for entry in batch.entries), book.stands)
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry, said.visit)
            reason = _reason(said.reason)
            book.checked(entry, said.content)
            purse.check(said.visit, said.content)
            before = plain(book.content(held))
            if before == said.content:
                raise NothingChanges(visit=said.visit)
            not_borne.check(said.content, before)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.amend(entry, held, said.content, reason)
        purse.count(said.visit, said.content)
    book.post()


@applies(VoidVisit)
def void_visits(batch: Batch[VoidVisit]) -> None:
    """Take visits out of all counts. Their rows stay, with the reason."""
    book = _standing(batch)
    for entry in batch.entries:
        try:
            held = book.find(entry, entry.payload.visit)
            reason = _reason(entry.payload.reason)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.void(entry, held, reason)
    book.post()


@applies(ReturnReferral)
def return_referrals(batch: Batch[ReturnReferral]) -> None:
    """Keep what came back, beside the referral; the first note stands."""
    book = _standing(batch)
    for entry in batch.entries:
        try:
            held = book.find(entry, entry.payload.visit)
            referral = _open_referral(book, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.returned(entry, held, referral)
    book.post()


def _open_referral(book: Book, entry: Entry[ReturnReferral]) -> dict[str, Any]:
    said = entry.payload
    referral = book.referral(said.visit)
    if referral is None:
        raise NobodySent(visit=said.visit)
    if referral["state"] == "returned":
        raise ReturnedAlready(name=referral["from_name"], on=referral["returned_on"])
    if said.on < referral["day"]:
        raise ReturnedBefore(on=said.on, day=referral["day"])
    today = day_of(entry.received_at)
    if said.on > today:
        raise InTheFuture(field="on", on=said.on, today=today)
    return referral


def _standing(batch: Batch[Any]) -> Book:
    return Book([], (entry.payload.visit for entry in batch.entries))


def _reason(told: str) -> str:
    reason = told.strip()
    if len(reason) < 3:
        raise ReasonNeeded()
    return reason
