"""Fifty at once, at an installation of their own: run as a program, it prints what became of them.

A race needs rows that are committed, and a journal refuses to forget them; so each race has a new
store with empty tables, thrown away afterwards, and not the store of the tests.

    python -m tests.security.racing NAME [--mutant]   with TUYEN_DATABASE_URL and TUYEN_HOME set
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

TRIES = 50
Race = Callable[[], dict[str, Any]]
_RACES: dict[str, Race] = {}


def race(function: Race) -> Race:
    _RACES[function.__name__] = function
    return function


def at_once(*tries: Callable[[], Any]) -> list[Any]:
    """What each of them got, or the name of what it raised; none starts before all are ready."""
    from django.db import connections

    gate = threading.Barrier(len(tries))

    def one(attempt: Callable[[], Any]) -> Any:
        try:
            gate.wait(60)
            return attempt()
        except Exception as error:
            return getattr(error, "code", type(error).__name__)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(one, tries))


def sent(by: Any, operation: Any) -> Callable[[], str]:
    """An attempt to commit, whose outcome is a receipt's: status, code and position."""
    from tests.security.conftest import NOW
    from tuyen.apps.journal.services import commit

    def attempt() -> str:
        (receipt,) = commit(by=by, operations=[operation], at=NOW, react=False)
        return f"{receipt.status}:{receipt.refusal.code if receipt.refusal else receipt.position}"

    return attempt


def tally(outcomes: list[Any]) -> dict[str, int]:
    """Outcomes by their word; positions apart."""
    return dict(Counter(str(outcome).partition(":")[0] for outcome in outcomes))


def operation(payload: Any, unit: Any, **rest: Any) -> Any:
    from tests.security.conftest import NOW, TODAY
    from tuyen.kernel.operation import Operation

    return Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW, **rest)


def province() -> Any:
    from tests.security.conftest import Province

    return Province()


def head() -> int:
    from tuyen.apps.journal import queries

    return queries.head()[1]


@race
def one_operation() -> dict[str, Any]:
    """The same operation, sent fifty times."""
    from tests.security.conftest import SINCE
    from tuyen.apps.access.models import Post
    from tuyen.apps.access.operations import CreatePost

    here = province()
    made = operation(CreatePost(role="midwife", since=SINCE), here.near.units["S"])
    before = head()
    outcomes = at_once(*[sent(here.by, made)] * TRIES)
    return {
        "outcomes": tally(outcomes),
        "positions": len({str(o).partition(":")[2] for o in outcomes}),
        "entries": head() - before,
        "rows": Post.objects.filter(pk=made.id).count(),
    }


@race
def one_id_of_two_contents() -> dict[str, Any]:
    """Fifty operations of one id, each saying something else."""
    from datetime import timedelta

    from tests.security.conftest import SINCE
    from tuyen.apps.access.models import Post
    from tuyen.apps.access.operations import CreatePost
    from tuyen.kernel.ids import uuid7

    here, id = province(), uuid7()
    payloads = [CreatePost(role="midwife", since=SINCE + timedelta(days=n)) for n in range(TRIES)]
    before = head()
    outcomes = at_once(
        *[sent(here.by, operation(p, here.near.units["S"], id=id)) for p in payloads]
    )
    codes = {str(o).partition(":")[2] for o in outcomes if str(o).startswith("refused")}
    return {"outcomes": tally(outcomes), "codes": sorted(codes), "entries": head() - before,
            "rows": Post.objects.filter(pk=id).count()}  # fmt: skip


@race
def one_reorganisation() -> dict[str, Any]:
    """One proposal, confirmed fifty times by operations of their own."""
    from tests.security.conftest import actor
    from tuyen.apps.registry.models import Reorganisation
    from tuyen.apps.registry.operations import Gift, Opening, ProposeReorganisation, Reorganise
    from tuyen.kernel.ids import uuid7

    here = province()
    new, near, far = uuid7(), here.near.units["C"], here.far.units["C"]
    from datetime import date

    decision = Reorganise(
        on=date(2026, 11, 1), basis="thử",
        opens=(Opening(id=new, type="commune", name="Xã Mới"),),
        gives=(Gift(predecessor=near, successor=new, main=True),
               Gift(predecessor=far, successor=new, main=True)),
    )  # fmt: skip
    proposer, confirmer = actor("planner", here.root), actor("planner", here.root)
    proposal = operation(ProposeReorganisation(decision=decision), here.root)
    first = sent(proposer, proposal)()
    import msgspec

    confirmed = msgspec.structs.replace(decision, proposal=proposal.id)
    outcomes = at_once(*[sent(confirmer, operation(confirmed, here.root)) for _ in range(TRIES)])
    return {"proposal": first.partition(":")[0], "outcomes": tally(outcomes),
            "rows": Reorganisation.objects.count(), "said": sorted(map(str, outcomes))[-1]}  # fmt: skip


def _two_of_one() -> tuple[Any, list[Any]]:
    from datetime import date

    from tests.security.conftest import SINCE
    from tuyen.apps.registry.operations import Member, RegisterHousehold
    from tuyen.kernel.ids import uuid7

    here = province()
    members = tuple(
        Member(id=uuid7(), name="Lò Văn Trùng", sex=1, born_on=date(1990, 2, 3), role=role)
        for role in ("head", "child")
    )
    here.good(RegisterHousehold(place=here.near.units["V"], members=members, since=SINCE),
              here.near.units["S"])  # fmt: skip
    return here, [member.id for member in members]


@race
def one_merger() -> dict[str, Any]:
    """Two records merged fifty times, half of them the other way round."""
    from tuyen.apps.registry.models import Merge
    from tuyen.apps.registry.operations import MergePersons

    here, (one, other) = _two_of_one()
    ways = [MergePersons(kept=one, duplicate=other), MergePersons(kept=other, duplicate=one)]
    unit = here.near.units["S"]
    outcomes = at_once(*[sent(here.by, operation(ways[n % 2], unit)) for n in range(TRIES)])
    return {"outcomes": tally(outcomes), "rows": Merge.objects.count()}


@race
def one_personal_number() -> dict[str, Any]:
    """Fifty new persons with one personal number."""
    from datetime import date

    from tests.security.conftest import SINCE
    from tuyen.apps.registry.models import Identifier
    from tuyen.apps.registry.operations import Member, Number, RegisterHousehold
    from tuyen.kernel.ids import uuid7

    here, value = province(), "011090000777"
    tries = []
    for n in range(TRIES):
        member = Member(id=uuid7(), name=f"Vàng {n}", sex=1, born_on=date(1990, 1, 1), role="head",
                        numbers=(Number(system="personal_number", value=value),))  # fmt: skip
        household = RegisterHousehold(place=here.near.units["V"], members=(member,), since=SINCE)
        tries.append(sent(here.by, operation(household, here.near.units["S"])))
    outcomes = at_once(*tries)
    return {"outcomes": tally(outcomes), "rows": Identifier.objects.filter(value=value).count()}


@race
def one_seat() -> dict[str, Any]:
    """One person appointed to one post fifty times over."""
    from tests.security.conftest import SINCE, open_account
    from tuyen.apps.access.models import Holding
    from tuyen.apps.access.operations import Appoint, CreatePost

    here = province()
    unit = here.near.units["S"]
    user = open_account(here, "midwife", unit)
    post = here.good(CreatePost(role="station-head", since=SINCE), unit)
    wish = Appoint(post=post, user=user, since=SINCE)
    outcomes = at_once(*[sent(here.by, operation(wish, unit)) for _ in range(TRIES)])
    return {"outcomes": tally(outcomes), "rows": Holding.objects.filter(post_id=post).count()}


@race
def one_login() -> dict[str, Any]:
    """Fifty accounts of one login."""
    from tuyen.apps.access.models import User
    from tuyen.apps.access.operations import OpenAccount
    from tuyen.kernel.ids import NODE

    here = province()
    outcomes = at_once(
        *[sent(here.by, operation(OpenAccount(login="mot.nguoi", name="Một Người"), NODE))
          for _ in range(TRIES)]
    )  # fmt: skip
    return {"outcomes": tally(outcomes), "rows": User.objects.filter(login="mot.nguoi").count()}


@race
def one_link() -> dict[str, Any]:
    """A one-time link, used fifty times with as many passwords."""
    from tests.security.conftest import NOW, open_account
    from tuyen.apps.access import services
    from tuyen.apps.access.models import User

    here = province()
    user = open_account(here, "midwife", here.near.units["S"])
    token = services.invite(user=user, now=NOW)
    words = [f"mot cau dai du suc {n:02} lan" for n in range(TRIES)]

    def use(word: str) -> Callable[[], str]:
        def attempt() -> str:
            services.accept_invitation(token=token, user=user, password=word, now=NOW)
            return f"used:{word}"

        return attempt

    outcomes = at_once(*map(use, words))
    winners = [o.partition(":")[2] for o in outcomes if str(o).startswith("used")]
    row = User.objects.get(pk=user)
    return {"outcomes": tally(outcomes), "opens": [row.check_password(w) for w in winners]}


def _welcomed(tokens: list[str]) -> dict[str, Any]:
    """The welcome page of a fresh installation, filled in fifty times at once by different people."""
    from django.conf import settings
    from django.test import Client

    from tuyen.apps.access.models import Holding, User

    settings.ALLOWED_HOSTS = ["testserver"]

    def welcome(n: int) -> Callable[[], str]:
        word = f"mot cau dai du suc {n:02} lan"
        said = {"token": tokens[n % len(tokens)], "login": f"nguoi{n:02}", "name": f"Người {n}",
                "password": word, "again": word}  # fmt: skip
        return lambda: str(Client().post("/welcome/", said).status_code)

    outcomes = at_once(*[welcome(n) for n in range(TRIES)])
    users = list(User.objects.all())
    return {"outcomes": tally(outcomes), "accounts": len(users),
            "with_password": sum(user.password.startswith("argon2") for user in users),
            "administrators": Holding.objects.filter(post__role="administrator").count()}  # fmt: skip


@race
def one_first_token() -> dict[str, Any]:
    """The one-time token of a fresh installation, used by fifty at once."""
    from tuyen.apps.access import clock, services

    return _welcomed([services.invite(user=None, now=clock.real_now())])


@race
def two_first_tokens() -> dict[str, Any]:
    """Two tokens that were made at one moment, so that neither ended the other."""
    from tuyen.apps.access import clock, services
    from tuyen.apps.access.guard import opened
    from tuyen.apps.access.models import Invitation

    tokens = [services.invite(user=None, now=clock.real_now()) for _ in range(2)]
    with opened("race"):
        Invitation.objects.update(used_at=None)
    return _welcomed(tokens)


@race
def one_tablet_code() -> dict[str, Any]:
    """A code for one tablet, spent fifty times."""
    from tests.security.conftest import NOW, TODAY, open_account
    from tuyen.apps.access import devices, queries
    from tuyen.apps.access.models import User

    here = province()
    user = open_account(here, "station-head", here.near.units["S"])
    by = queries.actor(User.objects.get(pk=user), on=TODAY, channel="web")
    code = devices.issue_code(by=by, now=NOW)

    def attempt() -> str:
        devices.use_code(code=code, on=TODAY, now=NOW)
        return "used"

    return {"outcomes": tally(at_once(*[attempt] * TRIES))}


@race
def one_counter() -> dict[str, Any]:
    """One signed request of a tablet, heard fifty times."""
    from tests.security.conftest import NOW, open_account
    from tuyen.apps.access import devices
    from tuyen.apps.access.operations import EnrolDevice

    here = province()
    unit = here.near.units["S"]
    user = open_account(here, "station-head", unit)
    device = here.good(EnrolDevice(user=user, key="ab" * 32, label="một"), unit)
    known = devices.Known(device, user, "active", 0, None, 0, 0, "")

    def attempt() -> str:
        devices.heard(device=known, counter=1, protocol=1, now=NOW)
        return "heard"

    return {"outcomes": tally(at_once(*[attempt] * TRIES))}


@race
def one_file() -> dict[str, Any]:
    """One file, planned and taken by two people at once, twenty-five times each."""
    from tests.security.conftest import NOW, TODAY, actor
    from tuyen.apps.surveillance.imports import Choices, fields, plan, run
    from tuyen.apps.surveillance.models import Case
    from tuyen.engines.exchange.tabular import read_table

    here = province()
    unit = here.near.units["S"]
    lines = ["Mã số,Họ và tên,Bệnh,Giới tính,Tuổi,Ngày khởi phát,Xã"]
    lines += [f"N{n},Người {n},Sởi,Nam,{n},2026-10-{n + 10},Xã 0" for n in range(10)]
    data = "\n".join(lines).encode()
    before = Case.objects.count()
    people = [actor("station-head", unit), actor("physician-assistant", unit)]

    def take(by: Any) -> Callable[[], str]:
        def attempt() -> str:
            table = read_table(data, "ca.csv", vocabulary=fields().vocabulary)
            found = plan(by=by, table=table, on=TODAY, at=NOW, choices=Choices(unit=unit))
            result = run(by=by, plan=found, at=NOW, accept_good_rows=True)
            return f"took:{result.accepted}:{result.refused}:{result.left_out}"

        return attempt

    outcomes = at_once(*[take(people[n % 2]) for n in range(TRIES)])
    took = [str(o).split(":")[1:] for o in outcomes if str(o).startswith("took")]
    return {"outcomes": tally(outcomes), "accepted": sum(int(t[0]) for t in took),
            "refused": sum(int(t[1]) for t in took), "left_out": sum(int(t[2]) for t in took),
            "rows": Case.objects.count() - before}  # fmt: skip


@race
def one_last_team() -> dict[str, Any]:
    """The last team and the last goods, booked by fifty people at once."""
    from tests.security.conftest import TODAY
    from tuyen.apps.surveillance.models import Alarm, Booking
    from tuyen.apps.surveillance.operations import (
        BookResponse,
        Member,
        ReceiveResource,
        SetTeam,
    )

    here = province()
    unit = here.near.units["Z"]
    alarm = Alarm.objects.get(pk=here.near.alarm)
    members = (Member(name="Một Người", skills=("epidemiology",)),)
    team = here.good(SetTeam(name="Đội cuối cùng", members=members, contact="0000000000"), unit)
    here.good(ReceiveResource(item="ppe", quantity=10), unit)
    said = {"subject_kind": "alarm", "subject": alarm.id, "since": TODAY, "until": TODAY}
    wishes = [BookResponse(team=team, **said), BookResponse(item="ppe", quantity=10, **said)]
    outcomes = at_once(*[sent(here.by, operation(wishes[n % 2], unit)) for n in range(TRIES)])
    refusals = {str(o).partition(":")[2] for o in outcomes if str(o).startswith("refused")}
    return {"outcomes": tally(outcomes), "codes": sorted(refusals), "rows": Booking.objects.count()}


def forget_the_lock() -> None:
    """The mutant: commits are not put in one order, and what is known is read before the others."""
    from django.db.models.query import QuerySet

    from tuyen.apps.journal import services

    QuerySet.select_for_update = lambda self, *args, **kwargs: self  # type: ignore[method-assign]
    honest = services._Commit._without_known

    def slow(self: Any, operations: Any) -> Any:
        fresh = honest(self, operations)
        time.sleep(0.2)
        return fresh

    services._Commit._without_known = slow  # type: ignore[method-assign]


def read_then_write() -> None:
    """The mutant: a code or a link is looked at first and marked as used afterwards, unasked."""
    from django.db.models.query import QuerySet

    from tuyen.apps.access.models import DeviceCode, Invitation

    honest = QuerySet.update

    def blind(self: Any, **values: Any) -> int:
        if self.model in (Invitation, DeviceCode) and "used_at" in values:
            time.sleep(0.2)
            honest(self, **values)
            return 1
        return honest(self, **values)

    QuerySet.update = blind  # type: ignore[method-assign]


def ask_beforehand() -> None:
    """The mutant: whether anybody is there is asked by the page, before commits stand in line."""
    from tuyen.apps.access import queries
    from tuyen.apps.access.services import accounts

    honest = queries.has_accounts

    def slow() -> bool:
        found = honest()
        time.sleep(0.2)
        return found

    queries.has_accounts = slow
    accounts.anybody = lambda: False


def main(name: str, mutant: str = "") -> None:
    import django

    django.setup()
    from tests import passwords
    from tuyen.apps.access import walls

    passwords.cheapen()  # fifty honest ones at once take five gigabytes
    walls.trust_process(walls.Level.OWNER)  # as tests do: a race counts the rows of everybody
    from tests.security import racing as imported
    from tests.security import racing_fhir, racing_names

    assert racing_fhir  # its races are known by being read
    mutants = {"lock": forget_the_lock, "code": read_then_write, "first": ask_beforehand,
               "answer": racing_names.answer_again}  # fmt: skip
    if mutant:
        mutants[mutant]()
    print(json.dumps((_RACES | imported._RACES)[name]()))


if __name__ == "__main__":
    main(*sys.argv[1:])
