"""Deaths on the screen: recorded and described by one form, corrected, and printed in the book."""

from collections.abc import Callable
from datetime import date

from django.test import Client

from tests.unit.apps.clinical.conftest import TODAY, World, found
from tuyen.apps.access.models import Reading
from tuyen.apps.clinical.models import DeathAccount
from tuyen.apps.clinical.operations import DeathFacts, DescribeDeath
from tuyen.apps.registry.models import Person
from tuyen.apps.registry.operations import RecordDeath

SignedIn = Callable[..., Client]
TYPED = {
    "act": "death",
    "on": "20/10/2026",
    "place": "home",
    "certified_by": "family",
    "cause": "i64",
    "cared": "yes",
}


def test_a_death_is_recorded_and_described_by_one_form_and_corrected(
    world: World, signed_in: SignedIn
) -> None:
    person = world.person()
    head = signed_in("station-head", world.station)
    address = f"/care/deaths/{person}/"

    asked = head.get(address).content.decode()
    wrong = head.post(address, TYPED | {"cause": "U99.9"})
    none = head.post(address, TYPED | {"cause": ""})
    alive = Person.objects.get(pk=person)
    done = head.post(address, TYPED)

    assert "Died on" in asked
    assert (wrong.status_code, none.status_code, done.status_code) == (422, 422, 302)
    assert "20/10/2026" in wrong.content.decode()  # as it was typed
    assert alive.died_on is None  # both stand or fall as one
    row = Person.objects.get(pk=person)
    assert (row.died_on, row.death_cause) == (date(2026, 10, 20), "I64")
    month = head.get(done.url).content.decode()
    assert "Lò Văn Pánh" in month

    no_reason = head.post(address, TYPED | {"cause": "I61.9"})
    corrected = head.post(address, TYPED | {"cause": "I61.9", "reason": "giấy báo tử"})
    after = head.get(address).content.decode()

    assert (no_reason.status_code, corrected.status_code) == (422, 302)
    assert DeathAccount.objects.get().cause == "I61.9"
    assert "giấy báo tử" in after
    assert 'id="death-on"' not in after


def test_a_cause_that_stands_apart_is_not_written_on_the_open_record(
    world: World, signed_in: SignedIn
) -> None:
    person = world.person()
    head = signed_in("station-head", world.station)

    head.post(f"/care/deaths/{person}/", TYPED | {"cause": "X70", "cause_words": "tự tử"})
    page = head.get("/care/deaths/?month=2026-10").content.decode()

    assert Person.objects.get(pk=person).death_cause == ""
    assert DeathAccount.objects.get().apart
    assert "tự tử" not in page
    assert "X70" not in page
    assert "‡" in page


def test_the_book_of_deaths_names_people_on_the_page_and_in_no_file(
    world: World, signed_in: SignedIn
) -> None:
    person = world.person()
    on = date(2026, 9, 14)
    world.good(RecordDeath(person=person, on=on), unit=world.station)
    what = DeathFacts(place="home", certified_by="doctor", cause="I64", certifier="BS Vì Văn An")
    world.good(DescribeDeath(person=person, what=what), unit=world.station)
    head = signed_in("station-head", world.station)
    address = f"/care/books/book/?book=A6&unit={world.station}&month=2026-09"

    page = head.get(address).content.decode()
    file = head.get(f"{address}&form=csv").content.decode()

    assert "Lò Văn Pánh" in page
    assert "I64" in page
    assert ">Died on</th>" in page
    assert "I64" in file
    assert "Lò Văn Pánh" not in file
    assert "Vì Văn An" not in file
    assert Reading.objects.filter(subject="registry.person", subject_id=person).exists()


def test_somebody_of_another_place_is_not_found(world: World, signed_in: SignedIn) -> None:
    far = world.person("Giàng A Xa", place=world.other)
    head = signed_in("station-head", world.station)

    assert head.get(f"/care/deaths/{far}/").status_code == 404
    assert head.post(f"/care/deaths/{far}/", TYPED).status_code == 404
    assert "Nobody died this month" in head.get("/care/deaths/?month=2026-08").content.decode()


def test_malaria_and_answers_are_told_in_words(world: World, signed_in: SignedIn) -> None:
    world.visit(world.person(), diagnosed=found("B51.9"))
    head = signed_in("station-head", world.station)
    address = f"/care/books/book/?book=A7&unit={world.station}&month={TODAY:%Y-%m}"

    assert "B51.9" in head.get(address).content.decode()


def test_everything_that_is_wrong_with_a_death_is_said_at_once(
    world: World, signed_in: SignedIn
) -> None:
    person = world.person()
    head = signed_in("station-head", world.station)
    bad = TYPED | {"on": "26/10/2026", "cause": "U99.9", "mother": "birth"}

    answer = head.post(f"/care/deaths/{person}/", bad)
    page = answer.content.decode()

    assert answer.status_code == 422
    for name in ("on", "cause"):
        assert f'href="#death-{name}"' in page
        assert f'id="death-{name}-e"' in page
    assert "still to come" in page
    assert 'value="26/10/2026"' in page
    assert Person.objects.get(pk=person).died_on is None


def test_a_death_of_somebody_who_lives_is_taken_back_with_a_reason(
    world: World, signed_in: SignedIn
) -> None:
    person = world.person()
    head = signed_in("station-head", world.station)
    address = f"/care/deaths/{person}/"
    head.post(address, TYPED)
    died = Person.objects.get(pk=person).died_on
    stranger = signed_in("station-head", world.elsewhere)

    wrong = head.post(address, {"act": "void", "reason": ""})
    foreign = stranger.post(address, {"act": "void", "reason": "nhầm người"})
    done = head.post(address, {"act": "void", "reason": "ghi nhầm người cùng tên"})
    after = head.get(address).content.decode()

    assert died is not None
    assert "This person lives: take the death back" in wrong.content.decode()
    assert 'id="void-reason-e"' in wrong.content.decode()
    assert (wrong.status_code, foreign.status_code, done.status_code) == (422, 404, 302)
    assert Person.objects.get(pk=person).died_on is None
    assert "Lò Văn Pánh" not in head.get(done.url).content.decode()
    assert "ghi nhầm người cùng tên" in after
    assert "This person lives: take the death back" not in after
    assert head.post(address, {"act": "void", "reason": "lần nữa"}).status_code == 404


def test_the_day_of_a_death_is_corrected_with_a_reason_and_the_book_follows(
    world: World, signed_in: SignedIn
) -> None:
    person = world.person()
    head = signed_in("station-head", world.station)
    address = f"/care/deaths/{person}/"
    head.post(address, TYPED)
    moved = {"act": "day", "on": "28/09/2026", "reason": "giấy báo tử"}

    asked = head.get(address).content.decode()
    wrong = head.post(address, moved | {"on": "20/10/2026", "reason": ""})
    done = head.post(address, moved)
    after = head.get(address).content.decode()

    assert "Correct the day of the death" in asked
    assert 'id="day-on-e"' in wrong.content.decode()
    assert 'id="day-reason-e"' in wrong.content.decode()
    assert (wrong.status_code, done.status_code) == (422, 302)
    assert Person.objects.get(pk=person).died_on == date(2026, 9, 28)
    assert "Lò Văn Pánh" in head.get(done.url).content.decode()
    assert "Lò Văn Pánh" not in head.get("/care/deaths/?month=2026-10").content.decode()
    assert "20/10/2026" in after  # what had stood
    assert "giấy báo tử" in after
    stranger = signed_in("station-head", world.elsewhere)
    assert stranger.post(address, moved | {"on": "27/09/2026"}).status_code == 404
