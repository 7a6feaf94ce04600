"""What somebody does not bear is kept, amended and ended; and asked about where a visit prescribes."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q

from tuyen.apps.clinical import not_borne
from tuyen.apps.clinical.keeping import day_of
from tuyen.apps.clinical.models import Allergy, AllergyStep
from tuyen.apps.clinical.operations import (
    AmendAllergy,
    Content,
    EndAllergy,
    Intolerance,
    RecordAllergy,
)
from tuyen.apps.clinical.refusals import (
    AgainstUnnamed,
    AllergyAlready,
    AllergyEnded,
    AllergyKnown,
    AllergyUnanswered,
    AllergyUnchanged,
    EndsBeforeItWasNoted,
    InTheFuture,
    ReasonNeeded,
    UnknownAgainst,
    UnknownAllergy,
)
from tuyen.apps.clinical.services.told import Held, People, Row
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.prepared import prepared
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.text import fold
from tuyen.rules.clinical import allergies as rules
from tuyen.rules.clinical import sensitive
from tuyen.rules.supply.items import item, nearest

WHY = 3
"""Letters of a reason, at least."""
_encode = msgspec.json.Encoder().encode


@applies(RecordAllergy)
def record_allergies(batch: Batch[RecordAllergy]) -> None:
    """Keep what is told, each judged with what stands of the person; that none is known ends there."""
    people = People((e.payload.person for e in batch.entries), batch.entries[0].happened_on)
    held = Held(Allergy, Allergy.objects.filter(person__id__among=people.every))
    for entry in batch.entries:
        said = entry.payload
        try:
            people.unit(entry)
            person = people.alive(said.person, said.noted_on, entry, "noted_on")
            _check(said.what, said.noted_on, person.born_on)
            root = people.root(said.person)
            others = [
                row for row in held.rows()
                if row["state"] == "live" and people.root(row["person_id"]) == root
            ]  # fmt: skip
            _check_new(said.what, others)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for row in others:
            if row["against"] == "none":
                end = {"ended_on": max(said.noted_on, row["noted_on"]), "how": "superseded"}
                held.write(row | end | {"state": "ended"})
        held.write(_row(entry))
    held.post()


@applies(AmendAllergy)
def amend_allergies(batch: Batch[AmendAllergy]) -> None:
    """Write each as it is from now on; what had stood is kept beside it."""
    held, steps, people = _standing(batch, {e.payload.allergy for e in batch.entries})
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _live(held, people, entry, said.allergy)
            person = people.person(row["person_id"])
            _check(said.what, row["noted_on"], person.born_on)
            changed = row | _content(said.what)
            if changed == row:
                raise AllergyUnchanged()
            reason = _reason(said.reason)
            others = [
                one for one in held.rows()
                if one["state"] == "live" and one["id"] != row["id"]
                and people.root(one["person_id"]) == people.root(row["person_id"])
            ]  # fmt: skip
            _check_new(said.what, others)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        steps.write(_step(entry, row, "amended", reason))
        held.write(changed | {"version": row["version"] + 1})
    held.post()
    steps.post()


@applies(EndAllergy)
def end_allergies(batch: Batch[EndAllergy]) -> None:
    """From a day on it is asked about no more. The row stays, with why."""
    held, steps, people = _standing(batch, {e.payload.allergy for e in batch.entries})
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _live(held, people, entry, said.allergy)
            today = day_of(entry.received_at)
            if said.on > today:
                raise InTheFuture(field="on", on=said.on, today=today)
            if said.on < row["noted_on"]:
                raise EndsBeforeItWasNoted(on=said.on, noted=row["noted_on"])
            reason = _reason(said.reason)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        steps.write(_step(entry, row, "ended", reason))
        end = {"state": "ended", "ended_on": said.on, "how": said.how, "reason": reason}
        held.write(row | end | {"version": row["version"] + 1})
    held.post()
    steps.post()


class Borne:
    """What people do not bear: two reads, none for nobody. ``stands``: the record that stands for each."""

    def __init__(self, people: Collection[UUID], stands: Mapping[UUID, UUID]) -> None:
        self._rows: dict[UUID, list[tuple[Any, ...]]] = {}
        if not people:
            return
        records = registry.born_as({stands[person] for person in people})
        root_of = {id: root for root, ids in records.items() for id in ids}
        known: dict[UUID, list[tuple[Any, ...]]] = {}
        for person, *row in _held_against(set(root_of)):
            known.setdefault(root_of[person], []).append(tuple(row))
        self._rows = {person: known.get(stands[person], []) for person in people}

    def any(self, person: UUID) -> bool:
        return bool(self._rows.get(person))

    def check(self, person: UUID, items: Iterable[str], day: date) -> None:
        """Raise the first of these medicines that somebody does not bear by what was known on a day."""
        known = {
            row[0]: row for row in self._rows.get(person, ())
            if row[4] <= day and (row[5] is None or day < row[5])
        }  # fmt: skip
        found = not_borne.asked(items, (row[:4] for row in known.values()), day)
        if found:
            _key, against, code, name, *_days, apart = known[found[0].key]
            what = "-" if apart else rules.named(against, code, name)
            raise AllergyUnanswered(item=found[0].item, what=what)


class Asked:
    """Whether the medicines of a batch of visits are borne: two reads where any visit has a medicine, none
    where no visit has. ``stands``: the record that stands for each person."""

    def __init__(self, contents: Iterable[Content], stands: Mapping[UUID, UUID]) -> None:
        self._borne = Borne(
            {one.person for one in contents if one.prescribed or one.dispensed}, stands
        )

    def check(self, content: Content, before: Content | None = None) -> None:
        """Raise the first medicine that somebody does not bear and that is given without a word why.

        An amended visit answers for what it adds: what was given before an allergy was known was
        given.
        """
        if not self._borne.any(content.person):
            return
        old = _items(before) if before else set()
        reasons = {one.item: one.despite for one in content.prescribed}
        for given in content.dispensed:
            reasons[given.item] = reasons.get(given.item) or given.despite
        wanted = [
            code for code, why in reasons.items() if len(why.strip()) < WHY and code not in old
        ]
        self._borne.check(content.person, wanted, day_of(content.began_at))


@prepared
def _held_against(people: Collection[UUID]) -> Any:
    rows = Allergy.objects.filter(~Q(against="none"), ~Q(how="error"), person__id__among=people)
    return rows.order_by("noted_on", "pk").values_list(
        "person_id", "pk", "against", "code", "name", "noted_on", "ended_on", "apart"
    )


def _items(content: Content) -> set[str]:
    prescribed = {one.item for one in content.prescribed}
    return prescribed | {one.item for one in content.dispensed}


def _check(what: Intolerance, noted: date, born: date) -> None:
    if what.since is not None and what.since > noted:
        raise InTheFuture(field="since", on=what.since, today=noted)
    if what.since is not None and what.since < born:
        raise EndsBeforeItWasNoted(on=what.since, noted=born)
    if what.against == "item" and item(what.code) is None:
        raise UnknownAgainst(value=what.code or "-", suggestions=", ".join(nearest(what.code)[:3]))
    if what.against == "class" and what.code not in rules.classes(noted):
        raise UnknownAgainst(value=what.code or "-", suggestions=", ".join(rules.classes(noted)))
    if what.against == "other" and not what.name.strip():
        raise AgainstUnnamed()


def _check_new(what: Intolerance, others: list[Row]) -> None:
    for row in others:
        said = rules.named(row["against"], row["code"], row["name"])
        if what.against == "none" and row["against"] != "none":
            raise AllergyKnown(what="-" if row["apart"] else said, since=row["noted_on"])
        same = (row["against"], row["code"]) == (what.against, what.code)
        if same and fold(row["name"]) == fold(what.name):
            raise AllergyAlready(what=said or row["against"], since=row["noted_on"])


def _content(what: Intolerance) -> dict[str, Any]:
    none = what.against == "none"
    return {
        "against": what.against, "code": what.code if what.against in ("item", "class") else "",
        "name": "" if none else what.name.strip(), "category": what.category, "kind": what.kind,
        "severity": "" if none else what.severity, "certainty": what.certainty,
        "reaction": "" if none else what.reaction.strip(), "since": None if none else what.since,
        "note": what.note.strip(),
        "apart": what.against == "item" and sensitive.item_apart(what.code),
    }  # fmt: skip


def _row(entry: Entry[RecordAllergy]) -> Row:
    said = entry.payload
    return {
        "id": entry.id, "person_id": said.person, "unit_id": entry.unit, **_content(said.what),
        "noted_on": said.noted_on, "state": "live", "ended_on": None, "how": "", "reason": "",
        "version": 1, "author_id": entry.author, "received_at": entry.received_at,
    }  # fmt: skip


def _standing(batch: Batch[Any], ids: set[UUID]) -> tuple[Held, Held, People]:
    """The entries that a batch is about, with all others of their people."""
    owners = Allergy.objects.filter(pk__among=ids).values_list("person_id")
    people = People({row[0] for row in fetch(owners)}, batch.entries[0].happened_on)
    held = Held(Allergy, Allergy.objects.filter(person__id__among=people.every))
    return held, Held(AllergyStep), people


def _live(held: Held, people: People, entry: Entry[Any], id: UUID) -> Row:
    """An entry of the unit's that stands. One of another is answered like one that does not exist."""
    row = held.get(id)
    if row is None or not people.may(entry, row["unit_id"]):
        raise UnknownAllergy(allergy=id)
    if row["state"] != "live":
        reason = row["reason"] or rules.word("ended", row["how"])
        raise AllergyEnded(on=row["ended_on"], reason=reason)
    return row


def _step(entry: Entry[Any], row: Row, what: str, reason: str) -> Row:
    kept = {name: row[name] for name in _KEPT}
    return {
        "id": entry.id, "allergy_id": row["id"], "person_id": row["person_id"],
        "unit_id": row["unit_id"], "what": what, "version": row["version"], "reason": reason,
        "apart": row["apart"], "author_id": entry.author, "received_at": entry.received_at,
        "content": _encode(kept).decode(),
    }  # fmt: skip


_KEPT = (
    "against",
    "code",
    "name",
    "category",
    "kind",
    "severity",
    "certainty",
    "reaction",
    "since",
    "note",
)


def _reason(told: str) -> str:
    reason = told.strip()
    if len(reason) < WHY:
        raise ReasonNeeded()
    return reason
