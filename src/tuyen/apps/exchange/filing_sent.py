"""Referrals and appointments that come in: filed as people whom the unit expects, and what becomes of
them follows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.operations import ChangeComing, ReceivePatient, Sent
from tuyen.apps.clinical.queries import ComingRow
from tuyen.apps.exchange import codec, keys, queries, sent_in
from tuyen.apps.exchange.care_in import Place
from tuyen.apps.exchange.filing import Filing, Told, place_of
from tuyen.apps.exchange.indexing import LOCAL, facts
from tuyen.apps.exchange.refusals import AnsweredHere, ChangedHere, InThePast, NobodyHere, NotAgreed
from tuyen.apps.exchange.wishes import Wish
from tuyen.apps.journal import store
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.refusal import Refusal
from tuyen.rules.exchange.fhir_types import fhir_types

TYPES = ("ServiceRequest", "Appointment")


class SentHere:
    """The referrals and appointments that some changes are of."""

    def __init__(self, by: Actor, unit: UUID, at: datetime) -> None:
        self.by, self.unit, self.at = by, unit, at

    def plan(self, wishes: Sequence[Wish], told: Told) -> list[Filing]:
        """The operations that file them. A constant number of queries."""
        mine = [wish for wish in wishes if wish.type.name in TYPES]
        if not mine:
            return []
        place = place_of(self.by, self.unit, wishes)
        names = _names(wishes)
        contents = {(w.type.name, w.id): codec.exact(w.body) for w in mine if w.method != "DELETE"}
        old = [(wish.type.name, wish.id) for wish in mine if wish.method != "POST"]
        rows, used = self._standing(old)
        before = self._before(old)
        whose = self._whose(contents, told.people)
        filings = []
        for wish in mine:
            key = (wish.type.name, wish.id)
            tries = keys.tries(*key)
            row = next((rows[id] for id in tries if id in rows), None)
            person = row.person if row is not None else whose.get(key)
            try:
                if person is None:
                    raise NobodyHere()
                if row is None:
                    payload: Payload | None = self._new(contents.get(key), person, place, names)
                    number = next((id for id in tries if id not in used), None)
                else:
                    was = before.get(key)
                    payload = self._changed(row, was, contents.get(key), person, place, names)
                    number = None
            except Refusal as refusal:
                wish.remarks.append(refusal)
                continue
            record = row.id if row is not None else number
            if payload is not None and record is not None:
                made = Operation.of(
                    payload, unit=self.unit, happened_on=self.at.date(), recorded_at=self.at,
                    id=number,
                )  # fmt: skip
                filings.append(Filing(made, (wish,), f"Task/{record}"))
        return filings

    def _standing(self, old: Sequence[tuple[str, str]]) -> tuple[dict[UUID, ComingRow], set[UUID]]:
        """What was filed of them before, and which operations were tried."""
        ids = {id for key in old for id in keys.tries(*key)}
        if not ids:
            return {}, set()
        held = clinical.coming_by_ids(by=self.by.stating("care"), ids=ids)
        return {row.id: row for row in held}, store.known(ids)

    def _before(self, old: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
        rows = queries.several(by=self.by, wanted=list(old)) if old else []
        return {(row.type, row.id): codec.plain(row.body) for row in rows if row.kept}

    def _whose(
        self, contents: Mapping[tuple[str, str], dict[str, Any]], people: Mapping[str, UUID]
    ) -> dict[tuple[str, str], UUID]:
        subjects = {
            key: facts(fhir_types()[key[0]], said).subject for key, said in contents.items()
        }
        asked = set(subjects.values()) - people.keys() - {""}
        here = {**queries.people_of(by=self.by, subjects=asked), **people}
        return {key: here[subject] for key, subject in subjects.items() if subject in here}

    def _new(
        self, content: dict[str, Any] | None, person: UUID, place: Place, names: dict[str, str]
    ) -> Payload | None:
        if content is None:
            return None
        told = sent_in.read(content, person, place, names)
        if told.state != "waiting":
            raise NotAgreed(status=str(content.get("status")))
        today = self.at.astimezone(LOCAL).date()
        if told.sent.kind == "appointment" and told.sent.on < today:
            raise InThePast(on=told.sent.on, today=today)
        return ReceivePatient(sent=told.sent)

    def _changed(
        self, row: ComingRow, was: dict[str, Any] | None, content: dict[str, Any] | None,
        person: UUID, place: Place, names: dict[str, str],
    ) -> Payload | None:  # fmt: skip
        """What becomes of one that was filed before."""
        record = f"Task/{row.id}"
        if row.shut:
            raise ChangedHere(record=record)
        held = _sent(row)
        if row.state == "answered":
            if content is not None and sent_in.state_of(content) == "kept":
                return None  # they say that it is done, and so do we
            raise AnsweredHere(record=record)
        if content is None:
            return ChangeComing(coming=row.id, state="withdrawn", sent=held, reason="FHIR: deleted")
        state = sent_in.state_of(content)
        if state == "withdrawn":
            # What is taken back needs not say again whom and when.
            sent = held
        else:
            told = sent_in.read(content, person, place, names)
            sent, state = told.sent, told.state
        if (sent, state) == (held, row.state):
            return None
        status = f"FHIR: {content.get('status')}"[:500]
        return ChangeComing(coming=row.id, state=state, sent=sent, reason=status)  # type: ignore[arg-type]  # one of the three


def _sent(row: ComingRow) -> Sent:
    return Sent(
        kind=row.kind, person=row.person, on=row.on, at=row.at,  # type: ignore[arg-type]  # of the two
        from_name=row.from_name, reason=row.reason, urgent=row.urgent, source=row.source,
        apart=row.apart,
    )  # fmt: skip


def _names(wishes: Sequence[Wish]) -> dict[str, str]:
    """What the organisations of a bundle are called."""
    return {
        wish.id: str(wish.content.get("name") or "")
        for wish in wishes
        if wish.type.name == "Organization" and wish.method != "DELETE"
    }
