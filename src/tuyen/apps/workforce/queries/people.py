"""Who works where, and the file of a person: always of a day, always in the reader's reach."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Credential, Member, Tenure, Wish
from tuyen.kernel.text import fold

READ, EDIT = "workforce.staff.read", "workforce.staff.edit"
FIGURE, CORRECT = "workforce.figure.read", "workforce.file.correct"
PAGE = 50


class StaffFilters(NamedTuple):
    """What is asked of the staff list: a unit with its satellite points, a cadre, words of a name."""

    unit: UUID | None = None
    cadre: str = ""
    text: str = ""
    ending: date | None = None  # licences that end before this day


class StaffRow(NamedTuple):
    """Somebody on a day: ``licence`` is (number, last day or None); ``degree`` the highest."""

    id: UUID
    name: str
    born_on: date | None
    unit: UUID
    unit_name: str
    cadre: str
    position: str
    contract: str
    percent: int
    since: date
    until: date | None
    licence: tuple[str, date | None] | None
    degree: str


class StaffPage(NamedTuple):
    rows: Sequence[StaffRow]
    total: int
    page: int
    pages: int


class PostRow(NamedTuple):
    """A post; ``now`` is the unit that stands for its own on the day asked."""

    id: UUID
    unit: UUID
    unit_name: str
    now: UUID
    now_name: str
    cadre: str
    position: str
    contract: str
    percent: int
    main: bool
    since: date
    until: date | None
    why: str
    void: bool


class CredentialRow(NamedTuple):
    id: UUID
    kind: str
    what: str
    number: str
    scope: str
    issuer: str
    since: date
    until: date | None
    hours: int | None
    state: str
    why: str


class WishRow(NamedTuple):
    id: UUID
    member: UUID
    name: str
    unit: UUID
    unit_name: str
    field: str
    value: str
    before: str
    asked_on: date
    state: str
    answer: str
    answered_on: date | None
    answered_by: str


class File(NamedTuple):
    """Everything on a person at work: live entries first, then what was replaced or is void."""

    id: UUID
    name: str
    sex: str
    born_on: date | None
    phone: str
    unit: UUID
    unit_name: str
    person: UUID | None
    account: UUID | None
    posts: Sequence[PostRow]
    credentials: Sequence[CredentialRow]
    wishes: Sequence[WishRow]

    @property
    def live(self) -> Sequence[CredentialRow]:
        return [row for row in self.credentials if row.state == "live"]

    def of(self, kind: str) -> Sequence[CredentialRow]:
        return [row for row in self.live if row.kind == kind]


def _held(on: date) -> Q:
    return Q(void=False, since__lte=on) & (Q(until=None) | Q(until__gt=on))


def staff(
    *, by: Actor, on: date, filters: StaffFilters | None = None, page: int = 1, size: int = PAGE
) -> StaffPage:
    """Who holds a post in reach on a day, by unit and name: three queries for any page."""
    wanted = filters or StaffFilters()
    scope = policies.scope(by, READ)
    found = Tenure.objects.filter(scope.where("unit_id"), _held(on))
    if wanted.cadre:
        found = found.filter(cadre=wanted.cadre)
    tenures = [
        row for row in found
        if wanted.unit is None or wanted.unit in (row.unit_id, places.now_at(row.unit_id, on),
                                                  places.station_of(row.unit_id, on))
    ]  # fmt: skip
    people = Member.objects.in_bulk({row.member_id for row in tenures})
    words = fold(wanted.text).split()
    kept = [
        row for row in tenures
        if row.member_id in people and _said(words, people[row.member_id].name_folded)
    ]  # fmt: skip
    if wanted.ending is not None:
        ending = set(
            Credential.objects.filter(kind="licence", state="live", until__lt=wanted.ending)
            .values_list("member_id", flat=True)
        )  # fmt: skip
        kept = [row for row in kept if row.member_id in ending]
    names = {row.unit_id: places.name(places.now_at(row.unit_id, on), on) for row in kept}
    areas = {id: places.atlas().level(id) is not None for id in names}  # the village network last
    kept.sort(key=lambda row: (
        areas[row.unit_id], names[row.unit_id], row.position != "head", people[row.member_id].name_folded, str(row.pk)
    ))  # fmt: skip
    pages = max(1, -(-len(kept) // size))
    page = max(1, min(page, pages))
    shown = kept[(page - 1) * size : page * size]
    papers = _papers({row.member_id for row in shown})
    rows = [
        StaffRow(
            row.member_id, people[row.member_id].name, people[row.member_id].born_on,
            places.now_at(row.unit_id, on), names[row.unit_id], row.cadre, row.position,
            row.contract, row.percent, row.since, row.until,
            *papers.get(row.member_id, (None, "")),
        )
        for row in shown
    ]  # fmt: skip
    return StaffPage(rows, len(kept), page, pages)


def _said(words: Sequence[str], name: str) -> bool:
    return all(f" {word}" in f" {name}" for word in words)


def _papers(members: set[UUID]) -> Mapping[UUID, tuple[tuple[str, date | None] | None, str]]:
    """Member -> (licence, highest degree): one query."""
    found: dict[UUID, tuple[tuple[str, date | None] | None, str]] = {}
    rows = Credential.objects.filter(
        member_id__among=members, state="live", kind__in=("licence", "qualification")
    ).order_by("since", "id")
    for row in rows:
        licence, degree = found.get(row.member_id, (None, ""))
        if row.kind == "licence":
            licence = (row.number, row.until)
        else:
            degree = row.what
        found[row.member_id] = (licence, degree)
    return found


def _readable(by: Actor) -> Q:
    """Members of units in reach, and those who hold a post there now."""
    scope = policies.scope(by, READ)
    if scope.everything:
        return Q()
    here = Tenure.objects.filter(scope.where("unit_id"), _held(by.on)).values_list(
        "member_id", flat=True
    )
    return Q(unit_id__in=scope.units) | Q(pk__in=list(here))


def file(*, by: Actor, id: UUID, on: date) -> File | None:
    """The file of somebody in reach; None out of reach. Six queries at most."""
    row = Member.objects.filter(_readable(by), pk=id).first()
    return _file(row, on) if row is not None else None


def my_file(*, by: Actor, on: date) -> File | None:
    """One's own file; None where no account is linked to one."""
    if by.user is None or not policies.may(by, CORRECT):
        return None
    row = Member.objects.filter(user_id=by.user).order_by("id").first()
    return _file(row, on) if row is not None else None


def _file(row: Member, on: date) -> File:
    posts = Tenure.objects.filter(member_id=row.pk).order_by("void", "-since", "id")
    shown = Credential.objects.filter(member_id=row.pk).order_by("kind", "-since", "id")
    asked = list(Wish.objects.filter(member_id=row.pk).order_by("-asked_on", "-id"))
    return File(
        row.pk, row.name, row.sex, row.born_on, row.phone, row.unit_id,
        places.name(places.now_at(row.unit_id, on), on), row.person_id, row.user_id,
        [_post(one, on) for one in posts],
        [
            CredentialRow(
                one.pk, one.kind, one.what, one.number, one.scope, one.issuer, one.since,
                one.until, one.hours, one.state, one.why,
            )
            for one in shown
        ],
        _wishes(asked, {row.pk: row.name}, on),
    )  # fmt: skip


def _post(row: Tenure, on: date) -> PostRow:
    now = places.now_at(row.unit_id, on)
    return PostRow(
        row.pk, row.unit_id, places.name(row.unit_id, row.since), now, places.name(now, on),
        row.cadre, row.position, row.contract, row.percent, row.main, row.since, row.until, row.why,
        row.void,
    )  # fmt: skip


def wishes(*, by: Actor, on: date, waiting: bool = True) -> list[WishRow]:
    """What people ask to have corrected, in the reach of whoever edits their files; oldest first."""
    rows = Wish.objects.filter(policies.scope(by, EDIT).where("unit_id"))
    if waiting:
        rows = rows.filter(state="waiting")
    found = list(rows.order_by("asked_on", "id")[:500])
    people = Member.objects.filter(pk__among={row.member_id for row in found})
    return _wishes(found, dict(people.values_list("id", "name")), on)


def _wishes(found: Sequence[Wish], names: Mapping[UUID, str], on: date) -> list[WishRow]:
    answered = access.names({row.answered_by_id for row in found if row.answered_on})
    return [
        WishRow(
            row.pk, row.member_id, names.get(row.member_id, ""), row.unit_id,
            places.name(row.unit_id, on), row.field, row.value, row.before, row.asked_on, row.state,
            row.answer, row.answered_on,
            answered.get(row.answered_by_id, "") if row.answered_on else "",
        )
        for row in found
    ]  # fmt: skip


def linked(*, by: Actor, accounts: Sequence[UUID]) -> dict[UUID, UUID]:
    """Account -> the person at work it is linked to, for whoever edits their files."""
    rows = Member.objects.filter(
        policies.scope(by, EDIT).where("unit_id"), user_id__among=set(accounts)
    )
    return {user: id for user, id in rows.values_list("user_id", "id") if user is not None}
