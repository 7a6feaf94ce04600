"""The rows that a visit writes."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from tuyen.apps.clinical.keeping import Row, columns_of, day_of, written
from tuyen.apps.clinical.models import (
    Diagnosis,
    Measurement,
    Referral,
    SensitiveContent,
    SensitiveDiagnosis,
    Visit,
    VisitStep,
)
from tuyen.apps.clinical.operations import Content, ReturnReferral
from tuyen.apps.clinical.standing_apart import kind, open_part, stands_apart
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Entry

VISIT = columns_of(Visit)
PARTS: dict[Any, tuple[str, ...]] = {
    model: columns_of(model) for model in (Measurement, Diagnosis, SensitiveDiagnosis)
}
"""Tables whose rows hang on a live visit, and are written anew with it."""
APART, STEP, REFERRAL = columns_of(SensitiveContent), columns_of(VisitStep), columns_of(Referral)
_THOUSANDTH = Decimal("0.001")


def visit_row(
    id: UUID, unit: UUID, content: Content, *, seq: int, version: int, card: str,
    practitioner: str, doubts: str, entry: Entry[Any],
) -> Row:  # fmt: skip
    """The row of a live visit. ``seq`` is its number on the unit's day."""
    apart = stands_apart(content)
    shown = open_part(content) if apart else content
    main = next((one.code for one in shown.diagnosed if one.main), "")
    return {
        "id": id, "seq": seq, "unit_id": unit, "person_id": content.person,
        "began_at": content.began_at, "ended_at": content.ended_at or content.began_at,
        "day": day_of(content.began_at), "setting": content.setting, "care": content.care,
        "attendance": content.attendance, "payer": content.payer, "card": card, "main": main,
        "practitioner": practitioner, "author_id": entry.author,
        "received_at": entry.received_at, "state": "live", "version": version,
        "next_on": content.next.on if content.next else None,
        "referral": "sent" if content.referred else "", "apart": apart, "doubts": doubts,
        "content": written(shown), "void_reason": "",
    }  # fmt: skip


def part_rows(row: Row, content: Content) -> dict[Any, list[tuple[Any, ...]]]:
    """What hangs on a live visit: its values and its diagnoses, those that stand apart by themselves."""
    id, person, unit = row["id"], row["person_id"], row["unit_id"]
    values = [
        (
            derived_id(id, "measured", n), id, person, unit, one.what,
            one.value.quantize(_THOUSANDTH), one.at or content.began_at,
        )
        for n, one in enumerate(content.measured)
    ]  # fmt: skip
    plain, apart = [], []
    for n, one in enumerate(content.diagnosed):
        told = (
            derived_id(id, "diagnosed", n), id, person, unit, row["day"], one.code, one.main,
            one.certainty, one.traditional,
        )  # fmt: skip
        if of := kind(one):
            apart.append((*told, of))
        else:
            plain.append(told)
    return {Measurement: values, Diagnosis: plain, SensitiveDiagnosis: apart}


def apart_row(row: Row, content: Content) -> tuple[Any, ...]:
    """The whole of a version of which parts stand apart."""
    return (
        derived_id(row["id"], "apart", row["version"]), row["id"], row["person_id"],
        row["unit_id"], row["version"], written(content),
    )  # fmt: skip


def step_row(entry: Entry[Any], row: Row, what: str, reason: str) -> tuple[Any, ...]:
    """What was done to a visit, beside what had stood."""
    return (
        entry.id, row["id"], row["person_id"], row["unit_id"], what, row["version"], reason,
        entry.author, entry.received_at, row["content"],
    )  # fmt: skip


def referral_row(row: Row, content: Content) -> Row | None:
    """Somebody was sent on; nothing came back yet."""
    if content.referred is None:
        return None
    return {
        "id": row["id"], "person_id": row["person_id"], "unit_id": row["unit_id"],
        "day": row["day"], "to_id": content.referred.to, "to_name": content.referred.to_name,
        "urgent": content.referred.urgent, "state": "sent", "apart": row["apart"],
        "returned_on": None, "from_name": "", "diagnosis": "", "text": "", "treatment": "",
        "returned_by_id": None,
    }  # fmt: skip


def returned_row(held: Row, entry: Entry[ReturnReferral]) -> Row:
    """What came back."""
    said = entry.payload
    return held | {
        "state": "returned", "returned_on": said.on, "from_name": said.from_name.strip(),
        "diagnosis": said.diagnosis, "text": said.text, "treatment": said.treatment,
        "returned_by_id": entry.author,
    }  # fmt: skip
