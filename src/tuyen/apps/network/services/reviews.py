"""Reviews of sites. A batch takes a constant number of queries."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.network import bulk, places
from tuyen.apps.network.models import SitePhotograph, SiteReview
from tuyen.apps.network.operations import (
    AmendReview,
    AttachSitePhotograph,
    Found,
    ReviewSite,
    VoidReview,
)
from tuyen.apps.network.refusals import (
    AnsweredTwice,
    EvidenceMissing,
    NotASite,
    NothingFound,
    ReviewFromTheFuture,
    SitePhotographsEnough,
    SitePhotographUnreadable,
    TooManyPoints,
    UnknownAnswer,
    UnknownReview,
)
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import network as rules

REVIEW = (
    "id", "unit_id", "on", "transport", "terrain", "conditions", "staff", "national", "stated",
    "refurbish", "run_main", "run_satellite", "capacity", "note", "state", "ended_on", "reason",
    "amends_id", "author_id", "changed_at",
)  # fmt: skip
_PHOTOGRAPH = ("id", "review_id", "unit_id", "criterion", "caption", "jpeg", "taken_on")


def _known(field: str, values: Iterable[str], known: Iterable[str]) -> None:
    """Every value is one of the known ones, and stands once."""
    seen: set[str] = set()
    listed = list(known)
    for value in values:
        if value not in listed:
            raise UnknownAnswer(field=field, value=value, known=", ".join(listed))
        if value in seen:
            raise AnsweredTwice(field=field, value=value)
        seen.add(value)


def check(found: Found, on: date) -> None:
    """Refuse what contradicts itself or is on no list."""
    if found.transport:
        _known("transport", [found.transport], rules.answers("transport"))
    if found.terrain:
        _known("terrain", [found.terrain], rules.answers("terrain"))
    _known("conditions", (one.line for one in found.conditions), rules.answers("readiness"))
    for one in found.conditions:
        _known("conditions", [one.level], rules.answers("levels"))
    _known("staff", (one.post for one in found.staff), rules.posts())
    national = rules.national(on)
    _known("national", (one.criterion for one in found.national), national)
    for points in found.national:
        if points.points > national[points.criterion].most:
            raise TooManyPoints(
                criterion=points.criterion, most=national[points.criterion].most,
                value=points.points,
            )  # fmt: skip
    _known("stated", (one.criterion for one in found.stated), [c.key for c in rules.criteria()])
    for told in found.stated:
        if told.points is not None and len(told.evidence.strip()) < 3:
            raise EvidenceMissing(criterion=told.criterion)
    if found == Found():
        raise NothingFound()


def _row(entry: Entry[Any], found: Found, day: Any, amends: UUID | None) -> dict[str, Any]:
    values = (
        entry.id, entry.unit, day, found.transport, found.terrain,
        {one.line: one.level for one in found.conditions},
        {one.post: one.number for one in found.staff},
        {one.criterion: one.points for one in found.national},
        {one.criterion: [one.points, one.evidence.strip()] for one in found.stated},
        found.refurbish, found.run_main, found.run_satellite, found.capacity, found.note.strip(),
        "standing", None, "", amends, entry.author, entry.received_at,
    )  # fmt: skip
    return dict(zip(REVIEW, values, strict=True))


class _Reviews:
    """Standing reviews as rows, changed in memory and written once."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        wanted = set(ids)
        found = SiteReview.objects.filter(pk__among=wanted, state="standing")
        rows = fetch(found.values_list(*REVIEW)) if wanted else []
        self._rows: dict[UUID, dict[str, Any]] = {
            row[0]: dict(zip(REVIEW, row, strict=True)) for row in rows
        }
        self._there = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def standing(self, id: UUID, unit: UUID) -> dict[str, Any]:
        row = self._rows.get(id)
        if row is None or row["unit_id"] != unit or row["state"] != "standing":
            raise UnknownReview(review=id)
        return row

    def put(self, row: dict[str, Any]) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def end(self, row: dict[str, Any], state: str, entry: Entry[Any], reason: str) -> None:
        self.put(row | {
            "state": state, "ended_on": entry.happened_on, "reason": reason.strip(),
            "changed_at": entry.received_at,
        })  # fmt: skip

    def post(self) -> None:
        rows = [self._rows[id] for id in self._changed]
        bulk.replace(SiteReview, [id for id in self._changed if id in self._there], REVIEW, rows)


@applies(ReviewSite)
def review_sites(batch: Batch[ReviewSite]) -> None:
    """Keep each review; the newest of a site counts, the earlier ones stay to compare with."""
    rows = []
    for entry in batch.entries:
        try:
            if not places.is_site(entry.unit, entry.happened_on):
                raise NotASite(
                    name=places.name(entry.unit, entry.happened_on), on=entry.happened_on
                )
            if entry.happened_on > entry.received_at.astimezone(VIETNAM).date():
                raise ReviewFromTheFuture(value=entry.happened_on)
            check(entry.payload.found, entry.happened_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows.append(_row(entry, entry.payload.found, entry.happened_on, None))
    bulk.insert(SiteReview, REVIEW, [tuple(row.values()) for row in rows])


@applies(AmendReview)
def amend_reviews(batch: Batch[AmendReview]) -> None:
    """Another review takes the place of one, of the same day."""
    reviews = _Reviews(entry.payload.review for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = reviews.standing(said.review, entry.unit)
            check(said.found, row["on"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        reviews.end(row, "amended", entry, said.reason)
        reviews.put(_row(entry, said.found, row["on"], row["id"]))
    reviews.post()


@applies(VoidReview)
def void_reviews(batch: Batch[VoidReview]) -> None:
    """A review counts no more, and says why."""
    reviews = _Reviews(entry.payload.review for entry in batch.entries)
    for entry in batch.entries:
        try:
            row = reviews.standing(entry.payload.review, entry.unit)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        reviews.end(row, "void", entry, entry.payload.reason)
    reviews.post()


@applies(AttachSitePhotograph)
def attach_site_photographs(batch: Batch[AttachSitePhotograph]) -> None:
    """Keep photographs with their review, so many and no more."""
    held: Mapping[UUID, UUID] = dict(
        SiteReview.objects.filter(
            pk__among={e.payload.review for e in batch.entries}, state="standing"
        ).values_list("id", "unit_id")
    )
    there = SitePhotograph.objects.filter(review_id__among=set(held))
    count = Counter(there.values_list("review_id", flat=True))
    most, keys = rules.photographs().most, [one.key for one in rules.criteria()]
    rows: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        said = entry.payload
        try:
            if held.get(said.review) != entry.unit:
                raise UnknownReview(review=said.review)
            if said.criterion:
                _known("criterion", [said.criterion], keys)
            if not (said.jpeg.startswith(b"\xff\xd8\xff") and said.jpeg.endswith(b"\xff\xd9")):
                raise SitePhotographUnreadable()
            if count[said.review] >= most:
                raise SitePhotographsEnough(most=most)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        count[said.review] += 1
        rows.append((entry.id, said.review, entry.unit, said.criterion, said.caption.strip(),
                     said.jpeg, entry.happened_on))  # fmt: skip
    bulk.insert(SitePhotograph, _PHOTOGRAPH, rows)
