"""Drill and reality never mix (AC-15): ten thousand random operations and requests try, and mutants.

Two installations stand side by side: reality in the store of the tests, a drill in a file of its
own, with the same units and the same people in both, as a walled copy has. Everything that one world
could send the other is sent: operations with its mark, operations without one under its header,
files, backups. Afterwards every table of the world that was sent to is compared, byte for byte.
"""

import hashlib
import json
import random
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import msgspec
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client

from tuyen.apps.access import queries, services, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal import store
from tuyen.apps.journal.backup import facts, manifest
from tuyen.apps.journal.backup.embedded import settings_of
from tuyen.apps.journal.models import Head
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import CreateUnit, Tie
from tuyen.apps.surveillance.operations import (
    CloseAlarm,
    RaiseAlarm,
    ReportCase,
    ReportSignal,
    ReportZero,
)
from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation
from tuyen.web.worlds import MISDIRECTED, OneWorld

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 25)
ROOT = UUID("0f1a3b1e-4f7c-4f43-8d1e-2a57a9d6b001")
DRILL, OTHER = uuid5(ROOT, "drill"), uuid5(ROOT, "another drill")
PROVINCE, COMMUNE, STATION, EDITOR = (uuid5(ROOT, n) for n in ("P", "C", "S", "editor"))
ATTEMPTS = 10_000
NOT_OURS = {"django_session", "django_migrations", "sqlite_sequence"}
DISEASES = ("measles", "dengue", "influenza", "unknown-dangerous", "nothing-known")


def furnish():
    """The same units and the same editor in either world."""

    def unit(id, type, *ties):
        said = CreateUnit(type=type, name=f"{type} X", relations=tuple(
            Tie(kind=kind, object=object) for kind, object in ties))  # fmt: skip
        return made(said, id, id=id)

    operations = [
        unit(PROVINCE, "province"),
        unit(COMMUNE, "commune", ("lies_in", PROVINCE)),
        unit(STATION, "station", ("lies_in", COMMUNE), ("serves", COMMUNE)),
        made(OpenAccount(login="cdc", name="CDC"), NODE, id=EDITOR),
        made(CreatePost(role="cdc-epidemiologist", since=date(2020, 1, 1)), PROVINCE,
             id=uuid5(ROOT, "post")),
        made(Appoint(post=uuid5(ROOT, "post"), user=EDITOR, since=date(2020, 1, 1)), PROVINCE),
    ]  # fmt: skip
    receipts = commit(by=Actor.program(TODAY), operations=operations, at=NOW)
    assert all(receipt.ok for receipt in receipts), [r.refusal for r in receipts]


def made(payload, unit, id=None, **more):
    operation = Operation.of(
        payload, unit=unit, happened_on=TODAY, recorded_at=NOW, id=id or uuid4()
    )
    return msgspec.structs.replace(operation, **more)


@contextmanager
def in_the_drill(mark):
    with store.working_on("drill"), world.playing(mark):
        yield


@pytest.fixture
def worlds(db, tmp_path, monkeypatch):
    """Both worlds, and a key of each for a program that acts for its editor."""
    monkeypatch.setenv("TUYEN_DEMO_DAY", TODAY.isoformat())
    mark = {"drill": str(DRILL), "scenario": "measles_village", "name": {"vi": "Sởi"},
            "begins": NOW.isoformat(), "home": str(tmp_path)}  # fmt: skip
    furnish()
    reals = services.issue_key(user=EDITOR, label="real", days=30, now=datetime.now(UTC))
    with facts.opened("drill", settings_of(tmp_path / "drill.sqlite3")):
        call_command("migrate", database="drill", verbosity=0)
        with in_the_drill(mark):
            with world_opened():
                Head.objects.filter(pk=1).update(drill=DRILL)
            furnish()
            drills = services.issue_key(user=EDITOR, label="drill", days=30, now=datetime.now(UTC))
            assert User.objects.count() == 1
        yield mark, reals, drills


def world_opened():
    from tuyen.apps.access import guard

    return guard.opened("drill")


def content(alias):
    """A digest of every row of every table of a store, in one order."""
    seal = hashlib.sha256()
    db = connections[alias]
    for table in facts.tables(db):
        if table in NOT_OURS or table.startswith("axes_"):
            continue
        with db.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {db.ops.quote_name(table)}")  # our own tables
            rows = sorted(repr([bytes(v) if isinstance(v, memoryview) else v for v in row])
                          for row in cursor.fetchall())  # fmt: skip
        seal.update(f"{table}:{len(rows)}".encode())
        for row in rows:
            seal.update(row.encode())
    return seal.hexdigest()


def anything(dice):
    """A random operation that a world without walls would keep, whatever came of it."""
    unit = dice.choice((STATION, COMMUNE, PROVINCE, NODE))
    day = TODAY - timedelta(days=dice.randrange(40))
    payload = dice.choice((
        lambda: ReportCase(disease=dice.choice(DISEASES), sex=dice.choice(("male", "female")),
                           age=dice.randrange(90), onset_on=day, classification="suspected",
                           commune=COMMUNE, name=f"Người {dice.randrange(10**6)}"),
        lambda: ReportZero(week=f"2026-W{dice.randrange(1, 53):02}"),
        lambda: ReportSignal(sign="rash-fever", source="village", seen_on=day, commune=COMMUNE),
        lambda: RaiseAlarm(rule="AL-A", disease="measles", period="2026-10", level="alert",
                           observed=dice.randrange(9), method="x"),
        lambda: CloseAlarm(alarm=uuid4(), because="by-hand", reason="không phải dịch"),
        lambda: CreateUnit(type="village", name=f"Bản {dice.randrange(10**6)}",
                           relations=(Tie(kind="lies_in", object=COMMUNE),)),
        lambda: OpenAccount(login=f"u{dice.randrange(10**9)}", name="Ai đó"),
    ))()  # fmt: skip
    return made(payload, unit, id=UUID(int=dice.getrandbits(128)))


def by_commit(dice, marks):
    """A bundle of operations of another world, handed to the journal itself."""
    operations = [msgspec.structs.replace(anything(dice), drill=dice.choice(marks))
                  for _ in range(dice.randrange(1, 9))]  # fmt: skip
    operations += [anything(dice)] * dice.randrange(2)  # one unmarked among them saves none
    dice.shuffle(operations)
    try:
        commit(by=Actor.program(TODAY), operations=operations, at=NOW)
    except world.OtherWorld:
        return "refused", len(operations)
    return "taken", len(operations)


def by_api(dice, key, marks, header):
    """The same through the machine door: marked lines, or unmarked ones of a foreign program."""
    operations = [anything(dice) for _ in range(dice.randrange(1, 60))]
    headers = {}
    if header is not None and dice.random() < 0.5:
        headers["Tuyen-World"] = header
    else:
        operations = [msgspec.structs.replace(o, drill=dice.choice(marks)) for o in operations]
    body = b'{"operations":[' + b",".join(map(msgspec.json.encode, operations)) + b"]}"
    answer = Client().post("/api/v1/operations", body, content_type="application/json",
                           headers={"Authorization": f"Bearer {key}", **headers})  # fmt: skip
    if answer.status_code == MISDIRECTED:
        return "misdirected", len(operations)
    told = {receipt["status"] for receipt in answer.json()["receipts"]}
    return ("refused" if told == {"refused"} else "taken"), len(operations)


def by_request(dice, header):
    """Any address at all, asked in the name of another world."""
    path = dice.choice(("/api/v1/feed", "/api/v1/cases", "/api/v1/sync/push", "/api/v1/sync/pull",
                        "/api/v1/sync/enrol", "/sign-in/", "/cases/", "/drills/start/"))  # fmt: skip
    client = Client()
    call = client.get if dice.random() < 0.5 else client.post
    return ("misdirected" if call(path, headers={"Tuyen-World": header}).status_code == MISDIRECTED
            else "taken"), 1  # fmt: skip


def by_file(dice, sign):
    """A table that left the other world, in every form in which it may come back."""
    header, row = ["Mã", "Tên"], [dice.randrange(10**6), f"Người {dice.randrange(10**6)}"]
    form = dice.randrange(3)
    if form == 0:
        data = write_csv([*header, "Dấu"], [[*row, sign]])
    elif form == 1:
        data = write_xlsx([SheetOut("Ca", [*header, "Dấu"], [[*row, sign]])])
    else:
        data = write_csv(header, [row], title=sign).decode("utf-8-sig").encode("utf-16")
    try:
        world.check_file(data)
    except world.OtherWorld:
        return "refused", 1
    return "taken", 1


def assault(dice, attempts, *, key, marks, header, sign):
    """So many operations and requests of other worlds; what became of them."""
    tally, sent = Counter(), 0
    while sent < attempts:
        outcome, n = dice.choice((
            lambda: by_commit(dice, marks), lambda: by_api(dice, key, marks, header),
            lambda: by_request(dice, header), lambda: by_file(dice, sign),
        ))()  # fmt: skip
        tally[outcome] += n
        sent += n
    return tally


def test_ten_thousand_random_attempts_change_nothing_in_reality(worlds):
    _, key, _ = worlds
    before = content("default")

    tally = assault(random.Random(31), ATTEMPTS, key=key, marks=(DRILL, OTHER),
                    header=f"drill {DRILL}", sign=f"{world.SIGN} {DRILL}")  # fmt: skip

    assert content("default") == before
    assert tally["taken"] == 0
    assert tally["refused"] > 1000
    assert tally["misdirected"] > 1000


def test_nothing_of_reality_or_of_another_drill_reaches_a_drill(worlds):
    mark, _, key = worlds
    before = content("drill")

    with in_the_drill(mark):
        tally = assault(random.Random(13), ATTEMPTS // 5, key=key, marks=(OTHER,),
                        header=world.REAL, sign=f"{world.SIGN} {OTHER}")  # fmt: skip

    assert content("drill") == before
    assert tally["taken"] == 0


@pytest.mark.parametrize(
    ("mutant", "why"),
    [
        ("check", "the comparison of the two worlds"),
        ("check_header", "the header of a request"),
        ("check_file", "the mark of a file"),
    ],
)
def test_a_wall_with_one_stone_out_is_noticed(worlds, monkeypatch, mutant, why):
    _, key, _ = worlds
    before = content("default")
    monkeypatch.setattr(world, mutant, lambda *args, **kwargs: None)

    tally = assault(random.Random(31), 400, key=key, marks=(DRILL,),
                    header=f"drill {DRILL}", sign=f"{world.SIGN} {DRILL}")  # fmt: skip

    assert tally["taken"] > 0, why
    assert (content("default") != before) == (mutant != "check_file")


def test_a_program_of_reality_writes_nothing_into_the_store_of_a_drill(worlds):
    before = content("drill")

    with store.working_on("drill"), pytest.raises(world.OtherWorld):
        commit(by=Actor.program(TODAY), operations=[anything(random.Random(5))], at=NOW)

    assert content("drill") == before


def test_a_program_of_reality_shows_nothing_of_the_store_of_a_drill(worlds):
    with store.working_on("drill"):
        answer = OneWorld(lambda request: pytest.fail("it was let in"))(a_request())

    assert answer.status_code == MISDIRECTED


def a_request():
    from django.test import RequestFactory

    return RequestFactory().get("/board/")


def test_what_is_kept_in_a_drill_carries_its_mark_and_is_known_by_it(worlds):
    mark, key, drills = worlds
    born = anything(random.Random(7))
    body = (
        b'{"operations":[' + msgspec.json.encode(msgspec.structs.replace(born, drill=DRILL)) + b"]}"
    )
    with in_the_drill(mark):
        Client().post("/api/v1/operations", body, content_type="application/json",
                      headers={"Authorization": f"Bearer {drills}", "Tuyen-World": world.header()})  # fmt: skip
        answer = Client().get("/api/v1/feed", headers={"Authorization": f"Bearer {drills}",
                                                       "Tuyen-World": world.header()})  # fmt: skip
    kept = answer.json()["entries"]

    assert answer.headers["Tuyen-World"] == f"drill {DRILL}"
    assert {entry["drill"] for entry in kept} == {str(DRILL)}

    again = json.dumps({"operations": [
        {name: entry[name] for name in ("id", "kind", "version", "unit", "happened_on",
                                        "recorded_at", "payload", "drill")}
        for entry in kept
    ]})  # fmt: skip
    before = content("default")
    answer = Client().post("/api/v1/operations", again, content_type="application/json",
                           headers={"Authorization": f"Bearer {key}"})  # fmt: skip
    assert {r["refusal"]["code"] for r in answer.json()["receipts"]} == {"access.from-a-drill"}
    assert content("default") == before


def _holder(key):
    now = datetime.now(UTC)
    return queries.key_holder(key, now=now, on=now.date(), channel="api")


def test_a_key_of_reality_opens_no_drill_and_the_other_way_round(worlds):
    mark, reals, drills = worlds

    assert _holder(drills) is None
    with in_the_drill(mark):
        assert _holder(reals) is None


def test_a_backup_of_a_drill_is_not_put_into_reality(worlds, tmp_path):
    from tuyen.apps.journal.backup.embedded import Embedded
    from tuyen.apps.journal.backup.making import back_up
    from tuyen.apps.journal.backup.restoring import restore

    mark, _, _ = worlds
    connections["drill"].close()
    file = Embedded(tmp_path / "drill.sqlite3")
    with world.playing(mark):
        made_at, said = back_up(store=file, to=tmp_path / "kept", home=tmp_path, at=NOW)

    assert said.drill == DRILL
    with pytest.raises(world.FromADrill):
        restore(source=made_at, store=Embedded(tmp_path / "x.sqlite3"), home=tmp_path / "x", at=NOW)

    unmarked = msgspec.structs.replace(said, drill=msgspec.UNSET, digest="")
    manifest.write(made_at, unmarked)
    with pytest.raises(world.FromADrill):  # whatever its manifest says, the store itself is asked
        restore(source=made_at, store=Embedded(tmp_path / "x.sqlite3"), home=tmp_path / "x", at=NOW)
    assert not (tmp_path / "x.sqlite3").exists()
