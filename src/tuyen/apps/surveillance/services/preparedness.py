"""Risks, actions and duties as rows."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import Duty, PlanAction, RiskAssessment, RiskScore
from tuyen.apps.surveillance.operations import (
    ApproveAssessment,
    CloseAction,
    DropRisk,
    ReopenAssessment,
    ScoreRisk,
    SetAction,
    SetDuties,
)
from tuyen.apps.surveillance.refusals import (
    ActionIsClosed,
    AssessmentIsApproved,
    CorrectsAnother,
    DutyWithoutPhone,
    NotApproved,
    NotAssessed,
    NothingToApprove,
    UnknownAction,
    UnknownHazard,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import surveillance as diseases
from tuyen.rules.surveillance import preparedness as rules

_ASSESSMENT = (
    "id",
    "unit_id",
    "year",
    "state",
    "decided_on",
    "decided_by_id",
    "note",
    "changed_at",
)
_SCORE = (
    "id", "unit_id", "year", "hazard", "likelihood", "impact", "factors", "capacity", "score",
    "level", "method", "note", "evidence", "author_id", "changed_at",
)  # fmt: skip
_ACTION = (
    "id", "unit_id", "year", "hazard", "text", "owner", "due", "state", "closed_on", "evidence",
    "changed_at",
)  # fmt: skip
_DUTY = ("id", "unit_id", "day", "shift", "place", "name", "phone", "role", "changed_at")
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(ScoreRisk)
def score_risks(batch: Batch[ScoreRisk]) -> None:
    """Keep the score of a hazard, by the method of the day it was scored."""
    book = _Rows(RiskAssessment, _ASSESSMENT, map(_assessment_id, batch.entries))
    scores = _Rows(RiskScore, _SCORE, map(_score_id, batch.entries))
    known = set(rules.hazards()) | {disease.id for disease in diseases.all_diseases()}
    for entry in batch.entries:
        said = entry.payload
        try:
            if said.hazard not in known:
                raise UnknownHazard(value=said.hazard)
            _check_draft(book, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        how = rules.method(entry.happened_on)
        score = how.score(said.likelihood, said.impact, said.factors, said.capacity)
        scores.write((
            _score_id(entry), entry.unit, said.year, said.hazard, said.likelihood, said.impact,
            said.factors, said.capacity, score, how.level(score), how.since, said.note.strip(),
            _encode(said.evidence).decode(), entry.author, entry.received_at,
        ))  # fmt: skip
        if book.get(_assessment_id(entry)) is None:
            book.write((_assessment_id(entry), entry.unit, said.year, "draft", None, None, "",
                        entry.received_at))  # fmt: skip
    scores.post()
    book.post()


@applies(DropRisk)
def drop_risks(batch: Batch[DropRisk]) -> None:
    """Take hazards out of a draft."""
    book = _Rows(RiskAssessment, _ASSESSMENT, map(_assessment_id, batch.entries))
    scores = _Rows(RiskScore, _SCORE, map(_score_id, batch.entries))
    for entry in batch.entries:
        try:
            _check_draft(book, entry)
            if scores.get(_score_id(entry)) is None:
                raise NotAssessed(hazard=entry.payload.hazard, year=entry.payload.year)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        scores.drop(_score_id(entry))
    scores.post()


@applies(ApproveAssessment)
def approve(batch: Batch[ApproveAssessment]) -> None:
    """What was approved stays as it is."""
    book = _Rows(RiskAssessment, _ASSESSMENT, map(_assessment_id, batch.entries))
    wanted = {(entry.unit, entry.payload.year) for entry in batch.entries}
    rows = RiskScore.objects.filter(unit_id__among={unit for unit, _ in wanted}).order_by()
    scored = set(fetch(rows.values_list("unit_id", "year").distinct()))
    for entry in batch.entries:
        said = entry.payload
        try:
            _check_draft(book, entry)
            if (entry.unit, said.year) not in scored:
                raise NothingToApprove(year=said.year)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.write((_assessment_id(entry), entry.unit, said.year, "approved", entry.happened_on,
                    entry.author, said.note.strip(), entry.received_at))  # fmt: skip
    book.post()


@applies(ReopenAssessment)
def reopen(batch: Batch[ReopenAssessment]) -> None:
    """A draft again; who reopened it and why stands on it."""
    book = _Rows(RiskAssessment, _ASSESSMENT, map(_assessment_id, batch.entries))
    for entry in batch.entries:
        said, row = entry.payload, book.get(_assessment_id(entry))
        if row is None or row["state"] != "approved":
            batch.refuse(entry, NotApproved(year=said.year))
            continue
        book.write((row["id"], entry.unit, said.year, "draft", entry.happened_on, entry.author,
                    said.reason.strip(), entry.received_at))  # fmt: skip
    book.post()


@applies(SetAction)
def set_actions(batch: Batch[SetAction]) -> None:
    """Plan an action, or change one that is still open."""
    actions = _Rows(PlanAction, _ACTION, (e.payload.action for e in batch.entries))
    known = set(rules.hazards()) | {disease.id for disease in diseases.all_diseases()} | {""}
    for entry in batch.entries:
        said = entry.payload
        try:
            if said.hazard not in known:
                raise UnknownHazard(value=said.hazard)
            if said.action is not None:
                _open_action(actions, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        actions.write((
            said.action or entry.id, entry.unit, said.year, said.hazard, said.text.strip(),
            said.owner.strip(), said.due, "open", None, "", entry.received_at,
        ))  # fmt: skip
    actions.post()


@applies(CloseAction)
def close_actions(batch: Batch[CloseAction]) -> None:
    """An action ends once: done or dropped."""
    actions = _Rows(PlanAction, _ACTION, (entry.payload.action for entry in batch.entries))
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _open_action(actions, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        ended = row | {
            "state": said.outcome, "closed_on": entry.happened_on,
            "evidence": said.evidence.strip(), "changed_at": entry.received_at,
        }  # fmt: skip
        actions.write(tuple(ended[name] for name in _ACTION))
    actions.post()


@applies(SetDuties)
def set_duties(batch: Batch[SetDuties]) -> None:
    """Write the rota over, place by place."""
    wanted = [
        _duty_id(entry.unit, duty) for entry in batch.entries for duty in entry.payload.duties
    ]
    rota = _Rows(Duty, _DUTY, wanted)
    for entry in batch.entries:
        named = [duty for duty in entry.payload.duties if duty.name.strip()]
        silent = next((duty for duty in named if len(duty.phone.strip()) < 3), None)
        if silent is not None:
            batch.refuse(entry, DutyWithoutPhone(name=silent.name, day=silent.day))
            continue
        for duty in entry.payload.duties:
            id = _duty_id(entry.unit, duty)
            if not duty.name.strip():
                rota.drop(id)
                continue
            rota.write((id, entry.unit, duty.day, duty.shift, duty.place, duty.name.strip(),
                        duty.phone.strip(), duty.role.strip(), entry.received_at))  # fmt: skip
    rota.post()


def _check_draft(book: "_Rows", entry: Entry[Any]) -> None:
    row = book.get(_assessment_id(entry))
    if row is not None and row["state"] == "approved":
        raise AssessmentIsApproved(year=entry.payload.year, on=row["decided_on"])


def _open_action(actions: "_Rows", entry: Entry[Any]) -> dict[str, Any]:
    row = actions.get(entry.payload.action)
    if row is None or row["unit_id"] != entry.unit:
        raise UnknownAction(action=entry.payload.action)
    if entry.corrects != row["id"]:
        raise CorrectsAnother(expected=row["id"])
    if row["state"] != "open":
        raise ActionIsClosed(on=row["closed_on"])
    return row


def _assessment_id(entry: Entry[Any]) -> UUID:
    return derived_id(entry.unit, "assessment", entry.payload.year)


def _score_id(entry: Entry[Any]) -> UUID:
    return derived_id(entry.unit, "risk", entry.payload.year, entry.payload.hazard)


def _duty_id(unit: UUID, duty: Any) -> UUID:
    return derived_id(unit, "duty", duty.day.isoformat(), duty.shift, duty.place)


class _Rows:
    """The rows of one table that a batch is about, as they stand while it is worked through."""

    def __init__(self, model: Any, columns: tuple[str, ...], ids: Iterable[UUID | None]) -> None:
        self.model, self.columns = model, columns
        rows = fetch(model.objects.filter(pk__among={id for id in ids if id}).values_list(*columns))
        self._rows: dict[UUID, tuple[Any, ...] | None] = {row[0]: tuple(row) for row in rows}
        self._held = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def get(self, id: UUID) -> dict[str, Any] | None:
        row = self._rows.get(id)
        return None if row is None else dict(zip(self.columns, row, strict=True))

    def write(self, row: tuple[Any, ...]) -> None:
        self._rows[row[0]] = row
        self._changed[row[0]] = None

    def drop(self, id: UUID) -> None:
        self._rows[id] = None
        self._changed[id] = None

    def post(self) -> None:
        gone = [id for id in self._changed if id in self._held]
        kept = [row for id in self._changed if (row := self._rows[id]) is not None]
        bulk.replace(self.model, gone, self.columns, kept)
