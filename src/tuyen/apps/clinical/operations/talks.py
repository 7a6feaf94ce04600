"""Health education that was given to many at once, for the station's book of it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.clinical.operations.words import Brief, Line, Note, Reason
from tuyen.kernel.operation import Payload, operation


class TalkFacts(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):  # fmt: skip
    """What is known of a talk. ``form`` and ``topic`` are keys of the rule; ``topic_words`` say more of the
    topic. ``place``: a village or commune where the unit keeps the records, None for its own house.
    ``reached``: how many people; 0 where they cannot be counted."""

    on: date
    form: Brief
    topic: Brief
    speaker: Line
    reached: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    topic_words: Line = ""
    place: UUID | None = None
    place_name: Line = ""
    note: Note = ""


@operation("clinical.record_talk", version=1, right="clinical.visit.record")
class RecordTalk(Payload, frozen=True, kw_only=True):
    """Keep a talk to a group, a round of counselling at homes, a text read over the loudspeaker. Its id
    is that of the operation."""

    what: TalkFacts


@operation("clinical.amend_talk", version=1, right="clinical.visit.record")
class AmendTalk(Payload, frozen=True, kw_only=True):
    """Say how it was, all of it, in the place of what was said before; the reason stays."""

    talk: UUID
    reason: Reason
    what: TalkFacts


@operation("clinical.void_talk", version=1, right="clinical.visit.record")
class VoidTalk(Payload, frozen=True, kw_only=True):
    """Take a talk out of the book: it was entered in error."""

    talk: UUID
    reason: Reason
