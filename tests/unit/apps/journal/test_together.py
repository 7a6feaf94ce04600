"""Several senders in one transaction: for each as if it had been alone, and no receipt too early."""

import random
from itertools import groupby

import pytest
from django.db import OperationalError

from tuyen.apps.access.models import User
from tuyen.apps.access.operations import CloseAccount, CreatePost, OpenAccount
from tuyen.apps.journal import queries, together
from tuyen.apps.journal.models import Entry
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.together import Meeting, Share, commit_together, merged
from tuyen.apps.journal.verify import verify
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import KINDS
from tuyen.kernel.refusal import Refusal

from ..conftest import NOW, TODAY


class Late(Refusal):
    code = "test.late"


def at_once(*shares):
    """Commit shares as if they had met at the lock."""
    return commit_together(lambda: list(shares), lambda: NOW)


def outcomes(receipts):
    return [(receipt.status, receipt.refusal and receipt.refusal.code) for receipt in receipts]


def bring(operate, chance, mark, people):
    """What one sender brings, some of it wrong: an account twice, a post of no role, a bad payload."""
    made = []
    for n in range(chance.randrange(1, 12)):
        kind = chance.choice(["open", "open", "twice", "post", "nobody", "close", "close again"])
        if kind in ("open", "twice"):
            login = f"{mark}.{n if kind == 'open' else 0}"
            made.append(operate(OpenAccount(login=login, name="Lò Thị Mây")))
        elif kind in ("post", "nobody"):
            role = "midwife" if kind == "post" else "nobody"
            made.append(operate(CreatePost(role=role, since=TODAY)))
        else:
            made.append(operate(CloseAccount(user=people[mark], on=TODAY)))
    return made


@pytest.mark.parametrize("seed", range(8))
def test_each_sender_gets_what_it_would_get_alone(seed, send, operate, program, holder):
    """The same work of six senders, one after the other and all together; then the replay."""
    people = {}
    for way in ("alone", "together"):
        for n in range(6):
            account = operate(OpenAccount(login=f"{way}{n}.person", name="Vàng A Sử"))
            people[f"{way}{n}"] = account.id
            send(program, account)
    stranger = holder(("midwife", uuid7()))
    by = {n: stranger if n == 5 else program for n in range(6)}

    def work(way):
        chance = random.Random(seed)
        return [bring(operate, chance, f"{way}{n}", people) for n in range(6)]

    alone = [outcomes(send(by[n], *made)) for n, made in enumerate(work("alone"))]
    shares = [Share(by[n], made) for n, made in enumerate(work("together"))]
    at_once(*shares)

    assert [outcomes(share.receipts) for share in shares] == alone, f"seed {seed}"
    for n, share in enumerate(shares):
        authors = Entry.objects.filter(id__in=[o.id for o in share.operations])
        assert set(authors.values_list("author_id", flat=True)) == {by[n].user}
        positions = [receipt.position for receipt in share.receipts]
        assert positions == sorted(positions), "a sender's operations stay in its order"
    assert verify().sound
    rebuilt = replay()
    assert rebuilt.same, (seed, rebuilt.failed, [t for t in rebuilt.tables if not t.same])


def test_a_sender_that_is_refused_at_the_door_takes_nothing_and_stops_nobody(operate, program, db):
    def late():
        raise Late()

    good, bad = (
        Share(program, [operate(OpenAccount(login=f"sender.{name}", name="A"))]) for name in "ab"
    )
    bad.before = late

    at_once(bad, good)

    assert (bad.receipts, bad.error.code) == (None, "test.late")
    assert outcomes(good.receipts) == [("accepted", None)]
    assert set(User.objects.values_list("login", flat=True)) == {"sender.a"}


def test_no_receipt_is_given_before_the_commit_is_durable(operate, program, db, monkeypatch):
    class Lost:
        """A transaction that is broken off at its very end."""

        def __init__(self, **given):
            pass

        def __enter__(self):
            return None

        def __exit__(self, *problem):
            raise OperationalError("the disk is full")

    shares = [
        Share(program, [operate(OpenAccount(login=f"sender.{name}", name="A"))]) for name in "ab"
    ]
    monkeypatch.setattr(together.transaction, "atomic", Lost)
    meeting = Meeting(lambda: NOW)

    with pytest.raises(OperationalError):
        at_once(*shares)
    told = [share.receipts for share in shares]
    with pytest.raises(OperationalError):
        meeting.commit(shares[0])

    assert told == [None, None]
    assert shares[0].receipts is None


def test_those_who_wait_are_committed_with_whoever_comes_first(operate, program, db):
    times = []
    meeting = Meeting(lambda: times.append(1) or NOW)
    waiting = [
        Share(program, [operate(OpenAccount(login=f"waits{n}", name="A"))]) for n in range(5)
    ]
    meeting._waiting.extend(waiting)

    meeting.commit(Share(program, [operate(OpenAccount(login="first", name="A"))]))

    assert len(times) == 1
    assert [outcomes(share.receipts) for share in waiting] == [[("accepted", None)]] * 5
    assert all(share.ready.is_set() for share in waiting)


def test_two_words_about_one_operation_do_not_share_a_commit(operate, program, db):
    one = operate(OpenAccount(login="one", name="A"))
    other = operate(OpenAccount(login="two", name="A"), id=one.id)
    meeting = Meeting(lambda: NOW)
    second = Share(program, [other])
    meeting._waiting.append(Share(program, [one]))
    meeting._waiting.append(second)

    meeting.commit(Share(program, [operate(OpenAccount(login="third", name="A"))]))

    assert second.receipts is None
    assert second.ready.is_set(), "it leads the next commit"
    meeting._waiting.clear()
    assert meeting.commit(second)[0].refusal.code == "journal.id-reused"


def test_a_group_that_fails_as_a_whole_is_tried_one_by_one(operate, program, db, monkeypatch):
    """A fault of the program that only the whole group meets."""
    real = together._Shared.take

    def fragile(work, operations):
        if len(operations) > 1:
            raise RuntimeError("a bug that needs two")
        real(work, operations)

    monkeypatch.setattr(together._Shared, "take", fragile)
    shares = [
        Share(program, [operate(OpenAccount(login=f"sender.{name}", name="A"))]) for name in "abc"
    ]
    meeting = Meeting(lambda: NOW)
    meeting._waiting.extend(shares[:2])

    meeting.commit(shares[2])

    assert [outcomes(share.receipts) for share in shares] == [[("accepted", None)]] * 3
    assert queries.head()[1] == 3


def test_a_service_that_fails_sets_aside_its_own_operation_alone(operate, program, db, monkeypatch):
    good, bad, beside = (
        operate(OpenAccount(login=name, name="Lò Thị Mây")) for name in ("tot", "hong", "ben")
    )
    kind = KINDS.get("access.open_account")
    honest = kind.apply

    def failing(batch):
        if any(entry.id == bad.id for entry in batch.entries):
            raise ZeroDivisionError
        honest(batch)

    monkeypatch.setattr(kind, "apply", failing)
    first = Share(by=program, operations=[good, bad])
    second = Share(by=program, operations=[beside])

    together._settled(lambda: [first, second], lambda: NOW)

    assert outcomes(first.receipts) == [("accepted", None), ("refused", "journal.set-aside")]
    assert outcomes(second.receipts) == [("accepted", None)]
    assert verify().sound


def test_what_one_sender_brought_reacts_once_though_others_were_with_it(operate, program, db):
    heard = []
    kind = KINDS.get("access.open_account")
    kind.reactions.append(lambda entries: heard.append({entry.id for entry in entries}))
    shares = [
        Share(program, [operate(OpenAccount(login=f"sender.{name}", name="A"))]) for name in "ab"
    ]
    meeting = Meeting(lambda: NOW)
    meeting._waiting.append(shares[0])
    try:
        meeting.commit(shares[1])
    finally:
        kind.reactions.pop()

    assert heard == [{share.operations[0].id for share in shares}]


@pytest.mark.parametrize("seed", range(20))
def test_merging_keeps_each_senders_order_and_puts_equal_kinds_together(seed, operate):
    chance = random.Random(seed)
    kinds = [OpenAccount(login="somebody", name="A"), CreatePost(role="midwife", since=TODAY)]
    shares = [
        [operate(chance.choice(kinds)) for _ in range(chance.randrange(0, 30))] for _ in range(8)
    ]

    together_ = merged(shares)

    for share in shares:
        ids = {operation.id for operation in share}
        assert [o for o in together_ if o.id in ids] == share
    assert len(together_) == sum(map(len, shares))
    runs = [len([*groupby(each, key=lambda o: o.kind)]) for each in (together_, *shares)]
    assert runs[0] <= max(sum(runs[1:]) // 3, max(runs[1:]) + 2)
