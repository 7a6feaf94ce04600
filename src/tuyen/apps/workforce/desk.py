"""What the services look up for a whole batch: people, their posts, what they have to show."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Credential, Member, Tenure
from tuyen.apps.workforce.operations import Post, Shown
from tuyen.apps.workforce.refusals import (
    AccountOfAnother,
    BeyondFull,
    BornTooLate,
    DaysTurned,
    HeadTwice,
    HoursMissing,
    LicenceOfAnother,
    LicenceWithoutNumber,
    NoWorkplace,
    SecondMain,
    UnknownMember,
    UnknownWord,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.kernel.operation import Entry
from tuyen.kernel.text import fold
from tuyen.rules import workforce as rules

YOUNGEST = 15


class Desk:
    """The people of a batch with their posts and credentials; seven queries for any batch."""

    def __init__(
        self, *, members: Collection[UUID] = (), tenures: Collection[UUID] = (),
        credentials: Collection[UUID] = (), accounts: Collection[UUID | None] = (),
        licences: Collection[str] = (), heads_of: Collection[UUID] = (),
    ) -> None:  # fmt: skip
        self.members, self.tenures, self.credentials = Rows(Member), Rows(Tenure), Rows(Credential)
        self._posts: dict[UUID, dict[UUID, None]] = defaultdict(dict)
        self._heads: dict[UUID, dict[UUID, None]] = defaultdict(dict)
        self._accounts: dict[UUID, UUID] = {}
        self._licences: dict[str, UUID] = {}
        wanted = set(members)
        if tenures:
            wanted |= {r["member_id"] for r in self.tenures.take(Q(pk__among=set(tenures)))}
        if credentials:
            named = self.credentials.take(Q(pk__among=set(credentials)))
            wanted |= {row["member_id"] for row in named}
        if heads_of:
            found = self.tenures.take(Q(unit_id__among=set(heads_of), position="head", void=False))
            wanted |= {row["member_id"] for row in found}
        if numbers := {number for number in licences if number}:
            found = self.credentials.take(Q(kind="licence", number__in=numbers, state="live"))
            wanted |= {row["member_id"] for row in found}
        about = Q(pk__among=wanted)
        if users := {user for user in accounts if user is not None}:
            about |= Q(user_id__among=users)
        if wanted or users:
            taken = {row["id"] for row in self.members.take(about)}
            self.tenures.take(Q(member_id__among=taken))
        for row in self.members.all():
            self._account(row)
        for row in self.tenures.all():
            self._post(row)
        for row in self.credentials.all():
            self._licence(row)

    # -- who ------------------------------------------------------------------------------------

    def member(self, id: UUID, unit: UUID | None = None) -> Row:
        """Somebody, of the unit that an operation is about."""
        row = self.members.get(id)
        if row is None or (unit is not None and row["unit_id"] != unit):
            raise UnknownMember(member=id)
        return row

    def keep_member(self, row: Row, entry: Entry[Any]) -> Row:
        """Put somebody into the book, under the unit of their latest main post."""
        account = row["user_id"]
        if account is not None and self._accounts.get(account, row["id"]) != row["id"]:
            other = self.members.get(self._accounts[account])
            raise AccountOfAnother(name=other["name"] if other else "")
        row["name_folded"], row["changed_at"] = fold(row["name"])[:120], entry.received_at
        before = self.members.get(row["id"])
        if before is not None and self._accounts.get(before["user_id"]) == row["id"]:
            del self._accounts[before["user_id"]]
        self._account(self.members.put(row))
        return row

    def settle(self, member: UUID, entry: Entry[Any]) -> None:
        """After posts changed: where somebody works is where their latest main post is."""
        mains = [row for row in self.posts(member) if row["main"]]
        row = self.members.get(member)
        if row is not None and mains:
            last = max(mains, key=lambda one: (one["since"], str(one["id"])))
            self.members.put(row | {"unit_id": last["unit_id"], "changed_at": entry.received_at})

    # -- posts ----------------------------------------------------------------------------------

    def posts(self, member: UUID) -> Iterator[Row]:
        """The posts that somebody holds or held, those that are void left out."""
        for id in self._posts[member]:
            row = self.tenures.get(id)
            if row is not None and not row["void"]:
                yield row

    def take_post(self, id: UUID, entry: Entry[Any], member: Row, post: Post) -> Row:
        """A new post of somebody, after all that can be wrong with it."""
        self.check_post(entry.unit, member, post)
        row = {
            "id": id, "member_id": member["id"], "unit_id": entry.unit, "cadre": post.cadre,
            "position": post.position, "contract": post.contract, "percent": post.percent,
            "main": post.main, "since": post.since, "until": post.until, "why": "", "void": False,
            "changed_at": entry.received_at,
        }  # fmt: skip
        self._post(self.tenures.put(row))
        return row

    def check_post(self, unit: UUID, member: Row, post: Post) -> None:
        """Raise what is wrong with a post, alone or beside others."""
        for value, names, what in (
            (post.cadre, rules.cadres(), "cadre"), (post.position, rules.positions(), "position"),
            (post.contract, rules.contracts(), "contract"),
        ):  # fmt: skip
            _known(value, names, what)
        if post.until is not None and post.until <= post.since:
            raise DaysTurned(since=post.since, until=post.until)
        if not places.works(unit, post.since):
            raise NoWorkplace(unit=places.name(unit, post.since), on=post.since)
        if member["born_on"] is not None and _years(member["born_on"], post.since) < YOUNGEST:
            raise BornTooLate(born=member["born_on"], since=post.since, least=YOUNGEST)
        beside = [row for row in self.posts(member["id"]) if _meet(row, post)]
        if post.main and (second := next((row for row in beside if row["main"]), None)):
            raise SecondMain(name=member["name"], on=max(second["since"], post.since))
        for on in [post.since, *(row["since"] for row in beside if row["since"] > post.since)]:
            held = sum(r["percent"] for r in beside if _covers(r, on)) + post.percent
            if held > 100:
                raise BeyondFull(name=member["name"], percent=held, on=on)
        if post.position == "head":
            self._one_head(unit, post)

    def _one_head(self, unit: UUID, post: Post) -> None:
        for id in self._heads[unit]:
            row = self.tenures.get(id)
            if row is not None and not row["void"] and _meet(row, post):
                head = self.members.get(row["member_id"])
                raise HeadTwice(
                    unit=places.name(unit, post.since), on=max(row["since"], post.since),
                    name=head["name"] if head else "",
                )  # fmt: skip

    # -- what they have to show ---------------------------------------------------------------------

    def show(
        self, id: UUID, entry: Entry[Any], member: Row, shown: Shown, replaces: UUID | None = None
    ) -> Row:
        """Something that somebody has to show, after all that can be wrong with it."""
        self.check_shown(member, shown)
        row = {
            "id": id, "member_id": member["id"], "kind": shown.kind, "what": shown.what.strip(),
            "number": shown.number.strip(), "scope": shown.scope.strip(),
            "issuer": shown.issuer.strip(), "since": shown.since, "until": shown.until,
            "hours": shown.hours, "replaces_id": replaces, "state": "live", "why": "",
            "changed_at": entry.received_at,
        }  # fmt: skip
        self._licence(self.credentials.put(row))
        return row

    def check_shown(self, member: Row, shown: Shown) -> None:
        """Raise what is wrong with something to show."""
        _known(shown.kind, rules.kinds(), "kind")
        if shown.kind == "qualification":
            _known(shown.what, rules.degrees(), "qualification")
        elif shown.kind == "language":
            _known(shown.what, rules.languages(), "language")
        if shown.until is not None and shown.until <= shown.since:
            raise DaysTurned(since=shown.since, until=shown.until)
        if shown.kind == "training" and shown.hours is None:
            raise HoursMissing()
        if shown.kind != "licence":
            return
        number = shown.number.strip()
        if not number:
            raise LicenceWithoutNumber()
        holder = self.credentials.get(self._licences.get(number))
        if holder is not None and holder["state"] == "live" and holder["member_id"] != member["id"]:
            other = self.members.get(holder["member_id"])
            raise LicenceOfAnother(number=number, name=other["name"] if other else "")

    def post_all(self) -> None:
        """Write everything that changed."""
        for rows in (self.members, self.tenures, self.credentials):
            rows.post()

    def _account(self, row: Row) -> None:
        if row["user_id"] is not None:
            self._accounts[row["user_id"]] = row["id"]

    def _post(self, row: Row) -> None:
        self._posts[row["member_id"]][row["id"]] = None
        if row["position"] == "head":
            self._heads[row["unit_id"]][row["id"]] = None

    def _licence(self, row: Row) -> None:
        if row["kind"] == "licence" and row["state"] == "live":
            self._licences[row["number"]] = row["id"]


def _known(value: str, names: rules.Names, what: str) -> None:
    if value not in names:
        raise UnknownWord(value=value, what=what, known=", ".join(names))


def _covers(row: Row, on: date) -> bool:
    return bool(row["since"] <= on and (row["until"] is None or on < row["until"]))


def _meet(row: Row, post: Post) -> bool:
    return bool(
        (row["until"] is None or post.since < row["until"])
        and (post.until is None or row["since"] < post.until)
    )


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
