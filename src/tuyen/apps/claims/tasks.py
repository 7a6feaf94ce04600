"""What the program does by itself: claims checked and signed after somebody asked for it."""

import base64
import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import closing, examining, judging, signing
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.models.claims import UNSENT
from tuyen.apps.claims.operations import (
    ApproveClaims,
    KeepCheckIn,
    KeepFile,
    PrepareClaims,
    RepeatCheckIn,
)
from tuyen.apps.claims.refusals import BadKey, NoKey, OpenKeyFile
from tuyen.apps.journal.services import commit
from tuyen.engines.claims.reader import Row
from tuyen.engines.claims.writer import write_check_in, write_visit
from tuyen.kernel.operation import Entry, Operation, Payload, Receipt, reacts
from tuyen.kernel.zone import VIETNAM

AT_ONCE = 200


@reacts(PrepareClaims)
def check_asked(entries: Sequence[Entry[Any]]) -> None:
    """Check the claims that somebody asked to have checked."""
    ids = {id for entry in entries for id in entry.payload.claims}
    closing.check(ids, max(entry.received_at for entry in entries))


@reacts(ApproveClaims)
def sign_approved(entries: Sequence[Entry[Any]]) -> None:
    """Sign what somebody agreed to; without a key it waits for one."""
    ids = {id for entry in entries for id in entry.payload.claims}
    try:
        check_in(ids, max(entry.received_at for entry in entries))
        sign(ids, max(entry.received_at for entry in entries))
    except (NoKey, OpenKeyFile, BadKey):
        return  # the desk says so, and what was agreed to stays agreed to


@reacts(RepeatCheckIn)
def post_again(entries: Sequence[Entry[Any]]) -> None:
    """Make check-ins anew that the portal refused; without a key they wait for one."""
    ids = {id for entry in entries for id in entry.payload.claims}
    try:
        check_in(ids, max(entry.received_at for entry in entries))
    except (NoKey, OpenKeyFile, BadKey):
        return


def check_in(ids: Collection[UUID] | None, at: datetime) -> list[Receipt]:
    """Sign the check-ins that are due (None: all of them) and put them into the outbox. A visit
    without a cost owes none yet, and one whose check-in would be faulty waits until its claim is
    mended.

    Raises
    ------
    NoKey, OpenKeyFile, BadKey
    """
    rows = Claim.objects.filter(check_in="due", state__in=UNSENT)
    rows = rows if ids is None else rows.filter(pk__among=set(ids))
    if not rows.exists():
        return []
    signer = signing.own()
    by, on = _program(at)
    receipts = []
    for some in _pieces(rows, AT_ONCE):
        made = examining.check_ins(by=by, ids=[claim.pk for claim in some], on=on)
        operations = [
            _told(_posted(claim, made[claim.pk], signer), claim.unit_id, at)
            for claim in some
            if claim.pk in made
        ]
        receipts += commit(by=by, operations=operations, at=at) if operations else []
    return receipts


def _posted(claim: Claim, row: Row, signer: signing.Signer) -> KeepCheckIn:
    book = judging.checker().book(claim.day)
    content = signer.sign(write_check_in([row], book.layouts, book.fields))
    return KeepCheckIn(
        claim=claim.pk, version=claim.version, content=base64.b64encode(content).decode("ascii"),
        digest=hashlib.sha256(content).hexdigest(), facility=row["MA_CSKCB"], signer=signer.name,
    )  # fmt: skip


def sign(ids: Collection[UUID] | None, at: datetime) -> list[Receipt]:
    """Sign approved claims (None: all of them) and put their files into the outbox. One whose record
    or catalogue says something else than was checked goes back to be checked.

    Raises
    ------
    NoKey, OpenKeyFile, BadKey
    """
    signer = signing.own()
    by, on = _program(at)
    receipts = []
    rows = Claim.objects.filter(state="approved")
    rows = rows if ids is None else rows.filter(pk__among=set(ids))
    for some in _pieces(rows, AT_ONCE):
        changes = {claim.pk: claim.changes for claim in some}
        found = examining.examine(by=by, ids=changes, on=on, changes=changes)
        operations = []
        for claim in some:
            one = found.get(claim.pk)
            if one is None or one.digest != claim.digest or _wrong(one):
                operations.append(_told(PrepareClaims(claims=(claim.pk,)), claim.unit_id, at))
                continue
            operations.append(_told(_signed(claim, one, signer, on), claim.unit_id, at))
        receipts += commit(by=by, operations=operations, at=at) if operations else []
    return receipts


def _wrong(one: examining.Examined) -> bool:
    """An error that was not there at the check: another visit of the person was recorded since."""
    return any(finding.severity == "error" for finding in one.findings)


def _signed(claim: Claim, one: examining.Examined, signer: signing.Signer, on: date) -> KeepFile:
    ended = one.material.ended
    book = judging.checker().book(ended)
    facility = one.material.catalogue.facility["insurer_code"]
    content = signer.sign(
        write_visit(
            one.tables, book.layouts, book.fields, facility=facility, made_on=max(on, ended)
        )
    )
    return KeepFile(
        claim=claim.pk, version=claim.version, content=base64.b64encode(content).decode("ascii"),
        digest=hashlib.sha256(content).hexdigest(), facility=facility, signer=signer.name,
    )  # fmt: skip


def _told(payload: Payload, unit: UUID, at: datetime) -> Operation:
    day = at.astimezone(VIETNAM).date()
    return Operation.of(payload, unit=unit, happened_on=day, recorded_at=at)


def _program(at: datetime) -> tuple[Actor, date]:
    on = at.astimezone(VIETNAM).date()
    return Actor.program(on), on


def _pieces(rows: Any, size: int) -> Iterator[list[Claim]]:
    """Claims in the order in which their visits ended, some at a time."""
    held = list(rows.order_by("ended_at", "id"))
    for n in range(0, len(held), size):
        yield held[n : n + size]
