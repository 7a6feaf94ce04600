"""Tables for the public: what one would look like, and those that were published."""

from datetime import date, datetime
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from tuyen.apps.access import policies, walls
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.indicators import publishing, refusals
from tuyen.apps.indicators.models import Release
from tuyen.apps.indicators.publishing import Limit, Shape
from tuyen.apps.indicators.queries.published import READ
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries as surveillance
from tuyen.engines.disclosure.ledger import MARK
from tuyen.engines.disclosure.primary import Rule
from tuyen.engines.disclosure.rounding import round_table
from tuyen.engines.disclosure.suppress import suppress

COUNTS = "surveillance.counts.read"
PAGE = 50


class Wish(NamedTuple):
    """The table that somebody wants to publish; ``communes`` empty means all of the unit."""

    unit: UUID
    diseases: tuple[str, ...]
    map_on: date
    first: str  # label of a period
    last: str
    communes: tuple[UUID, ...] = ()
    rounded: bool = False  # every number to a multiple, in place of marks


class Draft(NamedTuple):
    """A table as it will be published, and why marks stand where they stand."""

    shape: Shape
    communes: tuple[UUID, ...]
    rule: Limit
    printed: tuple[int, ...]  # -1 for a mark
    small: tuple[bool, ...]  # a mark for its own sake
    cover: tuple[bool, ...]  # a mark that covers another
    earlier: int  # releases that speak of the same cases
    base: int | None = None  # what the numbers are rounded to
    error: int | None = None  # how far a rounded number is off, at most


class ReleaseRow(NamedTuple):
    """A table as it was published."""

    id: UUID
    unit: UUID
    unit_name: str
    title: str
    audience: str
    map_on: date
    kind: str
    start: date
    end: date
    k: int
    width: int
    shape: Shape
    printed: tuple[int, ...]
    author_name: str
    published_at: datetime
    replaces: UUID | None
    reason: str
    replaced_by: UUID | None
    base: int | None
    error: int | None

    @property
    def hidden(self) -> int:
        return self.printed.count(MARK)


class Releases(NamedTuple):
    rows: list[ReleaseRow]
    total: int


def draft(*, by: Actor, wish: Wish) -> Draft:
    """The table as it may be published today.

    Raises
    ------
    Refusal
        Why it cannot be: nothing is counted, it is too large, all would be hidden, or earlier
        releases already tell what it would have to hide. Each says what to choose instead.
    """
    atlas = registry.atlas()
    communes = wish.communes or _communes(atlas, wish, by.on)
    shape = publishing.shaped(
        atlas, wish.unit, wish.diseases, communes, wish.map_on, wish.first, wish.last, by.on
    )
    scope = policies.scope(by, COUNTS)
    if not all(scope.covers(birth) for birth in shape.births):
        raise policies.NotAllowed(right=COUNTS)
    counted = surveillance.born_counts(
        by=by, diseases=shape.names, communes=shape.births, first=shape.first, last=shape.last
    )
    if not counted:
        raise refusals.NothingToPublish()
    with walls.whole("what was published of the same cases, to protect it"):
        past = publishing.earlier(shape, by.on)
    rule = publishing.limit(by.on)
    base = publishing.rounding_base(by.on) if wish.rounded else None
    publishing.of_one_method(shape, past, base, by.on)
    grid = publishing.Grid([*(one.shape for one in past), shape], by.on)
    book = publishing.ledger(grid, past)
    table = grid.table(shape, counted, publishing.current(book))
    if base is not None:
        whole = round_table(book, "new", table, base, _key())
        none = (False,) * len(whole.printed)
        return Draft(
            shape, tuple(communes), rule, tuple(whole.printed.tolist()), none, none, len(past),
            base, whole.error,
        )  # fmt: skip
    done = suppress(book, "new", table, Rule(rule.k, rule.width))
    if done.exposed:
        shapes = {str(one.id): one.shape for one in past} | {"new": shape}
        raise publishing.told(shapes, done.exposed[0])
    if not done.shown.any():
        raise refusals.AllHidden()
    publishing.few_enough(past, done.printed, by.on)
    return Draft(
        shape=shape,
        communes=tuple(communes),
        rule=rule,
        printed=tuple(done.printed.tolist()),
        small=tuple(done.primary.tolist()),
        cover=tuple(done.secondary.tolist()),
        earlier=len(past),
    )


def _key() -> bytes:
    """What decides which way a group is rounded: nobody without the installation's key repeats it."""
    return blake2b(
        b"tuyen rounding", key=settings.SECRET_KEY.encode()[:64], digest_size=32
    ).digest()


def releases(*, by: Actor, limit: int = PAGE, offset: int = 0) -> Releases:
    """Tables that the reader may read, the latest first."""
    rows = Release.objects.filter(policies.scope(by, READ).where("unit_id"))
    limit, offset = max(1, min(limit, 500)), max(0, offset)
    page = rows.order_by("-published_at", "id").defer("counted")[offset : offset + limit]
    return Releases(_rows(list(page)), rows.count())


def release(*, by: Actor, id: UUID) -> ReleaseRow | None:
    """A table as it was published; None when there is none that the reader may read."""
    rows = Release.objects.filter(policies.scope(by, READ).where("unit_id"), pk=id)
    found = _rows(list(rows.defer("counted")))
    return found[0] if found else None


def _communes(atlas: registry.Atlas, wish: Wish, on: date) -> tuple[UUID, ...]:
    inside = atlas.reach(wish.unit, "own", max(wish.map_on, on))
    return tuple(unit for unit in atlas.communes(wish.map_on) if unit in inside)


def _rows(found: list[Release]) -> list[ReleaseRow]:
    atlas = registry.atlas()
    names = access.names({row.author_id for row in found})
    later = Release.objects.filter(replaces__in=[row.pk for row in found])
    replaced = dict(later.order_by("published_at", "id").values_list("replaces", "id"))
    return [
        ReleaseRow(
            id=row.pk, unit=row.unit_id, unit_name=atlas.full_name(row.unit_id, row.map_on),
            title=row.title, audience=row.audience, map_on=row.map_on, kind=row.kind,
            start=row.start, end=row.end, k=row.k, width=row.width, shape=Shape.of(row.shape),
            printed=tuple(row.printed), author_name=names.get(row.author_id, ""),
            published_at=row.published_at, replaces=row.replaces, reason=row.reason,
            replaced_by=replaced.get(row.pk), base=row.base, error=row.error,
        )
        for row in found
    ]  # fmt: skip
