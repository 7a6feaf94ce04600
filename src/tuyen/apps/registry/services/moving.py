"""Who lets a person go, and who takes them in (ADR 19).

The unit where a person lives answers for the record, and gives it away. Another unit that merely
knows the record's id takes nobody: it shows the number on the person's paper, or it asks.
"""

from typing import Any
from uuid import UUID

from tuyen.apps.registry.bulk import rewrite
from tuyen.apps.registry.models import (
    Household,
    Identifier,
    Membership,
    MoveRequest,
    PersonName,
    Residence,
)
from tuyen.apps.registry.operations import AnswerMove, MovePerson, RequestMove
from tuyen.apps.registry.refusals import (
    AskedAlready,
    LivesHereAlready,
    MovesBackward,
    NoReasonGiven,
    NotYoursToTake,
    UnknownHousehold,
    UnknownRequest,
    WrongNumberShown,
)
from tuyen.apps.registry.services.lives import check_forward
from tuyen.apps.registry.services.people import Book, out_of_reach, recorded_on
from tuyen.apps.registry.services.records import Records
from tuyen.engines.registry.identifiers import clean
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

Homes = dict[UUID, Household]
_OF_MOVES = (Residence, Membership, PersonName)
_SHOWN = "personal_number"


@applies(MovePerson)
def move_persons(batch: Batch[MovePerson]) -> None:
    """Somebody may move twice in one batch: each entry sees where the one before has led."""
    book = Book()
    moves = [entry.payload for entry in batch.entries]
    records = Records.load((move.person for move in moves), *_OF_MOVES, Identifier)
    homes = _homes(move.household for move in moves)
    for entry in batch.entries:
        move = entry.payload
        try:
            person = records.alive(move.person)
            there = _place_of(homes, move.household)
            to = move.place or there
            _may_take(book, records, entry, person, to, move.shown)
            _move(book, records, homes, entry, move)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    records.save()


@applies(RequestMove)
def request_moves(batch: Batch[RequestMove]) -> None:
    book = Book()
    asked = [entry.payload for entry in batch.entries]
    records = Records.load((ask.person for ask in asked), *_OF_MOVES)
    homes = _homes(ask.household for ask in asked)
    waiting = {
        (row.person_id, row.unit_id): row.asked_on
        for row in MoveRequest.objects.filter(answer="", person__in=[a.person for a in asked])
    }
    rows = []
    for entry in batch.entries:
        ask = entry.payload
        since = ask.since or entry.happened_on
        try:
            person = records.alive(ask.person)
            book.within_reach(entry, ask.place)
            if person.place_id and book.answers_for(entry, person.place_id):
                raise LivesHereAlready(name=person.name)
            if (person.pk, entry.unit) in waiting:
                raise AskedAlready(on=waiting[person.pk, entry.unit])
            book.place("place", ask.place, since)
            book.check_day("since", since, person.born_on, recorded_on(entry))
            check_forward(records, person, since)
            if ask.household is not None:
                book.within_reach(entry, _place_of(homes, ask.household))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        waiting[person.pk, entry.unit] = entry.happened_on
        rows.append(
            MoveRequest(
                id=entry.id, unit_id=entry.unit, author_id=entry.author,
                asked_on=entry.happened_on, person_id=person.pk, place_id=ask.place,
                household_id=ask.household, role=ask.role, stay=ask.stay, since=since,
                reason=ask.reason,
            )
        )  # fmt: skip
    MoveRequest.objects.bulk_create(rows)


@applies(AnswerMove)
def answer_moves(batch: Batch[AnswerMove]) -> None:
    """Who answers for the place where the person lives lets go, or does not; whoever asked may
    withdraw."""
    book = Book()
    named = [entry.payload.request for entry in batch.entries]
    open = MoveRequest.objects.filter(answer="").in_bulk(named)
    records = Records.load((row.person_id for row in open.values()), *_OF_MOVES)
    homes = _homes(row.household_id for row in open.values())
    answered = []
    for entry in batch.entries:
        said, row = entry.payload, open.get(entry.payload.request)
        try:
            if row is None:
                raise UnknownRequest(request=said.request)
            answer = _answer(book, records, homes, entry, row)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        row.answer, row.answer_reason = answer, said.reason
        row.answered_on, row.answered_by = entry.happened_on, entry.id
        answered.append(open.pop(said.request))
    rewrite(MoveRequest, ["answer", "answer_reason", "answered_on", "answered_by"], answered)
    records.save()


def _answer(
    book: Book, records: Records, homes: Homes, entry: Entry[AnswerMove], row: MoveRequest
) -> str:
    said = entry.payload
    lives = records.usable(row.person_id).place_id
    # A health centre agrees for the stations that it guides, not for all of the node.
    gives = book.answers_for(entry, lives, above=1)
    if said.agreed:
        if not gives:
            raise out_of_reach(book.atlas, entry, lives)
        move = MovePerson(
            person=row.person_id, place=row.place_id, since=row.since, household=row.household_id,
            role=row.role, stay=row.stay,  # type: ignore[arg-type]  # from checked payloads
        )  # fmt: skip
        _move(book, records, homes, entry, move)
        return "agreed"
    if not gives:
        book.within_reach(entry, row.place_id)
        return "withdrawn"
    if len(said.reason.strip()) < 3:
        raise NoReasonGiven()
    return "declined"


def _may_take(
    book: Book, records: Records, entry: Entry[MovePerson], person: Any, to: UUID | None, shown: str
) -> None:
    """The unit where the person lives may let them go anywhere. Another one may take them in, to
    a place of its own, when they show the number that is on their record."""
    if book.answers_for(entry, person.place_id):
        return
    book.within_reach(entry, to)
    if not shown.strip():
        raise NotYoursToTake(name=person.name)
    held = {n.value for n in records[Identifier].open(person.pk) if n.system == _SHOWN}
    if clean(shown) not in held:
        raise WrongNumberShown()


def _move(book: Book, records: Records, homes: Homes, entry: Entry[Any], move: MovePerson) -> None:
    person = records.alive(move.person)
    since = move.since or entry.happened_on
    there = _place_of(homes, move.household)
    place = move.place or there
    if place is not None:
        book.place("place", place, since)
    book.check_day("since", since, person.born_on, recorded_on(entry))
    check_forward(records, person, since)
    member: Any = next(iter(records[Membership].open(person.pk)), None)
    leaves = member is not None and member.household_id != move.household
    if leaves and member.since is not None and since <= member.since:
        raise MovesBackward(field="since", day=since, since=member.since, name=person.name)
    if leaves:
        records[Membership].change(member, until=since)
    if move.household is not None and (member is None or leaves):
        records[Membership].add(
            Membership(
                id=derived_id(entry.id, "membership"), person_id=person.pk,
                household_id=move.household, role=move.role, since=since,
            )
        )  # fmt: skip
    records.change(person, household_id=move.household)
    records.settle(entry.id, person, place, since, move.stay)


def _homes(named: Any) -> Homes:
    return Household.objects.in_bulk({id for id in named if id is not None})


def _place_of(homes: Homes, household: UUID | None) -> UUID | None:
    """Where a household is; None without one."""
    if household is None:
        return None
    if household not in homes:
        raise UnknownHousehold(household=household)
    return homes[household].place_id
