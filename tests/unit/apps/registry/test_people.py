"""Households and persons: what is accepted, what is refused and why, and what moves and ends."""

from datetime import date

import pytest

from tuyen.apps.registry import queries
from tuyen.apps.registry.models import Identifier, Person, Residence
from tuyen.apps.registry.operations import (
    AmendPerson,
    CloseUnit,
    EndIdentifier,
    Entitle,
    Identify,
    Insurance,
    MoveHousehold,
    MovePerson,
    Number,
    PublishCoverage,
    RecordDeath,
    RegisterHousehold,
    RegisterPerson,
    VoidPerson,
)
from tuyen.kernel.ids import uuid7

CARD = "DT2111234567890"


def personal(value="011087001234"):
    return Number(system="personal_number", value=value)


def test_a_household_comes_with_its_people(world, home, member):
    head = member(role="head", numbers=(personal(),), ethnicity="08", phone="+84 912 345 678")
    id = world.household(home.village, head, member("Sùng Thị Mai", sex=2, role="spouse"))

    card = queries.household(by=world.by, id=id)
    person = queries.person(by=world.by, id=head.id)

    assert [(m.person.name, m.role) for m in card.members] == [
        ("Giàng A Pó", "head"), ("Sùng Thị Mai", "spouse"),
    ]  # fmt: skip
    assert (card.village, card.commune) == ("Huổi Hoi", "Xã Nà Hỳ")
    assert person.row.numbers == (("personal_number", "•••••••••234"),)
    assert person.phone == "0912345678"
    assert [(s.place, s.since) for s in person.stays] == [(home.village, date(2026, 10, 25))]


def test_somebody_born_later_came_at_birth(world, home, member):
    child = member("Giàng Thị Mỷ", born_on=date(2024, 5, 1))
    world.household(home.village, member(), child, since=date(2020, 1, 1))

    card = queries.person(by=world.by, id=child.id)

    assert card.stays[0].since == date(2024, 5, 1)


@pytest.mark.parametrize(
    ("why", "change", "code", "said"),
    [
        ("a name without a letter", {"name": "123"}, "registry.empty-name", "123"),
        ("a birth after today", {"born_on": date(2027, 1, 1)}, "registry.born-after-recording",
         "2027-01-01"),
        ("a birth of another century", {"born_on": date(1887, 1, 1)}, "registry.too-old", "125"),
        ("a people not on the list", {"ethnicity": "77"}, "registry.unknown-word", "77"),
        ("a number of no system", {"numbers": (Number(system="tax", value="1"),)},
         "registry.unknown-word", "personal_number"),
        ("a number not of its form", {"numbers": (personal("0110870012"),)},
         "registry.identifier-zeros-lost", "000110870012"),
        ("a passport not of its form", {"numbers": (Number(system="passport", value="1"),)},
         "registry.number-malformed", "expected [A-Z]"),
        ("a card not of its form", {"insurance": Insurance(card="XX", since=date(2025, 1, 1))},
         "registry.insurance-number-form", "15 characters"),
        ("insurance before birth",
         {"insurance": Insurance(card=CARD, since=date(1980, 1, 1))},
         "registry.before-birth", "1987-03-05"),
        ("insurance that ends first",
         {"insurance": Insurance(card=CARD, since=date(2025, 1, 2), until=date(2025, 1, 1))},
         "registry.ends-before-it-begins", "2025-01-01"),
    ],
)  # fmt: skip
def test_a_household_is_refused_for(world, home, member, why, change, code, said):
    payload = RegisterHousehold(place=home.village, members=(member(), member(**change)))

    refusal, sentence = world.refused(payload, unit=home.village)

    assert refusal == code, why
    assert said in sentence
    assert Person.objects.count() == 0


@pytest.mark.parametrize(
    ("why", "number"),
    [
        ("of the other sex", "011187001234"),
        ("of another year", "011088001234"),
        ("of a province that never was", "099087001234"),
    ],
)
def test_a_number_that_contradicts_is_kept_with_a_warning(world, home, member, why, number):
    person = member(numbers=(personal(number),))
    world.household(home.village, person)

    (row,) = queries.person(by=world.by, id=person.id).numbers

    assert row.warning.startswith("registry.personal-number-"), why


def test_a_number_has_one_holder(world, home, member):
    world.household(home.village, member(numbers=(personal(),)))
    payload = RegisterHousehold(place=home.village, members=(member(numbers=(personal(),)),))

    refusal, sentence = world.refused(payload, unit=home.village)

    assert refusal == "registry.number-taken"
    assert "011087001234" not in sentence, "somebody else's number is not shown"


def test_a_number_claimed_by_a_refused_household_is_free_for_the_next(world, home, member):
    bad = member("9", numbers=(personal(),))
    payloads = [
        RegisterHousehold(place=home.village, members=(person,))
        for person in (member(numbers=(personal(),), name="Mùa A Chu", ethnicity="77"), bad,
                       member(numbers=(personal(),)))
    ]  # fmt: skip

    receipts = world.send(*payloads, unit=home.village)

    assert [r.status for r in receipts] == ["refused", "refused", "accepted"]


def test_a_person_has_one_record_and_one_id(world, home, member):
    person = member()
    world.household(home.village, person)
    payload = RegisterHousehold(place=home.village, members=(person,))

    assert world.refused(payload, unit=home.village)[0] == "registry.person-exists"


@pytest.mark.parametrize("which", ["province", "station"])
def test_people_live_in_villages_and_communes(world, home, member, which):
    payload = RegisterHousehold(place=getattr(home, which), members=(member(),))

    assert world.refused(payload, unit=home.province)[0] == "registry.not-an-area"


def test_a_place_that_ended_is_refused_with_its_successor(world, home, member):
    world.good(CloseUnit(unit=home.other, on=date(2026, 1, 1)))
    payload = RegisterHousehold(place=home.other, members=(member(),))

    refusal, sentence = world.refused(payload, unit=home.province)

    assert refusal == "registry.closed-unit"
    assert "Chà Tở ended on 2026-01-01" in sentence
    world.household(home.other, member(), since=date(2025, 1, 1))


def test_a_unit_answers_for_its_own_places_only(world, home, member):
    person = member()
    world.household(home.other, person)
    register = RegisterHousehold(place=home.other, members=(member(),))
    amend = AmendPerson(person=person.id, name="Khác")

    assert world.refused(register, unit=home.station)[0] == "registry.out-of-reach"
    assert world.refused(amend, unit=home.station)[0] == "registry.out-of-reach"
    world.household(home.village, member(), unit=home.station)


def test_a_newborn_joins_a_household_and_lives_where_it_is(world, home, member):
    house = world.household(home.village, member(role="head"))
    (id,) = world.good(
        RegisterPerson(
            name="Giàng A Sáng", sex=1, born_on=date(2026, 10, 20), household=house, role="child"
        ),
        unit=home.station,
    )

    row = queries.person(by=world.by, id=id).row

    assert (row.village, row.head, row.household) == ("Huổi Hoi", "Giàng A Pó", house)


def test_a_person_without_a_place_is_refused(world, home):
    payload = RegisterPerson(name="Giàng A Sáng", sex=1, born_on=date(2026, 10, 20))

    assert world.refused(payload, unit=home.station)[0] == "registry.no-place"


class TestAmending:
    def test_the_old_name_is_kept_and_still_finds(self, world, home, member):
        person = member("Giàng A Po")
        world.household(home.village, person)
        world.good(AmendPerson(person=person.id, name="Giàng A Pó", sex=2), unit=home.station)

        card = queries.person(by=world.by, id=person.id)

        assert (card.row.name, card.row.sex) == ("Giàng A Pó", 2)
        assert card.former_names == (("Giàng A Po", date(2026, 10, 25)),)

    def test_a_stay_since_birth_moves_with_the_birth(self, world, home, member):
        person = member(born_on=date(2024, 5, 1))
        world.household(home.village, person, since=date(2020, 1, 1))
        world.good(AmendPerson(person=person.id, born_on=date(2024, 5, 11)), unit=home.station)

        assert queries.person(by=world.by, id=person.id).stays[0].since == date(2024, 5, 11)
        assert Residence.objects.get(person=person.id).born_on == date(2024, 5, 11)

    def test_a_birth_after_the_first_stay_is_refused(self, world, home, member):
        person = member()
        world.household(home.village, person, since=date(2020, 1, 1))
        amend = AmendPerson(person=person.id, born_on=date(2021, 1, 1))

        assert world.refused(amend, unit=home.station)[0] == "registry.before-birth"

    def test_nothing_stated_is_refused(self, world, home, member):
        person = member()
        world.household(home.village, person)

        assert world.refused(AmendPerson(person=person.id), unit=home.station)[0] == (
            "registry.nothing-changes"
        )

    def test_an_unknown_person_is_refused(self, world, home):
        amend = AmendPerson(person=uuid7(), name="A")

        assert world.refused(amend, unit=home.station)[0] == "registry.unknown-person"


class TestMoving:
    def test_a_person_leaves_one_place_and_household_for_another(self, world, home, member):
        person = member()
        world.household(home.village, person, since=date(2020, 1, 1))
        new = world.household(home.other, member("Sùng A Dính", role="head"))
        world.good(
            MovePerson(person=person.id, place=home.other, household=new, since=date(2026, 2, 1)),
            unit=home.province,
        )

        card = queries.person(by=world.by, id=person.id)

        assert [(s.place, s.until) for s in card.stays] == [
            (home.village, date(2026, 2, 1)), (home.other, None),
        ]  # fmt: skip
        assert (card.row.place, card.row.household) == (home.other, new)

    def test_a_move_before_the_last_one_is_refused(self, world, home, member):
        person = member()
        world.household(home.village, person, since=date(2020, 1, 1))
        move = MovePerson(person=person.id, place=home.other, since=date(2019, 1, 1))

        assert world.refused(move, unit=home.province)[0] == "registry.moves-backward"

    def test_a_move_before_birth_is_refused(self, world, home, member):
        person = member(born_on=date(2025, 1, 1))
        world.household(home.village, person)
        move = MovePerson(person=person.id, place=home.other, since=date(2024, 1, 1))

        assert world.refused(move, unit=home.province)[0] == "registry.before-birth"

    def test_who_leaves_the_node_is_counted_nowhere(self, world, home, member):
        person = member()
        world.household(home.village, person, since=date(2020, 1, 1))
        world.good(
            MovePerson(person=person.id, place=None, since=date(2026, 2, 1)), unit=home.station
        )

        def total(day):
            return sum(queries.population(by=world.by, on=day).totals.values())

        assert (total(date(2026, 1, 31)), total(date(2026, 2, 1))) == (1, 0)

    def test_a_household_moves_with_everybody_in_it(self, world, home, member):
        people = [member(), member("Sùng Thị Mai", sex=2)]
        house = world.household(home.village, *people, since=date(2020, 1, 1))
        world.good(
            MoveHousehold(household=house, place=home.other, since=date(2026, 2, 1)),
            unit=home.province,
        )

        found = queries.people(by=world.by, ids=[p.id for p in people])

        assert {row.place for row in found.values()} == {home.other}
        assert queries.household(by=world.by, id=house).commune == "Xã Chà Tở"


class TestDeath:
    def test_it_ends_residence_and_insurance_the_day_after(self, world, home, member):
        person = member(insurance=Insurance(card=CARD, since=date(2025, 1, 1)))
        world.household(home.village, person, since=date(2020, 1, 1))
        world.good(RecordDeath(person=person.id, on=date(2026, 3, 1)), unit=home.station)

        card = queries.person(by=world.by, id=person.id)

        assert card.row.died_on == date(2026, 3, 1)
        assert card.stays[0].until == card.insurance[0].until == date(2026, 3, 2)

    @pytest.mark.parametrize(
        ("day", "code"),
        [
            (date(1980, 1, 1), "registry.before-birth"),
            (date(2027, 1, 1), "registry.in-the-future"),
        ],
    )
    def test_its_day_must_make_sense(self, world, home, member, day, code):
        person = member()
        world.household(home.village, person)

        assert world.refused(RecordDeath(person=person.id, on=day), unit=home.station)[0] == code

    def test_nobody_dies_twice_or_moves_after(self, world, home, member):
        person = member()
        world.household(home.village, person, since=date(2020, 1, 1))
        death = RecordDeath(person=person.id, on=date(2026, 3, 1))
        world.good(death, unit=home.station)
        move = MovePerson(person=person.id, place=home.other, since=date(2026, 4, 1))

        assert world.refused(death, unit=home.station)[0] == "registry.already-dead"
        assert world.refused(move, unit=home.province)[0] == "registry.already-dead"


class TestNumbers:
    def test_a_new_number_of_a_system_ends_the_old_one(self, world, home, member):
        person = member(numbers=(personal(),))
        world.household(home.village, person)
        world.good(
            Identify(person=person.id, system="personal_number", value="011 087 005 678"),
            unit=home.station,
        )

        rows = queries.person(by=world.by, id=person.id).numbers

        assert [(row.value[-3:], row.until is None) for row in rows] == [
            ("234", False), ("678", True),
        ]  # fmt: skip

    def test_a_cancelled_number_is_free(self, world, home, member):
        person, other = member(numbers=(personal(),)), member("Mùa A Chu")
        world.household(home.village, person, other)
        end = EndIdentifier(
            person=person.id, system="personal_number", value="011087001234",
            until=date(2026, 10, 1),
        )  # fmt: skip
        world.good(end, unit=home.station)
        world.good(
            Identify(person=other.id, system="personal_number", value="011087001234"),
            unit=home.station,
        )

        assert Identifier.objects.get(until=None).person_id == other.id
        assert world.refused(end, unit=home.station)[0] == "registry.no-such-number"


class TestInsurance:
    def test_a_renewal_cuts_the_old_card_short(self, world, home, member):
        person = member(insurance=Insurance(card=CARD, since=date(2025, 1, 1)))
        world.household(home.village, person)
        world.good(
            Entitle(person=person.id, card="1234567890", since=date(2026, 1, 1)),
            unit=home.station,
        )

        cards = queries.person(by=world.by, id=person.id).insurance

        assert [(c.group, c.since, c.until) for c in cards] == [
            ("DT", date(2025, 1, 1), date(2026, 1, 1)), ("", date(2026, 1, 1), None),
        ]  # fmt: skip

    def test_one_that_begins_before_the_present_one_is_refused(self, world, home, member):
        person = member(insurance=Insurance(card=CARD, since=date(2025, 1, 1)))
        world.household(home.village, person)
        late = Entitle(person=person.id, card="1234567890", since=date(2024, 1, 1))

        assert world.refused(late, unit=home.station)[0] == "registry.ends-before-it-begins"

    def test_coverage_says_how_many_and_how_complete(self, world, home, member):
        insured = member(insurance=Insurance(card=CARD, since=date(2025, 1, 1)))
        lapsed = member(
            insurance=Insurance(card="1234567890", since=date(2024, 1, 1), until=date(2025, 1, 1))
        )
        world.household(home.village, insured, lapsed, member(), member(), since=date(2020, 1, 1))

        rows = queries.coverage(by=world.by, on=date(2026, 1, 1))
        row = next(r for r in rows if r.unit == home.commune)

        assert (row.persons, row.insured, row.known) == (4, 1, 2)
        assert (row.percent, row.completeness) == (25.0, 50.0)

    def test_f04_a_published_percentage_alone_stays_one(self, world, home):
        world.good(
            PublishCoverage(
                unit=home.province, on=date(2023, 12, 31), percent="95.23", source="báo"
            )
        )

        (row,) = queries.published_coverage(by=world.by, unit=home.province)

        assert (row.percent, row.insured, row.persons) == ("95.23", None, None)

    def test_published_parts_must_give_the_percentage(self, world, home):
        parts = {"unit": home.province, "on": date(2023, 12, 31), "source": "báo", "persons": 200}
        world.good(PublishCoverage(percent="50.5", insured=101, **parts))

        assert world.refused(PublishCoverage(percent="95.23", insured=101, **parts))[0] == (
            "registry.percent-disagrees"
        )


def test_a_voided_record_is_out_of_every_count_and_search(world, home, member):
    person = member(numbers=(personal(),))
    world.household(home.village, person, since=date(2020, 1, 1))
    world.good(VoidPerson(person=person.id, reason="ghi trùng"), unit=home.station)

    assert queries.search_people(by=world.by, text="giang a po") == []
    assert queries.people(by=world.by, ids=[person.id]) == {}
    assert sum(queries.population(by=world.by, on=date(2026, 1, 1)).totals.values()) == 0
    assert world.refused(AmendPerson(person=person.id, name="A"), unit=home.station)[0] == (
        "registry.already-void"
    )
    world.household(home.village, member(numbers=(personal(),)))


class TestReading:
    def test_a_post_reads_the_people_of_its_own_places(self, world, home, member, holder):
        mine, other = member(), member()
        world.household(home.village, mine)
        world.household(home.other, other)
        nurse = holder(("physician-assistant", home.station))

        assert queries.person(by=nurse, id=mine.id) is not None
        assert queries.person(by=nurse, id=other.id) is None
        assert set(queries.people(by=nurse, ids=[mine.id, other.id])) == {mine.id}

    def test_who_has_no_right_reads_nobody(self, world, home, member, holder):
        person = member()
        house = world.household(home.village, person)
        planner = holder(("planner", home.province))

        assert queries.person(by=planner, id=person.id) is None
        assert queries.household(by=planner, id=house) is None
        assert queries.search_people(by=planner, text="giang") == []

    def test_the_ethnic_group_needs_a_purpose(self, world, home, member, holder):
        person = member(ethnicity="08")
        world.household(home.village, person)
        post = ("physician-assistant", home.station)

        assert queries.ethnicity(by=holder(post), ids=[person.id]) == {}
        assert queries.ethnicity(by=holder(post, purpose="care"), ids=[person.id]) == {
            person.id: "08"
        }

    def test_a_number_in_full_needs_a_purpose(self, world, home, member, holder):
        person = member(numbers=(personal(),))
        world.household(home.village, person)
        post = ("physician-assistant", home.station)
        ask = {"person": person.id, "system": "personal_number"}

        assert queries.number(by=holder(post), **ask) is None
        assert queries.number(by=holder(post, purpose="care"), **ask) == "011087001234"

    def test_residents_come_page_by_page(self, world, home, member):
        people = [member(f"Người {letter}") for letter in "abcde"]
        world.household(home.village, *people)

        first, after = queries.residents(by=world.by, unit=home.commune, limit=3)
        rest, end = queries.residents(by=world.by, unit=home.commune, limit=3, after=after)

        assert [row.id for row in first + rest] == [person.id for person in people]
        assert end is None
