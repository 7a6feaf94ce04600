"""Two records of one person are merged and parted again, and both stay readable."""

from datetime import date

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.apps.registry.conftest import NOW, TODAY
from tests.unit.apps.registry.provinces import one_example
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries
from tuyen.apps.registry.operations import (
    AmendPerson,
    EndIdentifier,
    Entitle,
    Identify,
    Insurance,
    MergePersons,
    MoveHousehold,
    MovePerson,
    Number,
    ProposeMerge,
    RecordDeath,
    UndoMerge,
    VoidPerson,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

EXAMPLES = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
CARDS = ("DT2111234567890", "1234567890")


def number(system, value):
    return Number(system=system, value=value)


def tables():
    """Every row of the room but the log of mergers."""
    return {
        model.__name__: list(
            model.objects.order_by("pk").values_list(*(f.attname for f in model._meta.fields))
        )
        for model in apps.get_app_config("registry").get_models()
        if model.__name__ not in ("Merge", "MergeProposal")
    }


@pytest.fixture
def two(world, home, member):
    """One person registered twice in a village, spelled and numbered in two ways."""
    one = member(
        "Giàng A Pó", numbers=(number("personal_number", "011087001234"),), phone="0912345678"
    )
    other = member(
        "Giàng A Po", numbers=(number("passport", "B1234567"),),
        insurance=Insurance(card=CARDS[0], since=date(2025, 1, 1)),
    )  # fmt: skip
    houses = [world.household(home.village, p, since=date(2020, 1, 1)) for p in (one, other)]
    return one.id, other.id, houses


def by(person, payload, unit):
    operation = Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW)
    (receipt,) = commit(by=person, operations=[operation], at=NOW)
    return receipt


def test_a_merged_person_is_counted_once_and_found_by_all_that_was_known(world, home, two):
    kept, duplicate, _ = two
    world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)

    population = queries.population(by=world.by, on=TODAY).totals
    found = [
        [row.id for row in queries.search_people(by=world.by, text=text)]
        for text in ("giang a po", "B1234567", "011087001234", CARDS[0])
    ]

    assert sum(population.values()) == 1
    assert found == [[kept]] * 4
    card = queries.person(by=world.by, id=kept)
    assert [name for name, _ in card.former_names] == ["Giàng A Po"]
    assert queries.canonical([kept, duplicate]) == {kept: kept, duplicate: kept}


def test_both_records_stay_readable(world, home, two):
    kept, duplicate, houses = two
    before = queries.person(by=world.by, id=duplicate)
    world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)

    after = queries.person(by=world.by, id=duplicate)

    assert (after.row.merged_into, after.row.name) == (kept, "Giàng A Po")
    assert (after.stays, after.numbers, after.insurance) == (
        before.stays, before.numbers, before.insurance,
    )  # fmt: skip
    assert queries.people(by=world.by, ids=[duplicate])[duplicate].merged_into == kept
    assert queries.household(by=world.by, id=houses[1]).members == ()


def test_a_change_for_the_duplicate_is_refused_with_the_record_that_was_kept(world, home, two):
    kept, duplicate, _ = two
    world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)

    code, said = world.refused(AmendPerson(person=duplicate, name="Khác"), unit=home.station)

    assert code == "registry.merged-away"
    assert str(kept) in said


@EXAMPLES
@given(data=st.data())
def test_undoing_puts_every_table_back(world, home, member, data):
    with one_example():
        pair = []
        for n in range(2):
            held = data.draw(st.sets(st.sampled_from(("personal_number", "passport"))))
            numbers = {"personal_number": f"01108700123{n}", "passport": f"B123456{n}"}
            card = data.draw(st.sampled_from((None, 0, 1)))
            insurance = (
                Insurance(card=CARDS[card], since=date(2025, 1, 1)) if card is not None else None
            )
            person = member(
                data.draw(st.sampled_from(("Giàng A Pó", "Giàng A Po", "Pó"))),
                numbers=tuple(number(s, numbers[s]) for s in sorted(held)),
                insurance=insurance,
            )
            house = world.household(home.village, person, since=date(2020, 1, 1))
            if data.draw(st.booleans()):
                world.good(
                    MovePerson(person=person.id, place=home.commune, since=date(2024, 1, 1 + n),
                               household=data.draw(st.sampled_from((None, house)))),
                    unit=home.station,
                )  # fmt: skip
            if data.draw(st.booleans()):
                world.good(AmendPerson(person=person.id, name="Giàng A Páo"), unit=home.station)
            pair.append(person.id)
        before = tables()
        (merge,) = world.good(MergePersons(kept=pair[0], duplicate=pair[1]), unit=home.station)
        assert tables() != before

        world.good(UndoMerge(merge=merge, reason="hai người"), unit=home.station)

        after = tables()
        for table, rows in before.items():
            assert after[table] == rows, table


def test_what_the_kept_person_did_since_stays(world, home, two):
    kept, duplicate, houses = two
    (merge,) = world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)
    world.good(
        MovePerson(person=kept, place=home.commune, since=date(2026, 2, 1)), unit=home.station
    )
    world.good(
        MoveHousehold(household=houses[1], place=home.commune, since=date(2026, 2, 1)),
        unit=home.station,
    )
    world.good(UndoMerge(merge=merge, reason="hai người"), unit=home.station)

    rows = queries.people(by=world.by, ids=[kept, duplicate])

    assert [rows[id].place for id in (kept, duplicate)] == [home.commune, home.village]
    assert [r.id for r in queries.search_people(by=world.by, text="B1234567")] == [duplicate]
    assert sum(queries.population(by=world.by, on=TODAY).totals.values()) == 2


class TestTwoPersons:
    @pytest.fixture
    def apart(self, world, home, member):
        one, other = member(), member()
        world.household(home.village, one, since=date(2020, 1, 1))
        world.household(home.other, other, since=date(2020, 1, 1))
        return one.id, other.id

    @pytest.fixture
    def heads(self, world, home, holder):
        ties = (("lies_in", home.other), ("serves", home.other))
        station = world.open("station", "Trạm Chà Tở", *ties)
        posts = (home.station, station)
        return [(holder(("station-head", unit)), unit) for unit in posts]

    def test_across_communes_one_proposes_and_the_other_confirms(self, apart, heads):
        kept, duplicate = apart
        (first, here), (second, there) = heads
        pair = {"kept": kept, "duplicate": duplicate}
        alone = by(first, MergePersons(**pair), here)
        proposal = by(first, ProposeMerge(**pair), here)
        own = by(first, MergePersons(**pair, proposal=proposal.id), here)
        turned = MergePersons(kept=duplicate, duplicate=kept, proposal=proposal.id)
        other = by(second, turned, there)
        done = by(second, MergePersons(**pair, proposal=proposal.id), there)

        codes = [r.refusal.code if r.refusal else None for r in (alone, own, other, done)]
        assert codes == [
            "registry.merge-needs-proposal", "registry.own-proposal", "registry.not-as-proposed",
            None,
        ]  # fmt: skip

    def test_within_a_commune_one_is_enough(self, two, heads):
        kept, duplicate, _ = two
        head, station = heads[0]

        assert by(head, MergePersons(kept=kept, duplicate=duplicate), station).ok


class TestRefusals:
    def test_a_record_with_itself(self, world, home, two):
        payload = MergePersons(kept=two[0], duplicate=two[0])

        assert world.refused(payload, unit=home.station)[0] == "registry.same-record"

    def test_the_dead_with_the_living(self, world, home, two):
        kept, duplicate, _ = two
        world.good(RecordDeath(person=duplicate, on=date(2026, 1, 1)), unit=home.station)
        payload = MergePersons(kept=kept, duplicate=duplicate)

        assert world.refused(payload, unit=home.station)[0] == "registry.one-is-dead"

    def test_parting_a_record_that_was_merged_again(self, world, home, two, member):
        kept, duplicate, _ = two
        third = member()
        world.household(home.village, third, since=date(2020, 1, 1))
        before = tables()
        (first,) = world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)
        (second,) = world.good(MergePersons(kept=third.id, duplicate=kept), unit=home.station)
        chain = queries.canonical([duplicate])
        refused = world.refused(UndoMerge(merge=first, reason="thử"), unit=home.station)
        for merge in (second, first):
            world.good(UndoMerge(merge=merge, reason="thử"), unit=home.station)

        assert chain == {duplicate: third.id}
        assert refused[0] == "registry.merged-since"
        assert tables() == before

    @pytest.mark.parametrize(
        ("why", "code"),
        [
            ("a number taken over was ended", "registry.taken-over-changed"),
            ("insurance taken over was cut", "registry.taken-over-changed"),
            ("it was parted before", "registry.already-undone"),
            ("there is no such merger", "registry.unknown-merge"),
        ],
    )
    def test_parting_when(self, world, home, two, why, code):
        kept, duplicate, _ = two
        (merge,) = world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)
        undo = UndoMerge(merge=merge, reason="thử")
        if "number" in why:
            end = EndIdentifier(person=kept, system="passport", value="B1234567", until=TODAY)
            world.good(end, unit=home.station)
        elif "insurance" in why:
            world.good(
                Entitle(person=kept, card=CARDS[1], since=date(2026, 1, 1)), unit=home.station
            )
        elif "before" in why:
            world.good(undo, unit=home.station)
        else:
            undo = UndoMerge(merge=uuid7(), reason="thử")

        assert world.refused(undo, unit=home.station)[0] == code, why

    def test_parting_when_the_number_has_another_holder(self, world, home, two, member):
        kept, duplicate, _ = two
        held = Identify(person=kept, system="passport", value="C7654321")
        world.good(held, unit=home.station)
        (merge,) = world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)
        other = member()
        world.household(home.village, other)
        world.good(
            Identify(person=other.id, system="passport", value="B1234567"), unit=home.station
        )

        code, _ = world.refused(UndoMerge(merge=merge, reason="thử"), unit=home.station)

        assert code == "registry.number-taken"


class TestSuspecting:
    def test_the_queue_names_the_two_with_what_speaks_for_it(self, world, home, two, member):
        others = [member(name, born_on=date(1950 + 7 * n, 2, 3)) for n, name in enumerate(
            ("Lò Văn Sáng", "Quàng Thị Mai", "Vàng A Chua", "Sùng A Dính"))]  # fmt: skip
        world.household(home.village, *others, since=date(2020, 1, 1))

        (found,) = queries.duplicates(by=world.by, unit=home.commune)

        assert {found.one.id, found.other.id} == set(two[:2])
        assert found.match.likely
        levels = {each.field: each.level for each in found.match.evidence}
        assert (levels["birth"], levels["given"]) == ("equal", "equal")

    def test_a_person_is_shown_with_the_records_that_may_be_the_same(self, world, home, two):
        kept, duplicate, _ = two

        (found,) = queries.duplicates_of(by=world.by, person=kept)

        assert found.other.id == duplicate
        world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)
        assert queries.duplicates_of(by=world.by, person=kept) == []
        assert queries.duplicates(by=world.by, unit=home.commune) == []
        assert [m.duplicate for m in queries.mergers(by=world.by)] == [duplicate]
        assert queries.born_as([kept]) == {kept: frozenset({kept, duplicate})}

    def test_nobody_sees_candidates_of_places_they_may_not_read(self, world, home, holder, member):
        mine, other = member(), member()
        world.household(home.village, mine, since=date(2020, 1, 1))
        world.household(home.other, other, since=date(2020, 1, 1))
        head = holder(("station-head", home.station))

        assert len(queries.duplicates_of(by=world.by, person=mine.id)) == 1
        assert queries.duplicates_of(by=head, person=mine.id) == []
        assert queries.duplicates_of(by=head, person=other.id) == []


def test_the_journal_rebuilds_merged_and_parted_records(world, home, two, member):
    kept, duplicate, _ = two
    third = member()
    world.household(home.village, third, since=date(2020, 1, 1))
    (merge,) = world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)
    world.good(UndoMerge(merge=merge, reason="thử"), unit=home.station)
    world.good(MergePersons(kept=duplicate, duplicate=third.id), unit=home.station)

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []


def test_a_merged_or_void_record_is_no_resident(world, home, two, member):
    kept, duplicate, _ = two
    wrong, right = member("Ghi nhầm"), member("Lò Thị Pâng")
    world.household(home.village, wrong, right)
    world.good(VoidPerson(person=wrong.id, reason="registered by mistake"), unit=home.station)
    world.good(MergePersons(kept=kept, duplicate=duplicate), unit=home.station)

    first, after = queries.residents(by=world.by, unit=home.commune, limit=1)
    rest, end = queries.residents(by=world.by, unit=home.commune, limit=5, after=after)

    assert [row.id for row in first + rest] == [kept, right.id]
    assert end is None
