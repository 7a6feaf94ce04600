"""What can be done about contacts: add them, look after them, say whom they became."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.surveillance.operations.cases import Sex
from tuyen.apps.surveillance.operations.words import Line, Word
from tuyen.kernel.operation import Payload, operation

Relation = Literal["household", "class", "work", "care", "travel", "funeral", "animal", "other"]
FollowUpState = Literal["well", "ill", "not-found"]
FOLLOW: str = "surveillance.contact.follow"


class ContactDraft(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Somebody who met a case; the id is made where they were written down.

    A resident by ``person``, anybody else by name. Without a commune they are watched at the
    operation's unit.
    """

    id: UUID
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    person: UUID | None = None
    case: UUID | None = None
    exposed_on: date
    relation: Relation = "other"
    sex: Sex = "unknown"
    age: Annotated[int, Meta(ge=0, le=130)] | None = None
    phone: Annotated[str, Meta(max_length=30)] = ""
    commune: UUID | None = None
    village: UUID | None = None
    address: Line = ""
    note: Annotated[str, Meta(max_length=500)] = ""


@operation("surveillance.add_contacts", version=1, right=FOLLOW)
class AddContacts(Payload, frozen=True, kw_only=True):
    """Add contacts to an outbreak; each is watched for the days of the disease's rule.

    ``disease`` repeats that of the outbreak: who may read here whose contacts they are hangs on it.
    """

    outbreak: UUID
    disease: Word
    contacts: Annotated[tuple[ContactDraft, ...], Meta(min_length=1, max_length=200)]


class Mark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one contact was."""

    contact: UUID
    state: FollowUpState
    note: Line = ""


@operation("surveillance.follow_up_contacts", version=1, right=FOLLOW)
class FollowUpContacts(Payload, frozen=True, kw_only=True):
    """A day's round: how each of many contacts was. A mark said before is replaced."""

    outbreak: UUID
    day: date
    marks: Annotated[tuple[Mark, ...], Meta(min_length=1, max_length=1000)]


@operation("surveillance.tie_contact", version=1, right=FOLLOW)
class TieContact(Payload, frozen=True, kw_only=True):
    """Say that a contact became a case: the case joins the line list and the chain of its infector."""

    outbreak: UUID
    contact: UUID
    case: UUID
