"""The one door: once, in order, nothing dropped."""

import json
from datetime import date
from types import SimpleNamespace

import msgspec
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.conftest import NOW
from tuyen.apps.access import guard
from tuyen.apps.access.models import Holding, Post, User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount, Relieve
from tuyen.apps.access.policies import NotAllowed
from tuyen.apps.journal import queries
from tuyen.apps.journal.models import Entry, Revision
from tuyen.apps.journal.operations import WithdrawRefused
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.journal.verify import verify
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import FOLLOWERS, OBJECTORS, Operation, follows, objects_to


def account(operate, login="lo.thi.may", **rest):
    return operate(OpenAccount(login=login, name="Lò Thị Mây"), **rest)


def test_an_accepted_operation_writes_its_row_and_its_entry(send, operate, program):
    operation = account(operate)

    (receipt,) = send(program, operation)

    assert (receipt.status, receipt.position) == ("accepted", 1)
    assert User.objects.get().pk == operation.id
    assert queries.operation(by=program, id=operation.id).payload["login"] == "lo.thi.may"


def test_sending_it_again_changes_nothing_and_says_so(send, operate, program):
    operation = account(operate)
    first = send(program, operation, operation)

    (again,) = send(program, operation)

    assert [receipt.status for receipt in first] == ["accepted", "accepted"]
    assert (again.status, again.position) == ("already-had", 1)
    assert Entry.objects.count() == User.objects.count() == 1


def test_the_same_payload_with_its_keys_in_another_order_is_the_same_operation(
    send, operate, program
):
    operation = account(operate)
    send(program, operation)
    payload = dict(reversed(json.loads(bytes(operation.payload)).items()))
    shuffled = msgspec.structs.replace(operation, payload=msgspec.Raw(json.dumps(payload).encode()))

    assert send(program, shuffled)[0].status == "already-had"


def test_an_id_used_for_other_content_is_refused_and_the_first_stands(send, operate, program):
    operation = account(operate)
    send(program, operation)

    (receipt,) = send(program, account(operate, login="other", id=operation.id))

    assert receipt.refusal.code == "journal.id-reused"
    assert User.objects.get().login == "lo.thi.may"


def test_a_refused_operation_is_kept_and_the_others_go_on(send, operate, program):
    good, bad, last = account(operate), account(operate), account(operate, login="another")

    receipts = send(program, good, bad, last)

    assert [receipt.status for receipt in receipts] == ["accepted", "refused", "accepted"]
    assert receipts[1].refusal.code == "access.login-taken"
    assert [kept.id for kept in queries.refused(by=program)] == [bad.id]
    assert send(program, bad)[0].refusal.code == "access.login-taken"


def test_operations_that_stand_on_each_other_may_come_together(send, operate, program):
    person, post = account(operate), operate(CreatePost(role="midwife", since=date(2026, 1, 1)))
    holding = operate(Appoint(post=post.id, user=person.id, since=date(2026, 1, 1)))

    receipts = send(program, person, post, holding)

    assert all(receipt.ok for receipt in receipts)
    assert Holding.objects.get().post == Post.objects.get()


def test_a_repair_closes_the_refusal_it_names(send, operate, program):
    send(program, account(operate))
    bad = account(operate)
    send(program, bad)

    send(program, account(operate, login="free", corrects=bad.id))

    assert queries.refused(by=program) == []
    assert queries.refused_count(by=program) == 0


def test_a_refusal_may_be_withdrawn_once_and_stays_in_the_journal(send, operate, program):
    bad = operate(Relieve(holding=uuid7(), until=date(2026, 1, 1)))
    send(program, bad)
    withdrawal = WithdrawRefused(refused=bad.id, reason="typed twice")

    receipts = send(
        program, operate(withdrawal, corrects=bad.id), operate(withdrawal, corrects=bad.id)
    )

    assert [receipt.status for receipt in receipts] == ["accepted", "refused"]
    assert queries.refused(by=program)[0].id == receipts[1].id
    assert Entry.objects.filter(id=bad.id).exists()


@pytest.mark.parametrize(
    ("why", "kind", "payload", "code"),
    [
        ("a kind nobody knows", "magic.spell", b"{}", "kernel.unknown-kind"),
        (
            "a payload of another shape",
            "access.open_account",
            b'{"user":1}',
            "kernel.payload-invalid",
        ),
        ("bytes that are not JSON", "access.open_account", b"\xff\xfe", "kernel.payload-invalid"),
        ("nesting without end", "access.open_account", b"[" * 20000, "kernel.payload-invalid"),
        (
            "more than fits",
            "access.open_account",
            b'"' + b"a" * 300000 + b'"',
            "kernel.payload-too-long",
        ),
    ],
)
def test_what_cannot_be_read_is_set_aside_and_kept(why, kind, payload, code, send, program):
    poison = Operation(id=uuid7(), kind=kind, unit=NODE, happened_on=date(2026, 1, 1),
                       recorded_at=msgspec.convert("2026-01-01T00:00:00Z", type=Operation.__annotations__["recorded_at"]),
                       payload=msgspec.Raw(payload))  # fmt: skip

    (receipt,) = send(program, poison)

    assert receipt.refusal.code == code, why
    assert queries.refused(by=program)[0].id == poison.id


def test_a_service_that_fails_on_one_entry_does_not_take_its_neighbours(send, operate, program):
    """A NUL in a name passes the schema and is refused by PostgreSQL; a surrogate by neither:
    so the fault is made in the service itself, as a broken rule would make it."""
    from tuyen.kernel.operation import KINDS

    kind = KINDS.get("access.open_account")
    real = kind.apply

    def brittle(batch):
        if any(entry.payload.login == "poison" for entry in batch.entries):
            raise ZeroDivisionError("a fault in the program")
        real(batch)

    kind.apply = brittle
    try:
        receipts = send(
            program, *(account(operate, login=login) for login in ("one", "poison", "two"))
        )
    finally:
        kind.apply = real

    assert [receipt.status for receipt in receipts] == ["accepted", "refused", "accepted"]
    assert receipts[1].refusal.code == "journal.set-aside"
    assert set(User.objects.values_list("login", flat=True)) == {"one", "two"}


@pytest.fixture
def followed(monkeypatch):
    """What followers of an opened account were given; ``fail`` makes the next one raise."""
    seen = SimpleNamespace(logins=[], fail=False)
    monkeypatch.setitem(FOLLOWERS, OpenAccount.KIND.name, [])

    @follows("access.open_account", room="registry")
    def follow(entries):
        seen.logins.append([entry.payload.login for entry in entries])
        if seen.fail:
            raise RuntimeError("the follower fails")

    return seen


def test_another_room_follows_what_was_accepted_and_nothing_else(send, operate, program, followed):
    send(program, account(operate), account(operate), account(operate, login="another"))

    assert followed.logins == [["lo.thi.may", "another"]]
    assert set(Revision.objects.values_list("room", flat=True)) >= {"access", "registry"}


def test_what_a_follower_fails_on_is_set_aside_with_all_it_wrote(send, operate, program, followed):
    followed.fail = True

    (receipt,) = send(program, account(operate))

    assert receipt.refusal.code == "journal.set-aside"
    assert not User.objects.exists()


def test_another_room_is_heard_before_an_operation_is_taken(
    send, operate, program, followed, monkeypatch
):
    monkeypatch.setitem(OBJECTORS, OpenAccount.KIND.name, [])
    heard = []

    @objects_to("access.open_account", room="registry")
    def judge(batch):
        heard.append([entry.payload.login for entry in batch.entries])
        for entry in batch.entries:
            if entry.payload.login.startswith("bad"):
                batch.refuse(entry, NotAllowed(right="registry.person.read"))

    receipts = send(
        program, account(operate, login="bad.one"), account(operate, login="good"),
        account(operate, login="bad.two"),
    )  # fmt: skip
    alone = send(program, account(operate, login="bad.three"))

    assert [receipt.status for receipt in receipts + alone] == [
        "refused", "accepted", "refused", "refused",
    ]  # fmt: skip
    assert {r.refusal.code for r in receipts if r.refusal} == {"access.not-allowed"}
    assert heard == [["bad.one", "good", "bad.two"], ["bad.three"]]
    assert followed.logins == [["good"]]
    assert list(User.objects.values_list("login", flat=True)) == ["good"]


def test_without_the_right_an_operation_is_refused_and_kept(send, operate, holder):
    midwife = holder(("midwife", uuid7()))

    (receipt,) = send(midwife, account(operate))

    assert receipt.refusal.code == "access.not-allowed"
    assert User.objects.count() == 0
    assert Entry.objects.get().accepted is False


def test_a_batch_takes_the_same_number_of_statements_whatever_its_size(send, operate, program):
    send(program, account(operate, login="first"))
    counts = []
    for n in (1, 40):
        operations = [account(operate, login=f"login{n}.{k}") for k in range(n)]
        with CaptureQueriesContext(connection) as statements:
            send(program, *operations)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 13


def test_nothing_writes_past_the_journal(db):
    with pytest.raises(guard.WriteOutsideJournal):
        User.objects.create(id=uuid7(), login="x", name="x", opened_on=date(2026, 1, 1))
    with pytest.raises(guard.WriteOutsideJournal), connection.cursor() as cursor:
        cursor.execute("update access_user set name = 'x'")
    with pytest.raises(guard.WriteOutsideJournal), connection.cursor() as cursor:
        cursor.execute("  DELETE FROM journal_entry")


def test_the_database_itself_refuses_to_change_an_entry(send, operate, program):
    from django.db import DatabaseError, transaction

    send(program, account(operate))

    for sql in ("UPDATE journal_entry SET kind = 'x'", "DELETE FROM journal_entry"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            guard.opened("test"),
        ):
            connection.cursor().execute(sql)


def test_the_lock_is_on_the_tables_of_every_room(db):
    rooms = [room for room in apps.get_app_configs() if room.name.startswith("tuyen.apps.")]
    tables = [next(room.get_models())._meta.db_table for room in rooms if room.models_module]

    assert len(tables) > 5
    for table in tables:
        with pytest.raises(guard.WriteOutsideJournal), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_operations_that_stand_as_one_are_all_done_or_none(db, operate, program):
    """What was refused keeps its own reason, the others that they were sent with it."""
    good, twice, other = account(operate), account(operate), account(operate, login="vang.a.so")

    receipts = commit(by=program, operations=[good, twice, other], at=NOW, as_one=True)
    whole = commit(by=program, operations=[account(operate), account(operate, login="sung.a.pao")],
                   at=NOW, as_one=True)  # fmt: skip

    codes = [receipt.refusal and receipt.refusal.code for receipt in receipts]
    assert codes == ["journal.not-as-one", "access.login-taken", "journal.not-as-one"]
    assert [receipt.position for receipt in (*receipts, *whole)] == [1, 2, 3, 4, 5]
    assert [receipt.status for receipt in whole] == ["accepted", "accepted"]
    assert set(User.objects.values_list("login", flat=True)) == {"lo.thi.may", "sung.a.pao"}
    assert verify().sound
    assert replay().same
