"""Somebody comes to work, holds posts, shows what they have learnt, and is corrected."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.workforce.operations.words import (
    Code,
    Hours,
    Issuer,
    Name,
    Note,
    Number,
    Percent,
    Phone,
    Reason,
    Sex,
    Word,
)
from tuyen.kernel.operation import Payload, operation

EDIT = "workforce.staff.edit"
CORRECT = "workforce.file.correct"


class Post(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A post at the operation's unit, half-open: ``until`` is the first day without it."""

    cadre: Code
    since: date
    position: Code = "staff"
    contract: Code = "permanent"
    percent: Percent = 100
    main: bool = True
    until: date | None = None


class Shown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody has to show: ``what`` is a degree or language of the lists, else words."""

    kind: Code
    what: Word
    since: date
    number: Number = ""
    scope: Note = ""
    issuer: Issuer = ""
    until: date | None = None
    hours: Hours | None = None


@operation("workforce.register_member", version=1, right=EDIT)
class RegisterMember(Payload, frozen=True, kw_only=True):
    """Somebody is at work at the operation's unit, with their post and what they have to show."""

    name: Name
    post: Post
    sex: Sex = "unknown"
    born_on: date | None = None
    phone: Phone = ""
    person: UUID | None = None
    account: UUID | None = None
    shown: Annotated[tuple[Shown, ...], Meta(max_length=40)] = ()


@operation("workforce.amend_member", version=1, right=EDIT)
class AmendMember(Payload, frozen=True, kw_only=True):
    """Who somebody is was written down wrongly, or is known better; all of it is said anew."""

    member: UUID
    name: Name
    sex: Sex = "unknown"
    born_on: date | None = None
    phone: Phone = ""
    person: UUID | None = None
    account: UUID | None = None
    reason: Reason


@operation("workforce.take_post", version=1, right=EDIT)
class TakePost(Payload, frozen=True, kw_only=True):
    """Somebody holds a post at the operation's unit. ``ends``: of the post they leave for it."""

    member: UUID
    post: Post
    ends: UUID | None = None


@operation("workforce.end_post", version=1, right=EDIT)
class EndPost(Payload, frozen=True, kw_only=True):
    """A post ends; ``until`` is the first day without it."""

    post: UUID
    until: date
    reason: Reason


@operation("workforce.void_post", version=1, right=EDIT)
class VoidPost(Payload, frozen=True, kw_only=True):
    """A post was written down wrongly and never was."""

    post: UUID
    reason: Reason


@operation("workforce.add_credential", version=1, right=EDIT)
class AddCredential(Payload, frozen=True, kw_only=True):
    """Somebody has this to show; ``replaces`` names what was written down wrongly before."""

    member: UUID
    shown: Shown
    replaces: UUID | None = None


@operation("workforce.void_credential", version=1, right=EDIT)
class VoidCredential(Payload, frozen=True, kw_only=True):
    """It was written down wrongly, or was withdrawn by whoever issued it."""

    credential: UUID
    reason: Reason


@operation("workforce.ask_correction", version=1, right=CORRECT)
class AskCorrection(Payload, frozen=True, kw_only=True):
    """The author asks that their own file be corrected: ``value`` is what is right."""

    member: UUID
    field: Code
    value: Reason


@operation("workforce.answer_correction", version=1, right=EDIT)
class AnswerCorrection(Payload, frozen=True, kw_only=True):
    """Whoever edits the file agrees, and it is put right, or says why not."""

    wish: UUID
    accepted: bool
    note: Note = ""
