"""What can be done to accounts and posts."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.kernel.operation import Payload, operation

Login = Annotated[str, Meta(min_length=2, max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]+$")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Language = Annotated[str, Meta(pattern=r"^(vi|en|zh-hans)$")]


@operation("access.open_account", version=1, right="access.account.manage")
class OpenAccount(Payload, frozen=True):
    """Open an account; the user's id is the operation's id. A password is chosen by invitation."""

    login: Login
    name: Name
    language: Language = "vi"


@operation("access.open_first_account", version=1, right="access.account.manage")
class OpenFirstAccount(Payload, frozen=True):
    """Make the administrator of a fresh installation: account, post at the node and its holding.

    One operation, so that however many ask at once there is one administrator or none; the user's
    id is the operation's id. Where anybody has an account, it is refused.
    """

    login: Login
    name: Name
    since: date


@operation("access.close_account", version=1, right="access.account.manage")
class CloseAccount(Payload, frozen=True):
    """Close an account: it signs in no more, and its holdings end that day."""

    user: UUID
    on: date


@operation("access.create_post", version=1, right="access.post.manage")
class CreatePost(Payload, frozen=True):
    """Create a post at the operation's unit; the post's id is the operation's id."""

    role: Annotated[str, Meta(max_length=40)]
    since: date
    until: date | None = None


@operation("access.appoint", version=1, right="access.post.manage")
class Appoint(Payload, frozen=True):
    """Let a person hold a post from a day; the holding's id is the operation's id."""

    post: UUID
    user: UUID
    since: date
    until: date | None = None


@operation("access.relieve", version=1, right="access.post.manage")
class Relieve(Payload, frozen=True):
    """End a holding: ``until`` is the first day without it."""

    holding: UUID
    until: date


@operation("access.reset_second_factor", version=1, right="access.account.manage")
class ResetSecondFactor(Payload, frozen=True):
    """Forget what somebody else had enrolled and end their sessions: they enrol again themselves.

    It can be started here, never chosen: nobody learns or sets another's second factor.
    """

    user: UUID
    reason: Annotated[str, Meta(min_length=3, max_length=300)]


@operation("access.break_glass", version=1, right="access.emergency.break_glass")
class BreakGlass(Payload, frozen=True):
    """Open one person's record in an emergency, for minutes; the operation's unit is the opener's.

    ``place`` is where the person lives: whoever is responsible for it is told.
    """

    person: UUID
    place: UUID
    reason: Annotated[str, Meta(min_length=10, max_length=300)]


@operation("access.review_emergency", version=1, right="access.emergency.review")
class ReviewEmergency(Payload, frozen=True):
    """Judge whether a record was rightly opened; the operation's unit is where the person lives."""

    emergency: UUID
    verdict: Literal["justified", "not-justified"]
    note: Annotated[str, Meta(max_length=300)] = ""


@operation("access.enrol_device", version=1, right="access.device.enrol")
class EnrolDevice(Payload, frozen=True):
    """Bind a tablet to a person by its public key; the tablet's id is the operation's id.

    The operation's unit is one at which the person serves.
    """

    user: UUID
    key: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]  # Ed25519
    label: Annotated[str, Meta(min_length=1, max_length=80)]


@operation("access.lose_device", version=1, right="access.device.enrol")
class LoseDevice(Payload, frozen=True):
    """Report one's own tablet lost: it is locked until its unit's head decides."""

    device: UUID
    reason: Annotated[str, Meta(min_length=3, max_length=300)]


@operation("access.order_device", version=1, right="access.device.manage")
class OrderDevice(Payload, frozen=True):
    """Order a tablet of the operation's unit to lock, unlock or wipe itself, or end its key."""

    device: UUID
    order: Literal["lock", "unlock", "wipe", "revoke"]
    reason: Annotated[str, Meta(min_length=3, max_length=300)]


@operation("access.request_export", version=1, right="access.export.request")
class RequestExport(Payload, frozen=True):
    """Ask to take out a list with names; the operation's unit is that of the post by which one asks.

    ``what`` and ``query`` name the list and its filters, as its room writes them; ``rows`` is how
    many rows they give now, and binds: a list that has grown into another one is not handed out.
    """

    what: Annotated[str, Meta(pattern=r"^[a-z]+\.[a-z_]+$", max_length=40)]
    query: Annotated[str, Meta(max_length=2000)]
    purpose: Annotated[str, Meta(min_length=10, max_length=300)]
    rows: Annotated[int, Meta(ge=1, le=1_000_000)]


@operation("access.answer_export", version=1, right="access.export.approve")
class AnswerExport(Payload, frozen=True):
    """Agree that a list with names leaves, or not; a no has its reason. What was agreed to may be
    taken back until the list was taken out."""

    request: UUID
    approved: bool
    reason: Annotated[str, Meta(max_length=300)] = ""


@operation("access.withdraw_export", version=1, right="access.export.request")
class WithdrawExport(Payload, frozen=True):
    """Whoever asked for a list needs it no more."""

    request: UUID


@operation("access.fetch_export", version=1, right="access.export.request")
class FetchExport(Payload, frozen=True):
    """Take out the list that a second person agreed to: once, in its time, by whoever asked.

    ``rows`` is how many rows it has now.
    """

    request: UUID
    rows: Annotated[int, Meta(ge=0, le=1_000_000)]
