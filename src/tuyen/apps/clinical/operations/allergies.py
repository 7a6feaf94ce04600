"""What somebody does not bear: told, told anew, ended. Nothing is taken out: what had stood is kept."""

from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from tuyen.apps.clinical.operations.words import Brief, Certainty, Line, Note, Reason
from tuyen.kernel.operation import Payload, operation


class Intolerance(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):  # fmt: skip
    """What is not borne, and what it did.

    ``against`` an "item" (a medicine or vaccine of the list) or a "class" (``clinical/
    allergy_classes``), by ``code``; "other" is said in words by ``name``; "none": somebody was asked
    and knows of none. ``since`` is the day of the reaction where it is known.
    """

    against: Literal["item", "class", "other", "none"]
    code: Brief = ""
    name: Line = ""
    category: Literal["medicine", "food", "environment", "other"] = "medicine"
    kind: Literal["allergy", "intolerance", "adverse"] = "allergy"
    severity: Literal["", "mild", "moderate", "severe"] = ""
    certainty: Certainty = "confirmed"
    reaction: Note = ""
    since: date | None = None
    note: Note = ""


@operation("clinical.record_allergy", version=1, right="clinical.visit.record")
class RecordAllergy(Payload, frozen=True, kw_only=True):
    """Keep what somebody does not bear, from a day on. Its id is that of the operation."""

    person: UUID
    noted_on: date
    what: Intolerance


@operation("clinical.amend_allergy", version=1, right="clinical.visit.record")
class AmendAllergy(Payload, frozen=True, kw_only=True):
    """Say what it is, all of it, in the place of what was said before; the reason stays."""

    allergy: UUID
    reason: Reason
    what: Intolerance


@operation("clinical.end_allergy", version=1, right="clinical.visit.record")
class EndAllergy(Payload, frozen=True, kw_only=True):
    """It is asked about no more: a test ruled it out, it is gone, or it was written in error."""

    allergy: UUID
    on: date
    how: Literal["refuted", "resolved", "error"]
    reason: Reason
