"""A reorganisation takes two persons, moves what goes with its units, and is undone exactly."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import structs

from tests.unit.apps.registry.conftest import AFTER, BEFORE, MERGER, NOW, TODAY
from tests.unit.apps.registry.provinces import Province, decisions, merger, one_example, tables
from tuyen.apps.access import queries as access
from tuyen.apps.access.models import Holding, Post
from tuyen.apps.access.operations import Appoint, OpenAccount
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries, standing
from tuyen.apps.registry.models import MapRevision
from tuyen.apps.registry.operations import (
    ChangeUnit,
    Gift,
    Opening,
    ProposeReorganisation,
    ProposeUndo,
    Relate,
    Reorganise,
    UndoReorganisation,
    WithdrawProposal,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

EXAMPLES = settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture
def at(world, member):
    return Province(world, member)


def by(person, payload, unit, on=TODAY):
    """What becomes of an operation of a person."""
    operation = Operation.of(payload, unit=unit, happened_on=on, recorded_at=NOW)
    (receipt,) = commit(by=person, operations=[operation], at=NOW)
    return receipt


class TestTwoPersons:
    def test_one_proposes_and_another_confirms(self, at, holder):
        first, second = (holder(("planner", at.province)) for _ in range(2))
        new, decision = merger(at)
        proposal = by(first, ProposeReorganisation(decision=decision), at.province)

        waiting = queries.proposals(by=second)
        confirmed = by(second, _of(decision, proposal.id, basis="QĐ 12"), at.province)

        assert [p.id for p in waiting] == [proposal.id]
        assert confirmed.status == "accepted"
        assert queries.atlas().valid(new, AFTER)
        assert queries.proposals(by=second) == []
        (row,) = queries.reorganisations(by=second)
        assert (row.proposer, row.author, row.basis) == (first.user, second.user, "QĐ 12")

    @pytest.mark.parametrize(
        ("why", "code"),
        [
            ("alone", "registry.needs-proposal"),
            ("oneself", "registry.own-proposal"),
            ("something else", "registry.not-as-proposed"),
            ("nothing proposed", "registry.unknown-proposal"),
            ("twice", "registry.unknown-proposal"),
        ],
    )
    def test_nobody_decides(self, at, holder, why, code):
        first, second = (holder(("planner", at.province)) for _ in range(2))
        new, decision = merger(at)
        proposal = by(first, ProposeReorganisation(decision=decision), at.province).id
        if why == "twice":
            assert by(second, _of(decision, proposal), at.province).ok

        who = first if why == "oneself" else second
        what = {
            "alone": decision,
            "something else": _of(merger(at)[1], proposal),
            "nothing proposed": _of(decision, uuid7()),
        }.get(why, _of(decision, proposal))
        refused = by(who, what, at.province)

        assert refused.refusal.code == code
        assert queries.atlas().valid(new, AFTER) is (why == "twice")

    def test_what_cannot_be_decided_cannot_be_proposed(self, at, holder):
        gift = Gift(predecessor=at.communes[0], successor=uuid7())
        planner = holder(("planner", at.province))
        wrong = ProposeReorganisation(decision=Reorganise(on=MERGER, basis="x", gives=(gift,)))

        assert by(planner, wrong, at.province).refusal.code == "registry.unknown-unit"


def _of(decision, proposal, **change):
    return structs.replace(decision, proposal=proposal, **change)


class TestWhatMoves:
    def test_a_post_at_a_unit_that_ends_goes_on_at_its_successor(self, world, at):
        new, decision = merger(at)
        world.good(decision)
        committee = next(p for role, unit, p in at.posts if unit == at.communes[0])

        old = Post.objects.get(pk=committee)
        moved = Post.objects.get(unit_id=new, holdings__user__login="u1")
        holdings = Holding.objects.filter(user__login="u1").order_by("since")

        assert (old.until, moved.since, moved.role) == (MERGER, MERGER, "commune-committee")
        assert [(h.post_id, h.since, h.until) for h in holdings] == [
            (old.pk, date(2020, 1, 1), MERGER), (moved.pk, MERGER, None),
        ]  # fmt: skip
        before, after = (
            access.actor_by_login("u1", on=day, channel="web").posts for day in (BEFORE, AFTER)
        )
        assert ([p.unit for p in before], [p.unit for p in after]) == ([at.communes[0]], [new])

    def test_a_post_at_a_unit_without_successor_ends(self, world, at):
        gift = Gift(predecessor=at.communes[0], successor=None, main=True)
        world.good(Reorganise(on=MERGER, basis="x", gives=(gift,)))

        assert access.actor_by_login("u1", on=AFTER, channel="web").posts == ()


class TestUndoing:
    @EXAMPLES
    @given(make=decisions())
    def test_every_table_is_as_it_was(self, world, at, make):
        with one_example():
            before, revision = tables(), MapRevision.objects.get().entry_id
            (id,) = world.good(make(at))
            assert tables() != before

            world.good(UndoReorganisation(decision=id, reason="thử"))

            after = tables()
            for table, rows in before.items():
                assert after[table] == rows, table
            assert MapRevision.objects.get().entry_id == revision

    def test_two_are_undone_from_the_last_to_the_first(self, world, at):
        before = tables()
        new, decision = merger(at)
        (first,) = world.good(decision)
        between = tables()
        newer = uuid7()
        (second,) = world.good(
            Reorganise(
                on=date(2026, 1, 1), basis="NQ sau",
                opens=(Opening(id=newer, type="ward", name="P"),),
                gives=tuple(Gift(predecessor=o, successor=newer) for o in (new, at.communes[2])),
            )
        )  # fmt: skip

        code, said = world.refused(UndoReorganisation(decision=first, reason="thử"))
        world.good(UndoReorganisation(decision=second, reason="thử"))
        assert tables() == between
        world.good(UndoReorganisation(decision=first, reason="thử"))

        assert code == "registry.later-reorganisation"
        assert "2026-01-01 (NQ sau)" in said
        assert tables() == before

    def test_two_that_do_not_meet_are_undone_in_any_order(self, world, at):
        before = tables("MapRevision")
        (first,) = world.good(merger(at, 0, 1)[1])
        (second,) = world.good(merger(at, 2, 3)[1])

        world.good(UndoReorganisation(decision=first, reason="thử"))
        world.good(UndoReorganisation(decision=second, reason="thử"))

        assert tables("MapRevision") == before

    @pytest.mark.parametrize(
        ("why", "code"),
        [
            ("people came", "registry.records-since"),
            ("it was renamed", "registry.changed-since"),
            ("a station serves another", "registry.changed-since"),
            ("somebody was appointed", "registry.records-since"),
        ],
    )
    def test_it_is_refused_when_something_was_built_on_it(self, world, at, member, why, code):
        new, decision = merger(at)
        (id,) = world.good(decision)
        if why == "people came":
            at.household(new, member())
        elif why == "it was renamed":
            world.good(ChangeUnit(unit=new, since=date(2026, 1, 1), name="Khác"))
        elif why == "a station serves another":
            at.world.good(
                Relate(subject=at.villages[0], relation="lies_in", object=at.communes[4],
                       since=date(2026, 1, 1))
            )  # fmt: skip
        else:
            (user,) = world.good(OpenAccount(login="moi", name="Người mới"))
            post = Post.objects.filter(unit_id=new).first()
            world.good(Appoint(post=post.pk, user=user, since=date(2026, 1, 1)), unit=new)

        refusal, said = world.refused(UndoReorganisation(decision=id, reason="thử"))

        assert refusal == code, why
        name = {"it was renamed": "Khác", "a station serves another": "Bản 0.0"}.get(why, "Mới")
        assert name in said

    def test_it_is_undone_once(self, world, at):
        (id,) = world.good(merger(at)[1])
        undo = UndoReorganisation(decision=id, reason="thử")
        world.good(undo)

        assert world.refused(undo)[0] == "registry.already-undone"
        assert world.refused(UndoReorganisation(decision=uuid7(), reason="thử"))[0] == (
            "registry.unknown-reorganisation"
        )

    def test_two_persons_undo_it(self, world, at, holder):
        first, second = (holder(("planner", at.province)) for _ in range(2))
        new, decision = merger(at)
        (id,) = world.good(decision)
        alone = by(first, UndoReorganisation(decision=id, reason="thử"), at.province)
        asked = by(first, ProposeUndo(decision=id, reason="bãi bỏ"), at.province)
        again = by(second, ProposeUndo(decision=id, reason="bãi bỏ"), at.province)
        undo = UndoReorganisation(decision=id, reason="bãi bỏ", proposal=asked.id)
        own = by(first, undo, at.province)

        assert queries.atlas().valid(new, AFTER)
        waits = standing.undo_asked(by=second, decision=id)
        assert (waits.id, waits.author) == (asked.id, first.user)
        assert by(second, undo, at.province).status == "accepted"
        assert [r.refusal.code for r in (alone, again, own)] == [
            "registry.needs-undo-proposal", "registry.undo-waits", "registry.own-proposal",
        ]  # fmt: skip
        assert not queries.atlas().valid(new, AFTER)
        assert standing.undo_asked(by=second, decision=id) is None
        assert replay().same

    def test_a_proposal_to_undo_is_of_its_own_decision_and_is_withdrawn(self, world, at, holder):
        first, second = (holder(("planner", at.province)) for _ in range(2))
        (one,), (other,) = world.good(merger(at)[1]), world.good(merger(at, 2, 3)[1])
        asked = by(first, ProposeUndo(decision=one, reason="bãi bỏ"), at.province)
        swapped = UndoReorganisation(decision=other, reason="bãi bỏ", proposal=asked.id)

        assert by(second, swapped, at.province).refusal.code == "registry.not-as-proposed"
        gone = by(second, WithdrawProposal(proposal=asked.id, reason="giữ"), at.province)
        assert gone.status == "accepted"
        late = UndoReorganisation(decision=one, reason="bãi bỏ", proposal=asked.id)
        assert by(second, late, at.province).refusal.code == "registry.unknown-proposal"

    def test_what_cannot_be_undone_is_not_proposed(self, world, at, holder):
        first = holder(("planner", at.province))
        (id,) = world.good(merger(at)[1])
        world.good(UndoReorganisation(decision=id, reason="thử"))

        for decision, code in ((id, "already-undone"), (uuid7(), "unknown-reorganisation")):
            asked = by(first, ProposeUndo(decision=decision, reason="bãi bỏ"), at.province)
            assert asked.refusal.code == f"registry.{code}"

    def test_it_can_be_decided_again(self, world, at):
        new, decision = merger(at)
        (id,) = world.good(decision)
        first = tables()
        world.good(UndoReorganisation(decision=id, reason="thử"))
        world.good(decision)

        assert queries.atlas().valid(new, AFTER)
        assert {t: len(rows) for t, rows in tables().items()} == {
            t: len(rows) for t, rows in first.items()
        }


def test_the_journal_rebuilds_a_province_that_was_reorganised_and_put_back(world, at):
    (first,) = world.good(merger(at)[1])
    world.good(merger(at, 2, 3)[1])
    world.good(UndoReorganisation(decision=first, reason="thử"))

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []
