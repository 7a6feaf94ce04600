"""The review of a site: what was found, amended, voided; photographs of it."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.kernel.operation import Payload, operation

Key = Annotated[str, Meta(min_length=1, max_length=40)]
Text = Annotated[str, Meta(max_length=1000)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Points = Annotated[int, Meta(ge=0, le=100)]
Million = Annotated[int, Meta(ge=0, le=10_000_000)]
Many = Annotated[int, Meta(ge=0, le=1000)]
People = Annotated[int, Meta(ge=0, le=1_000_000)]


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a line of readiness was found: good, in part, not there."""

    line: Key
    level: Key


class Staffed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of a profession work at the site."""

    post: Key
    number: Many


class NationalPoints(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points of a national criterion of commune health."""

    criterion: Key
    points: Points


class Stated(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the reviewer says of a criterion. With ``points`` that counts in place of what the program
    measures, and needs its evidence."""

    criterion: Key
    evidence: Text = ""
    points: Points | None = None


class Found(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found at a site. What is left out was not looked at. Money in million VND."""

    transport: Annotated[str, Meta(max_length=40)] = ""
    terrain: Annotated[str, Meta(max_length=40)] = ""
    conditions: Annotated[tuple[Condition, ...], Meta(max_length=60)] = ()
    staff: Annotated[tuple[Staffed, ...], Meta(max_length=40)] = ()
    national: Annotated[tuple[NationalPoints, ...], Meta(max_length=20)] = ()
    stated: Annotated[tuple[Stated, ...], Meta(max_length=20)] = ()
    refurbish: Million | None = None
    run_main: Million | None = None
    run_satellite: Million | None = None
    capacity: People | None = None
    note: Annotated[str, Meta(max_length=4000)] = ""


@operation("network.review_site", version=1, right="network.site.review")
class ReviewSite(Payload, frozen=True, kw_only=True):
    """A review of the operation's unit, on the operation's day. It stands in place of earlier ones."""

    found: Found


@operation("network.amend_review", version=1, right="network.site.review")
class AmendReview(Payload, frozen=True, kw_only=True):
    """A review was written down wrongly: this stands in its place, of the same day; that stays to be read."""

    review: UUID
    found: Found
    reason: Reason


@operation("network.void_review", version=1, right="network.site.review")
class VoidReview(Payload, frozen=True, kw_only=True):
    """A review counts no more: of another site, or made up."""

    review: UUID
    reason: Reason


@operation("network.attach_site_photograph", version=1, right="network.site.review")
class AttachSitePhotograph(Payload, frozen=True, kw_only=True):
    """A photograph of a reviewed site: JPEG, reduced before it is sent, without its place and camera."""

    review: UUID
    criterion: Annotated[str, Meta(max_length=40)] = ""
    caption: Annotated[str, Meta(max_length=120)] = ""
    jpeg: Annotated[bytes, Meta(min_length=100, max_length=180_000)]
