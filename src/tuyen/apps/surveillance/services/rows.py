"""A case as a row: its columns in order, and how they follow from the report."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.surveillance.judging import Circumstances, Standing
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.apps.surveillance.sameness import folded

COLUMNS = (
    "id", "unit_id", "commune_id", "village_id", "facility_id", "disease", "group", "window",
    "classification", "sex", "birth_date", "age", "age_band", "onset_on", "diagnosed_on",
    "reported_at", "received_at", "due_at", "late", "outcome", "outcome_on", "admitted_on", "died",
    "person_id", "identity", "name", "name_folded", "cluster", "linked", "external_id", "author_id",
    "revision", "changed_at", "moved_from", "voided_at", "void_reason", "content",
)  # fmt: skip

_encode = msgspec.json.Encoder().encode


def row_of(
    id: UUID,
    case: ReportCase,
    given: Circumstances,
    standing: Standing,
    author: UUID | None,
    changed_at: datetime,
) -> dict[str, Any]:
    """The columns of a case that follow from its report and the rules of its day."""
    return {
        "id": id,
        "unit_id": given.unit,
        "commune_id": standing.commune,
        "village_id": standing.village,
        "facility_id": case.facility,
        "disease": case.disease,
        "group": standing.group,
        "window": standing.window,
        "classification": case.classification,
        "sex": case.sex,
        "birth_date": case.birth_date,
        "age": standing.age,
        "age_band": standing.age_band,
        "onset_on": case.onset_on,
        "diagnosed_on": standing.diagnosed_on,
        "reported_at": given.reported_at,
        "received_at": given.received_at,
        "due_at": standing.due_at,
        "late": standing.late,
        "outcome": case.outcome or "",
        "outcome_on": case.outcome_on,
        "admitted_on": case.admitted_on,
        "died": case.outcome == "died",
        "person_id": case.person,
        "identity": case.identity.replace(" ", ""),
        "name": case.name,
        "name_folded": folded(case.name),
        "cluster": case.cluster.strip(),
        "linked": bool(case.linked_to),
        "external_id": case.external_id.strip(),
        "author_id": author,
        "revision": 0,
        "changed_at": changed_at,
        "moved_from": "",
        "voided_at": None,
        "void_reason": "",
        "content": _encode(case).decode(),
    }


def in_order(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(map(row.__getitem__, COLUMNS))
