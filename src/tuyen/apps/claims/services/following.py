"""The claim of a visit follows the visit: opened with it, opened again when it is amended.

Nothing is built here: saving a visit has to be quick. What follows is a row that says that a claim is
due, and, after a sending, that the visit now says something else than what was sent.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from tuyen.apps.claims.clock import due_on
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.models.claims import CHECK_IN
from tuyen.apps.claims.services.claim_book import UNSENT, ClaimBook
from tuyen.kernel.operation import Entry, follows
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.claims.book import without_check_in


@follows("clinical.record_visit", room="claims")
def open_claims(entries: Sequence[Entry[Any]]) -> None:
    """A claim for every visit, of insured patients and of others: the health book is made of it."""
    book = ClaimBook(())
    for entry in entries:
        book.keep(_opened(entry.id, entry.unit, entry.payload), entry.received_at)
    book.write()


@follows("clinical.amend_visit", room="claims")
def follow_amendments(entries: Sequence[Entry[Any]]) -> None:
    """What was not sent is to be checked anew; what was sent is marked."""
    book = ClaimBook(entry.payload.visit for entry in entries)
    for entry in entries:
        told, at = entry.payload.content, entry.received_at
        claim = book.get(entry.payload.visit)
        if claim is None:
            claim = _opened(entry.payload.visit, entry.unit, told)
        else:
            book.withdraw(claim, at, CHECK_IN)
            _dated(claim, told)
            claim.version += 1
            set_back(book, claim, at)
        book.keep(claim, at)
    book.write()


@follows("supply.dispense", room="claims")
def follow_dispensing(entries: Sequence[Entry[Any]]) -> None:
    """What was handed out for a visit after it changes its claim as an amendment does."""
    book = ClaimBook(entry.payload.visit for entry in entries)
    for entry in entries:
        claim = book.get(entry.payload.visit)
        if claim is not None and claim.state != "void":
            claim.version += 1
            set_back(book, claim, entry.received_at)
            book.keep(claim, entry.received_at)
    book.write()


@follows("clinical.void_visit", room="claims")
def follow_voids(entries: Sequence[Entry[Any]]) -> None:
    """A visit that was taken back needs no claim; one that was sent is marked."""
    book = ClaimBook(entry.payload.visit for entry in entries)
    for entry in entries:
        claim = book.get(entry.payload.visit)
        if claim is None:
            continue
        claim.voided = True
        claim.entitlement = ""
        if claim.check_in in ("due", "waiting"):
            book.withdraw(claim, entry.received_at, CHECK_IN)
            claim.check_in = ""
        claim.version += 1
        set_back(book, claim, entry.received_at)
        if not claim.amended and not claim.correcting:
            claim.state = "void"
        book.keep(claim, entry.received_at)
    book.write()


def set_back(book: ClaimBook, claim: Claim, at: datetime) -> None:
    """To the beginning where nothing reached the portal; else the mark that it differs."""
    if claim.state in UNSENT:
        book.withdraw(claim, at)
        claim.state = "open"
    elif claim.state != "void":
        claim.amended = True


def _opened(id: UUID, unit: UUID, told: Any) -> Claim:
    claim = Claim(id=id, unit_id=unit, key=id.hex, version=1, state="open", person_id=told.person)
    _dated(claim, told)
    return claim


def _owes_check_in(told: Any, day: date) -> bool:
    """Of an insured visit, but not of an emergency."""
    return told.payer == "insurance" and told.attendance not in _without_check_in(day)


@cache
def _without_check_in(day: date) -> frozenset[str]:
    return without_check_in(day)


def _dated(claim: Claim, told: Any) -> None:
    ended = told.ended_at or told.began_at
    before = claim.person_id, claim.day
    claim.person_id, claim.payer, claim.ended_at = told.person, told.payer, ended
    claim.day = ended.astimezone(VIETNAM).date()
    claim.due_on = due_on(claim.day)
    if claim.check_in in ("", "due", "waiting"):
        claim.check_in = "due" if _owes_check_in(told, claim.day) else ""
    if told.payer != "insurance":
        claim.entitlement = ""
    elif not claim.entitlement or before != (claim.person_id, claim.day):
        claim.entitlement, claim.asks, claim.ask_at = "due", 0, None
