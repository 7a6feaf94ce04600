"""Deaths of a station's people, with what is known of how they died."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import death_checks
from tuyen.apps.clinical.models import DeathAccount, DeathStep, Delivery, Pregnancy
from tuyen.apps.clinical.operations import DeathFacts
from tuyen.apps.clinical.queries.visits import READ, SENSITIVE, reached
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical.pregnancy import POSTPARTUM_DAYS
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.station_books import Line, lines_of
from tuyen.rules.clinical import deaths as rules
from tuyen.rules.clinical import sensitive

_said = msgspec.json.Decoder(DeathFacts).decode


class Account(NamedTuple):
    """How somebody died, as it stands after its corrections."""

    id: UUID
    person: UUID
    unit: UUID
    cause: str
    cause_words: str
    place: str
    place_name: str
    certified_by: str
    certifier: str
    cared: bool | None
    mother: str
    note: str
    apart: bool
    version: int
    author: UUID | None
    received_at: datetime

    @property
    def facts(self) -> DeathFacts:
        """As an operation says it."""
        return DeathFacts(**{name: getattr(self, name) for name in DeathFacts.__struct_fields__})


class DeathRow(NamedTuple):
    """A death on record. ``shut``: it is described, or has a cause, that the reader may not open.
    ``maternal``: the woman was pregnant or had been within 42 days, as somebody said or as is on record.
    """

    person: UUID
    sex: int
    born_on: date
    died_on: date
    cause: str  # of the account, else as it was told with the death
    account: Account | None
    shut: bool
    maternal: bool

    @property
    def described(self) -> bool:
        return self.account is not None or self.shut


class DeathChange(NamedTuple):
    """What had stood in an account, and why it was corrected."""

    account: UUID
    reason: str
    author: UUID | None
    at: datetime
    before: DeathFacts


_COLUMNS = (
    "id", "person_id", "unit_id", "cause", "cause_words", "place", "place_name", "certified_by",
    "certifier", "cared", "mother", "note", "apart", "version", "author_id", "received_at",
)  # fmt: skip


def deaths_of(*, by: Actor, unit: UUID, month: Period) -> list[DeathRow]:
    """Who died in a month and lived last where a unit keeps the records, the earliest first: seven queries
    at most, whatever their number."""
    if not policies.scope(by, READ).covers(unit):
        return []
    places = registry.atlas().reach(unit, "own", month.end)
    found = registry.deaths(by=by, first=month.start, last=month.end, places=places)
    if not found:
        return []
    records = registry.born_as({one.person for one in found})
    root_of = {id: root for root, every in records.items() for id in every}
    accounts = _accounts(by, root_of)
    told = _told_apart(root_of) - accounts.keys()
    mothers = _mothers({one.person: one.died_on for one in found if one.sex != 1}, root_of)
    opened = policies.scope(by, SENSITIVE).covers(unit)
    rows = []
    for one in found:
        account = accounts.get(one.person)
        cause = (account.cause if account else "") or one.cause
        shut = one.person in told or bool(
            cause and not account and not opened and sensitive.kind_of(cause)
        )
        said = account.mother if account else ""
        maternal = said in rules.MOTHERS or (not said and one.person in mothers)
        rows.append(DeathRow(
            one.person, one.sex, one.born_on, one.died_on, "" if shut else cause, account, shut,
            maternal,
        ))  # fmt: skip
    return rows


def account_of(*, by: Actor, person: UUID) -> Account | None:
    """How somebody died, by whichever record they go: three queries."""
    root = registry.canonical([person])[person]
    records = registry.born_as([root])[root] | {person}
    return _accounts(by, dict.fromkeys(records, root)).get(root)


def death_changes(*, by: Actor, account: UUID) -> list[DeathChange]:
    """What had stood in an account, the latest first: one query."""
    rows = _readable(DeathStep, by).filter(account_id=account).order_by("-version")
    return [
        DeathChange(id, reason, author, at, _said(content))
        for id, reason, author, at, content in fetch(
            rows.values_list("account_id", "reason", "author_id", "received_at", "content")
        )
    ]


def death_faults(
    *, by: Actor, person: UUID, died_on: date, what: DeathFacts
) -> list[tuple[str, Refusal]]:
    """(field, refusal) of everything that would be wrong with an account of a death on a day; nothing of
    a person whom the reader may not read. One query."""
    vital = registry.vitals(by=by, ids=[person]).get(person)
    if vital is None:
        return []
    return death_checks.faults(what, sex=vital.sex, died_on=died_on)


def _accounts(by: Actor, root_of: Mapping[UUID, UUID]) -> dict[UUID, Account]:
    rows = _readable(DeathAccount, by).filter(person__id__among=set(root_of))
    told = (
        Account(*row) for row in fetch(rows.order_by("received_at", "pk").values_list(*_COLUMNS))
    )
    return {root_of[one.person]: one for one in told}


def _readable(model: Any, by: Actor) -> Any:
    apart = policies.scope(by, SENSITIVE)
    open_ = Q(apart=False) | reached(apart) if apart else Q(apart=False)
    return model.objects.filter(reached(policies.scope(by, READ)) & open_)


@walls.whole("that a death is described apart, and nothing of how")
def _told_apart(root_of: Mapping[UUID, UUID]) -> set[UUID]:
    rows = DeathAccount.objects.filter(person__id__among=set(root_of), apart=True)
    return {root_of[person] for (person,) in fetch(rows.values_list("person_id"))}


@walls.whole("which of these women had been pregnant within 42 days, and nothing else")
def _mothers(died: Mapping[UUID, date], root_of: Mapping[UUID, UUID]) -> set[UUID]:
    """Women who were pregnant when they died, or within 42 days before: two queries, none for none."""
    records = {id for id, root in root_of.items() if root in died}
    if not records:
        return set()
    spans: list[tuple[UUID, date, date | None]] = [
        *fetch(Pregnancy.objects.filter(person__id__among=records).exclude(state="void")
               .values_list("person_id", "begun_on", "ended_on")),
        *((mother, on, on) for mother, on in fetch(
            Delivery.objects.filter(mother__id__among=records, state="live")
            .values_list("mother_id", "on"))),
    ]  # fmt: skip
    return {
        root_of[person] for person, begun, ended in spans
        if within(begun, ended, died[root_of[person]])
    }  # fmt: skip


def within(begun: date, ended: date | None, died: date) -> bool:
    """Whether a death fell into a pregnancy or the 42 days after its end."""
    return begun <= died and (ended is None or died <= ended + timedelta(days=POSTPARTUM_DAYS))


@lines_of("deaths")
def _lines(by: Actor, unit: UUID, month: Period) -> Sequence[Line]:
    return [
        Line(
            row.account.id if row.account else row.person, row.died_on, row.person, _told(row),
            frozenset(_tags(row)), frozenset({row.cause} if row.cause else ()),
        )
        for row in deaths_of(by=by, unit=unit, month=month)
    ]  # fmt: skip


def _told(row: DeathRow) -> dict[str, Any]:
    names = (
        "cause_words",
        "place",
        "place_name",
        "certified_by",
        "certifier",
        "cared",
        "mother",
        "note",
    )
    said = {name: getattr(row.account, name) if row.account else None for name in names}
    return said | {
        "cause": row.cause, "shut": row.shut, "described": row.described, "maternal": row.maternal,
        "days": (row.died_on - row.born_on).days,
    }  # fmt: skip


def _tags(row: DeathRow) -> Collection[str]:
    account = row.account
    said = {
        "described": row.described, "maternal": row.maternal,
        "newborn": (row.died_on - row.born_on).days < rules.newborn_days(),
        "cared": bool(account and account.cared),
        f"place-{account.place if account else 'unknown'}": True,
        f"by-{account.certified_by if account else 'unknown'}": True,
    }  # fmt: skip
    return [tag for tag, holds in said.items() if holds]
