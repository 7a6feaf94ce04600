"""How somebody died is kept, and amended; the death itself is the registry's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.clinical import death_checks
from tuyen.apps.clinical.models import DeathAccount, DeathStep
from tuyen.apps.clinical.operations import AmendDeath, DeathFacts, DescribeDeath
from tuyen.apps.clinical.refusals import (
    AccountUnchanged,
    DescribedAlready,
    NotDead,
    NotYourPeople,
    ReasonNeeded,
    UnknownAccount,
)
from tuyen.apps.clinical.services.told import Held, People, Row, day_of
from tuyen.apps.registry.queries import Vital
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies, follows
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import codes, sensitive

WHY = 3
"""Letters of a reason, at least."""
_encode = msgspec.json.Encoder().encode


@applies(DescribeDeath)
def describe_deaths(batch: Batch[DescribeDeath]) -> None:
    """Keep the account of each death that has none, by whichever record the person goes."""
    people = People((e.payload.person for e in batch.entries), batch.entries[0].happened_on)
    held = Held(DeathAccount, DeathAccount.objects.filter(person__id__among=people.every))
    for entry in batch.entries:
        said = entry.payload
        try:
            people.unit(entry)
            person = _dead(people, said.person)
            _reached(people, entry, person)
            facts = _checked(said.what, person)
            root = people.root(said.person)
            if any(people.root(row["person_id"]) == root for row in held.rows()):
                raise DescribedAlready()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.write({
            "id": entry.id, "person_id": said.person, "unit_id": entry.unit, **facts, "version": 1,
            "author_id": entry.author, "received_at": entry.received_at,
        })  # fmt: skip
    held.post()


@applies(AmendDeath)
def amend_deaths(batch: Batch[AmendDeath]) -> None:
    """Write each account as it is from now on; what had stood is kept beside it."""
    ids = {entry.payload.account for entry in batch.entries}
    held, steps = Held(DeathAccount, DeathAccount.objects.filter(pk__among=ids)), Held(DeathStep)
    people = People((row["person_id"] for row in held.rows()), batch.entries[0].happened_on)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _account(people, held, entry, said.account)
            facts = _checked(said.what, _dead(people, row["person_id"]))
            if len(said.reason.strip()) < WHY:
                raise ReasonNeeded()
            if row | facts == row:
                raise AccountUnchanged()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        steps.write(_step(entry, row))
        held.write(row | facts | {"version": row["version"] + 1})
    held.post()
    steps.post()


@follows("registry.void_death", room="clinical")
def forget_accounts(entries: Sequence[Entry[Any]]) -> None:
    """How somebody died who lives stands nowhere; what had been said is kept with the reason."""
    said = {entry.payload.person: entry for entry in entries}
    people = People(said, day_of(entries[0].received_at))
    held = Held(DeathAccount, DeathAccount.objects.filter(person__id__among=people.every))
    steps = Held(DeathStep)
    of = {people.root(person): entry for person, entry in said.items()}
    for row in held.rows():
        entry = of.get(people.root(row["person_id"]))
        if entry is not None:
            steps.write(_step(entry, row) | {"id": derived_id(entry.id, "account", row["id"])})
            held.drop(row["id"])
    held.post()
    steps.post()


def _account(people: People, held: Held, entry: Entry[Any], id: UUID) -> Row:
    """An account for the entry's unit to correct: it wrote it, or the person was one of its people. One of
    another is answered like one that does not exist."""
    row = held.get(id)
    if row is None:
        raise UnknownAccount(account=id)
    if not people.may(entry, row["unit_id"]):
        try:
            _reached(people, entry, people.person(row["person_id"]))
        except NotYourPeople:
            raise UnknownAccount(account=id) from None
    return row


def _dead(people: People, id: UUID) -> Vital:
    person = people.person(id)
    if person.died_on is None:
        raise NotDead()
    return person


def _reached(people: People, entry: Entry[Any], person: Vital) -> None:
    """The last home of somebody lies where the unit keeps the records."""
    known = people.map.unit(entry.unit) is not None
    if not known or person.place not in people.map.reach(entry.unit, "own", entry.happened_on):
        raise NotYourPeople()


def _checked(what: DeathFacts, person: Vital) -> dict[str, Any]:
    """The columns of what is told, or the first thing that is wrong with it."""
    assert person.died_on is not None  # asked before
    for _field, refusal in death_checks.faults(what, sex=person.sex, died_on=person.died_on):
        raise refusal
    told = what.cause.strip().upper()
    cause = codes.normal(told) or told
    return {
        "cause": cause, "cause_words": what.cause_words.strip(), "place": what.place,
        "place_name": what.place_name.strip(), "certified_by": what.certified_by,
        "certifier": what.certifier.strip(), "cared": what.cared, "mother": what.mother,
        "note": what.note.strip(), "apart": bool(cause and sensitive.kind_of(cause)),
    }  # fmt: skip


def _step(entry: Entry[Any], row: Row) -> Row:
    kept = {name: row[name] for name in DeathFacts.__struct_fields__}
    return {
        "id": entry.id, "account_id": row["id"], "person_id": row["person_id"],
        "unit_id": row["unit_id"], "version": row["version"], "reason": entry.payload.reason.strip(),
        "content": _encode(kept).decode(), "apart": row["apart"], "author_id": entry.author,
        "received_at": entry.received_at,
    }  # fmt: skip
