"""Who may take a person into their village: the unit that lets go, a number that is shown, or an
agreed request. Knowing the id of a record is not enough."""

from datetime import date

import pytest

from tests.unit.apps.registry.conftest import NOW, TODAY
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import asking, queries
from tuyen.apps.registry.models import MoveRequest, Person
from tuyen.apps.registry.operations import (
    AnswerMove,
    MoveHousehold,
    MovePerson,
    Number,
    RecordDeath,
    Relate,
    RequestMove,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

SINCE, DAY = date(2020, 1, 1), date(2026, 3, 1)
NUMBER = "011087001234"


class Two:
    """A person of Nà Hỳ, and the stations of Nà Hỳ and Chà Tở."""

    def __init__(self, world, home, member):
        self.here, self.there, self.home = home.station, None, home
        inside = ("lies_in", home.other)
        self.there = world.open("station", "Trạm Chà Tở", inside, ("serves", home.other))
        one = member(numbers=(Number(system="personal_number", value=NUMBER),))
        self.person = one.id
        self.house = world.household(home.village, one, since=SINCE)
        self.move = MovePerson(person=self.person, place=home.other, since=DAY)
        self.ask = RequestMove(
            person=self.person, place=home.other, since=DAY, reason="về nhà chồng"
        )


@pytest.fixture
def two(world, home, member):
    return Two(world, home, member)


def lives(person):
    return Person.objects.get(pk=person).place_id


class TestTaking:
    def test_the_unit_where_somebody_lives_lets_them_go_anywhere(self, world, two):
        world.good(two.move, unit=two.here)

        assert lives(two.person) == two.home.other

    def test_another_unit_that_knows_the_id_takes_nobody(self, world, two):
        code, sentence = world.refused(two.move, unit=two.there)

        assert code == "registry.not-yours-to-take"
        assert "ask" in sentence
        assert lives(two.person) == two.home.village

    @pytest.mark.parametrize(
        ("shown", "code"),
        [("011087001235", "registry.wrong-number-shown"), ("   ", "registry.not-yours-to-take")],
    )
    def test_a_number_that_is_not_on_record_opens_nothing(self, world, two, shown, code):
        move = MovePerson(person=two.person, place=two.home.other, since=DAY, shown=shown)

        assert world.refused(move, unit=two.there)[0] == code

    def test_the_number_on_record_opens_the_door(self, world, two):
        move = MovePerson(
            person=two.person, place=two.home.other, since=DAY, shown="011 087 001 234"
        )
        world.good(move, unit=two.there)

        assert lives(two.person) == two.home.other

    def test_with_the_number_they_are_taken_to_a_place_of_ones_own_only(self, world, two):
        elsewhere = world.open("commune", "Xã Xa", ("lies_in", two.home.province))
        move = MovePerson(person=two.person, place=elsewhere, since=DAY, shown=NUMBER)

        assert world.refused(move, unit=two.there)[0] == "registry.out-of-reach"

    def test_who_left_the_node_comes_back_by_the_number(self, world, two):
        world.good(MovePerson(person=two.person, place=None, since=DAY), unit=two.here)
        back = {"person": two.person, "place": two.home.other, "since": date(2026, 4, 1)}

        bare = world.refused(MovePerson(**back), unit=two.there)
        world.good(MovePerson(**back, shown=NUMBER), unit=two.there)

        assert bare[0] == "registry.not-yours-to-take"
        assert lives(two.person) == two.home.other

    def test_a_household_is_moved_by_the_unit_that_holds_it(self, world, two):
        move = MoveHousehold(household=two.house, place=two.home.other, since=DAY)

        assert world.refused(move, unit=two.there)[0] == "registry.not-yours-to-take"
        world.good(move, unit=two.here)

    def test_a_unit_above_the_stations_moves_at_once(self, world, two):
        centre = world.open("health_centre", "TTYT", ("lies_in", two.home.commune), since=SINCE)
        world.good(two.move, unit=centre)

        assert lives(two.person) == two.home.other


class TestAsking:
    def test_an_agreed_request_moves_on_the_day_that_was_asked(self, world, two):
        (request,) = world.good(two.ask, unit=two.there)
        before = lives(two.person)
        world.good(AnswerMove(request=request, agreed=True), unit=two.here)

        card = queries.person(by=world.by, id=two.person)
        assert before == two.home.village
        assert [(s.place, s.since) for s in card.stays][-1] == (two.home.other, DAY)
        assert MoveRequest.objects.get().answer == "agreed"

    def test_who_asked_cannot_agree(self, world, two):
        (request,) = world.good(two.ask, unit=two.there)

        code, _ = world.refused(AnswerMove(request=request, agreed=True), unit=two.there)

        assert code == "registry.out-of-reach"
        assert lives(two.person) == two.home.village

    def test_a_no_needs_a_reason_and_changes_nothing(self, world, two):
        (request,) = world.good(two.ask, unit=two.there)
        no = AnswerMove(request=request, agreed=False)

        assert world.refused(no, unit=two.here)[0] == "registry.no-reason-given"
        world.good(AnswerMove(request=request, agreed=False, reason="vẫn ở bản"), unit=two.here)
        assert MoveRequest.objects.get().answer == "declined"
        assert lives(two.person) == two.home.village

    def test_who_asked_may_withdraw_and_ask_again(self, world, two):
        (request,) = world.good(two.ask, unit=two.there)
        again = world.refused(two.ask, unit=two.there)
        world.good(AnswerMove(request=request, agreed=False), unit=two.there)
        world.good(two.ask, unit=two.there)

        assert again[0] == "registry.asked-already"
        assert sorted(row.answer for row in MoveRequest.objects.all()) == ["", "withdrawn"]

    def test_a_request_is_answered_once(self, world, two):
        (request,) = world.good(two.ask, unit=two.there)
        world.good(AnswerMove(request=request, agreed=True), unit=two.here)

        code, _ = world.refused(AnswerMove(request=request, agreed=True), unit=two.here)

        assert code == "registry.unknown-request"

    @pytest.mark.parametrize("case", ["own", "unknown", "place", "day", "dead"])
    def test_requests_that_make_no_sense_are_refused(self, world, two, case):
        ask, unit = two.ask, two.there
        if case == "own":
            ask, unit = (
                RequestMove(person=two.person, place=two.home.village, reason="về"),
                two.here,
            )
        elif case == "unknown":
            ask = RequestMove(person=uuid7(), place=two.home.other, reason="về nhà")
        elif case == "place":
            ask = RequestMove(person=two.person, place=two.home.village, reason="về nhà")
        elif case == "day":
            ask = RequestMove(
                person=two.person, place=two.home.other, since=date(2019, 1, 1), reason="về nhà"
            )
        else:
            world.good(RecordDeath(person=two.person, on=DAY), unit=two.here)
        codes = {
            "own": "registry.lives-here-already", "unknown": "registry.unknown-person",
            "place": "registry.out-of-reach", "day": "registry.moves-backward",
            "dead": "registry.already-dead",
        }  # fmt: skip

        if case == "own":
            ask = RequestMove(person=two.person, place=two.home.village, reason="về nhà")
        assert world.refused(ask, unit=unit)[0] == codes[case]


def test_a_batch_gives_what_its_entries_give_one_by_one(world, two, member):
    """Each sees what the ones before it did: moved, asked, refused, agreed."""
    people = [member(f"Lò Văn {n}") for n in range(6)]
    for one in people:
        world.household(two.home.village, one, since=SINCE)
    results = []
    for size in (1, 100):
        chosen = people[:3] if size == 1 else people[3:]
        a, b, c = (one.id for one in chosen)
        asks = [
            RequestMove(person=p, place=two.home.other, since=DAY, reason="chuyển đến")
            for p in (a, a, b)
        ]
        receipts = world.send(*asks, unit=two.there, size=size)
        ids = [receipt.id for receipt in receipts]
        answers = [AnswerMove(request=ids[0], agreed=True), AnswerMove(request=ids[0], agreed=True),
                   AnswerMove(request=ids[2], agreed=False, reason="vẫn ở")]  # fmt: skip
        receipts += world.send(*answers, unit=two.here, size=size)
        moves = [MovePerson(person=c, place=two.home.other, since=DAY),
                 MovePerson(person=c, place=two.home.commune, since=date(2026, 4, 1)),
                 MovePerson(person=c, place=two.home.other, since=date(2026, 5, 1))]  # fmt: skip
        receipts += world.send(*moves, unit=two.here, size=size)
        results.append(
            (
                [r.refusal.code if r.refusal else "" for r in receipts],
                [lives(p) for p in (a, b, c)],
                dict(MoveRequest.objects.values_list("person", "answer")).get(a),
                dict(MoveRequest.objects.values_list("person", "answer")).get(b),
            )
        )  # fmt: skip

    assert results[0] == results[1]
    assert "registry.asked-already" in results[0][0]
    assert "registry.unknown-request" in results[0][0]


class TestFinding:
    @pytest.fixture
    def nurse(self, two, holder):
        return holder(("station-head", two.there), on=TODAY)

    def test_a_record_is_found_by_number_and_birth_date_together(self, two, nurse):
        found = asking.by_number(by=nurse, number=NUMBER, born_on=date(1987, 3, 5))
        other_day = asking.by_number(by=nurse, number=NUMBER, born_on=date(1987, 3, 6))

        assert (found, other_day) == (two.person, None)

    def test_a_record_is_found_by_its_whole_name_birth_date_and_commune(self, two, nurse):
        asked = {"by": nurse, "born_on": date(1987, 3, 5)}

        assert asking.by_name(**asked, name="giang a po", commune=two.home.commune) == two.person
        assert asking.by_name(**asked, name="giang po", commune=two.home.commune) is None
        assert asking.by_name(**asked, name="giang a po", commune=two.home.other) is None

    def test_the_giver_reads_the_name_and_who_asks_does_not(self, world, two, nurse, holder):
        world.good(two.ask, unit=two.there)
        giver = holder(("station-head", two.here), on=TODAY)

        (asked,) = asking.requests(by=nurse)
        (given,) = asking.requests(by=giver)

        assert (asked.name, asked.may_agree, asked.may_withdraw) == (None, False, True)
        assert (given.name, given.may_agree, given.may_withdraw) == ("Giàng A Pó", True, False)
        assert (asking.requests_waiting(by=giver), asking.requests_waiting(by=nurse)) == (1, 0)

    def test_the_centre_that_guides_the_giver_may_agree_and_others_may_not(
        self, world, two, holder
    ):
        centre, other = (world.open("health_centre", name, ("lies_in", two.home.commune))
                         for name in ("TTYT Nậm Pồ", "TTYT Mường Chà"))  # fmt: skip
        world.good(Relate(subject=two.here, relation="guided_by", object=centre, since=SINCE))
        (request,) = world.good(two.ask, unit=two.there)

        def answer(role, unit):
            said = AnswerMove(request=request, agreed=True)
            operation = Operation.of(said, unit=unit, happened_on=TODAY, recorded_at=NOW)
            by = holder((role, unit), on=TODAY)
            return commit(by=by, operations=[operation], at=NOW)[0].status

        assert answer("midwife", two.there) == "refused"
        assert answer("cdc-epidemiologist", two.here) == "refused"
        assert answer("health-centre-supervisor", other) == "refused"
        assert answer("health-centre-supervisor", centre) == "accepted"
        assert lives(two.person) == two.home.other
