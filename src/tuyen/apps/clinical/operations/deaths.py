"""How somebody died, for the station's book of deaths. That they died is said to the registry."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.clinical.operations.words import Line, Note, Reason
from tuyen.kernel.operation import Payload, operation


class DeathFacts(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):  # fmt: skip
    """What is known of a death. ``cause`` is the underlying one by ICD-10, ``cause_words`` as somebody
    told it; one of them is there. ``cared``: a health worker looked after the person before the death;
    None where nobody knows. ``mother``: what a woman's death had to do with a pregnancy."""

    place: Literal["home", "station", "hospital", "way", "elsewhere"]
    certified_by: Literal[
        "doctor", "assistant", "midwife", "police", "commune", "village", "family"
    ]
    cause: Annotated[str, Meta(max_length=10)] = ""
    cause_words: Line = ""
    place_name: Line = ""
    certifier: Line = ""
    cared: bool | None = None
    mother: Literal["", "pregnant", "birth", "after", "none"] = ""
    note: Note = ""


@operation("clinical.describe_death", version=1, right="clinical.visit.record")
class DescribeDeath(Payload, frozen=True, kw_only=True):
    """Keep how somebody died whose death is on record. Its id is that of the operation."""

    person: UUID
    what: DeathFacts


@operation("clinical.amend_death", version=1, right="clinical.visit.record")
class AmendDeath(Payload, frozen=True, kw_only=True):
    """Say how it was, all of it, in the place of what was said before; the reason stays."""

    account: UUID
    reason: Reason
    what: DeathFacts
