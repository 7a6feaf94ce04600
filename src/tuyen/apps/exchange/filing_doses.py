"""Doses that come in: copied into the register of doses, each as one that was given earlier or elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import UNSET

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import care_in, codec, keys, queries
from tuyen.apps.exchange.filing import Filing, Told
from tuyen.apps.exchange.indexing import facts
from tuyen.apps.exchange.refusals import ChangedHere, NobodyHere, OnRecordAlready
from tuyen.apps.exchange.wishes import Wish
from tuyen.apps.immunization import queries as immunization
from tuyen.apps.immunization.operations import AmendDose, RecordHistory, VoidDose
from tuyen.apps.immunization.operations.doses import DoseChanges, Remembered
from tuyen.apps.immunization.queries import DoseRow
from tuyen.apps.journal import store
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.refusal import Refusal
from tuyen.rules.exchange.fhir_types import fhir_types

_TYPE = "Immunization"


class Doses:
    """The doses that some changes are of."""

    def __init__(self, by: Actor, unit: UUID, at: datetime) -> None:
        self.by, self.unit, self.at = by, unit, at

    def plan(self, wishes: Sequence[Wish], told: Told) -> list[Filing]:
        """The operations that file them. A constant number of queries."""
        mine = [wish for wish in wishes if wish.type.name == _TYPE]
        if not mine:
            return []
        contents = {w.id: codec.exact(w.body) for w in mine if w.method != "DELETE"}
        old = [wish.id for wish in mine if wish.method != "POST"]
        rows = {row.id: row for row in self._rows(old)}
        used = store.known({t for id in old for t in keys.tries(_TYPE, id)}) if old else set()
        before = self._before(old) if rows else {}
        whose = self._whose(contents, told.people)
        seen = self._seen(set(whose.values()))
        filings: list[Filing] = []
        for wish in mine:
            held = next((rows[dose] for dose in keys.doses(wish.id) if dose in rows), None)
            number = next((t for t in keys.tries(_TYPE, wish.id) if t not in used), None)
            try:
                if held is not None:
                    payload = self._changed(wish, held, before.get(wish.id), contents.get(wish.id))
                    number = None
                elif wish.id in contents and number is not None:
                    payload = self._new(wish, contents[wish.id], whose, seen)
                else:
                    continue
            except Refusal as refusal:
                wish.remarks.append(refusal)
                continue
            if payload is not None:
                made = Operation.of(
                    payload,
                    unit=self.unit,
                    happened_on=self.at.date(),
                    recorded_at=self.at,
                    id=number,
                )
                dose = held.id if held else derived_id(made.id, "dose", 0)
                filings.append(Filing(made, (wish,), f"{_TYPE}/{dose}"))
        return filings

    def _rows(self, old: Sequence[str]) -> list[DoseRow]:
        ids = [dose for id in old for dose in keys.doses(id)]
        return immunization.doses_by_ids(by=self.by, ids=ids) if ids else []

    def _before(self, old: Sequence[str]) -> dict[str, dict[str, Any]]:
        rows = queries.several(by=self.by, wanted=[(_TYPE, id) for id in old])
        return {row.id: codec.plain(row.body) for row in rows if row.kept}

    def _whose(
        self, contents: Mapping[str, dict[str, Any]], people: Mapping[str, UUID]
    ) -> dict[str, UUID]:
        subjects = {id: facts(fhir_types()[_TYPE], said).subject for id, said in contents.items()}
        asked = set(subjects.values()) - people.keys() - {""}
        here = {**queries.people_of(by=self.by, subjects=asked), **people}
        return {id: here[subject] for id, subject in subjects.items() if subject in here}

    def _seen(self, people: set[UUID]) -> dict[tuple[UUID, str, date], UUID]:
        """Which doses are on record of these people: two queries."""
        held = immunization.doses(by=self.by, people=sorted(people)) if people else {}
        return {
            (person, row.vaccine, row.given_on): row.id
            for person, rows in held.items()
            for row in rows
            if row.voided_at is None
        }

    def _new(
        self, wish: Wish, content: dict[str, Any], whose: Mapping[str, UUID],
        seen: dict[tuple[UUID, str, date], UUID],
    ) -> Payload:  # fmt: skip
        told = care_in.dose(content, [self.unit])
        if isinstance(told, Refusal):
            raise told
        person = whose.get(wish.id)
        if person is None:
            raise NobodyHere()
        key = (person, told.vaccine, told.on)
        if key in seen:
            raise OnRecordAlready(record=f"{_TYPE}/{seen[key]}")
        seen[key] = derived_id(keys.tries(_TYPE, wish.id)[0], "dose", 0)
        note = f"FHIR {_TYPE}/{wish.id}"
        return RecordHistory(person=person, doses=(told,), shown="register", note=note)

    def _changed(
        self,
        wish: Wish,
        row: DoseRow,
        before: dict[str, Any] | None,
        content: dict[str, Any] | None,
    ) -> Payload | None:
        record = f"{_TYPE}/{row.id}"
        if row.voided_at is not None:
            raise ChangedHere(record=record)
        if content is None or content.get("status") == "entered-in-error":
            return VoidDose(dose=row.id, reason=f"FHIR: {_TYPE}/{wish.id} entered in error")
        was = care_in.dose(before, [self.unit]) if before is not None else None
        if not isinstance(was, Remembered) or not _is(row, was):
            raise ChangedHere(record=record)
        told = care_in.dose(content, [self.unit])
        if isinstance(told, Refusal):
            raise told
        changes = {
            name: now
            for name in ("vaccine", "on", "precision", "lot", "number", "facility", "place")
            if (now := getattr(told, name)) != getattr(was, name)
        }
        if not changes:
            return None
        reason = f"FHIR: {_TYPE}/{wish.id}"
        said = DoseChanges(**{n: changes.get(n, UNSET) for n in DoseChanges.__struct_fields__})
        return AmendDose(dose=row.id, changes=said, reason=reason, revision=row.revision)


def _is(row: DoseRow, told: Remembered) -> bool:
    """Whether a dose still says what was filed of it; the day only where it was told to the day."""
    same = (row.vaccine, row.lot, row.number) == (
        told.vaccine,
        told.lot.strip().upper(),
        told.number,
    )
    return same and (told.precision != "day" or row.given_on == told.on)
