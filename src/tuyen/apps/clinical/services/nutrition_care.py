"""Malnourished children are taken into treatment by their measures, and leave it by them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.clinical.models import GrowthPoint, NutritionCare
from tuyen.apps.clinical.operations import AdmitMalnourished, DischargeMalnourished
from tuyen.apps.clinical.refusals import (
    DischargeBeforeAdmission,
    DischargedAlready,
    NotCuredYet,
    NotDefaultedYet,
    NotMalnourished,
    NotMeasured,
    UnderCareAlready,
    UnknownCareOfChild,
    WrongCare,
)
from tuyen.apps.clinical.services.told import Held, People, Row
from tuyen.engines.clinical.feeding import Leaving, Seen, recovered
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import nutrition

MEASURED_WITHIN = 7
"""Days before an admission within which the child was measured."""
CARES = {
    "moderate": ("supplementary",),
    "severe": ("outpatient", "inpatient"),
    "complicated": ("inpatient",),
}


class _Children:
    """The children of a batch with their points and treatments: a constant number of reads."""

    def __init__(self, ids: list[UUID], on: date) -> None:
        self.people = People(ids, on)
        self.care = Held(
            NutritionCare, NutritionCare.objects.filter(person__id__among=self.people.every)
        )
        self._points = Held(
            GrowthPoint, GrowthPoint.objects.filter(person__id__among=self.people.every)
        ).rows()

    def points(self, id: UUID, first: date, last: date) -> list[Row]:
        root = self.people.root(id)
        found = [
            row for row in self._points
            if self.people.root(row["person_id"]) == root and first <= row["on"] <= last
        ]  # fmt: skip
        return sorted(found, key=lambda row: (row["on"], str(row["id"])))

    def under_care(self, id: UUID) -> Row | None:
        root = self.people.root(id)
        return next(
            (row for row in self.care.rows()
             if row["until"] is None and self.people.root(row["person_id"]) == root), None,
        )  # fmt: skip


@applies(AdmitMalnourished)
def admit(batch: Batch[AdmitMalnourished]) -> None:
    """Take children into the treatment that their last measures ask for."""
    book = _Children([e.payload.person for e in batch.entries], batch.entries[0].happened_on)
    for entry in batch.entries:
        said = entry.payload
        try:
            book.people.unit(entry)
            book.people.alive(said.person, said.since, entry, "since")
            held = book.under_care(said.person)
            if held is not None:
                raise UnderCareAlready(since=held["since"])
            first = said.since - timedelta(days=MEASURED_WITHIN)
            points = [p for p in book.points(said.person, first, said.since)
                      if p["acute"] != "unknown"]  # fmt: skip
            if not points:
                raise NotMeasured(days=MEASURED_WITHIN, on=said.since)
            acute = points[-1]["acute"]
            if acute not in CARES:
                raise NotMalnourished(on=points[-1]["on"])
            if said.how not in CARES[acute]:
                expected = ", ".join(CARES[acute])
                raise WrongCare(on=points[-1]["on"], acute=acute, expected=expected)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.care.write({
            "id": entry.id, "person_id": said.person, "unit_id": entry.unit, "since": said.since,
            "how": said.how, "acute": acute, "until": None, "outcome": "",
            "note": said.note.strip(), "author_id": entry.author, "received_at": entry.received_at,
        })  # fmt: skip
    book.care.post()


@applies(DischargeMalnourished)
def discharge(batch: Batch[DischargeMalnourished]) -> None:
    """Let children go, those that are told cured or defaulted by what their visits show."""
    found = Held(
        NutritionCare,
        NutritionCare.objects.filter(pk__among={e.payload.care for e in batch.entries}),
    )
    book = _Children([row["person_id"] for row in found.rows()], batch.entries[0].happened_on)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _find(book, entry)
            # A child that died leaves on the day of its death at the earliest; others in life.
            if said.outcome not in ("died", "error"):
                book.people.alive(row["person_id"], said.on, entry)
            if said.on < row["since"]:
                raise DischargeBeforeAdmission(on=said.on, since=row["since"])
            _check_outcome(book, row, said)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        note = said.note.strip() or row["note"]
        book.care.write(row | {"until": said.on, "outcome": said.outcome, "note": note})
    book.care.post()


def _find(book: _Children, entry: Entry[DischargeMalnourished]) -> Row:
    row = book.care.get(entry.payload.care)
    if row is None or not book.people.may(entry, row["unit_id"]):
        raise UnknownCareOfChild(care=entry.payload.care)
    if row["until"] is not None:
        raise DischargedAlready(on=row["until"])
    return row


def _check_outcome(book: _Children, row: Row, said: DischargeMalnourished) -> None:
    points = book.points(row["person_id"], row["since"], said.on)
    if said.outcome == "cured":
        rule = Leaving(*nutrition.leaving(said.on))
        if not recovered([seen_of(point) for point in points], rule, said.on):
            raise NotCuredYet(
                visits=rule.visits, score=rule.score, arm=rule.arm, days=rule.without_oedema_days
            )
    if said.outcome == "defaulted":
        last = max((point["on"] for point in points), default=row["since"])
        if (said.on - last).days < nutrition.default_days(said.on):
            raise NotDefaultedYet(seen=last, days=nutrition.default_days(said.on))


def seen_of(point: Any) -> Seen:
    """A point as a visit under treatment; a score that cannot be true is none."""
    wfh = None if "wfh" in point["doubtful"].split(",") else point["wfh"]
    return Seen(point["on"], wfh, point["muac"], point["oedema"] or 0)
