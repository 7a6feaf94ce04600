"""Cards that the portal did not confirm: asked again until it answers, and each question is kept."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.claims.conftest import BEGAN, CARD, NOW, TODAY
from tests.unit.apps.claims.test_life import amended
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.claims import cards, queries
from tuyen.apps.claims.models import CardTry, Claim
from tuyen.apps.claims.operations import CardTry as Told
from tuyen.apps.claims.operations import RecordCards
from tuyen.apps.claims.portal import Down, Shut
from tuyen.apps.clinical.operations import VoidVisit
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7

GOOD = {"maKetQua": "000", "maThe": CARD, "gtTheTu": "01/01/2026", "gtTheDen": "31/12/2026",
        "dsLichSuKCB2018": [{"tenBenh": "B24"}]}  # fmt: skip


class Portal:
    """Answers about cards as it is told to, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def card(self, code, name, born):
        self.asked.append((code, name, born))
        answer = self.answers.pop(0) if self.answers else GOOD
        if isinstance(answer, Exception):
            raise answer
        return answer


def run(*answers, at=NOW, **rest):
    portal = Portal(*answers)
    return cards.run(portal, lambda: at, **rest), portal


def stands(station, id):
    return station.claim(id).entitlement


def test_an_insured_visit_is_asked_about_and_what_the_answer_says_of_the_card_is_kept(station):
    id = station.visit(station.patient())
    other = station.visit(station.patient(number="020182037968", card=""), payer="self")
    before = (stands(station, id), stands(station, other))
    done, portal = run()
    again, _ = run()

    assert before == ("due", "")
    assert (done.good, done.bad, done.left, done.stopped) == (1, 0, 0, "")
    assert portal.asked == [(CARD, "Nông Thị B", "13/03/1982")]
    assert stands(station, id) == "good"
    assert again == (0, 0, 0, 0, "")
    (row,) = queries.evidence(by=station.by, claim=id).tries
    assert (row.code, row.verdict, row.answered_at) == ("000", "good", NOW)
    assert row.facts == {"maThe": CARD, "gtTheTu": "01/01/2026", "gtTheDen": "31/12/2026"}
    assert "B24" not in CardTry.objects.get().facts  # earlier visits are nobody's business here


def test_a_week_of_silence_is_written_down_and_the_visit_goes_on(station):
    """The card has ended by the time the portal answers: it held on the day of the visit."""
    id = station.visit(station.patient())
    waits = []
    at = NOW
    for _n in range(4):
        done, _ = run(Down("HTTP 503"), at=at)
        early, portal = run(at=at + timedelta(seconds=30))
        waits.append((done.stopped, early.stopped, portal.asked, station.claim(id).ask_at - at))
        at = station.claim(id).ask_at
    listed = queries.entitlements(by=station.by)
    ended = GOOD | {"maKetQua": "010", "gtTheDen": "07/10/2026"}
    run(ended, at=NOW + timedelta(days=7))

    minutes = [timedelta(minutes=m) for m in (1, 2, 4, 8)]
    assert waits == [("down", "pause", [], pause) for pause in minutes]
    assert listed == {"due": 1}
    assert stands(station, id) == "good"
    found = queries.evidence(by=station.by, claim=id)
    assert (found.silent, len(found.tries)) == (4, 5)
    assert [one.message for one in found.tries[:4]] == ["HTTP 503"] * 4
    assert queries.entitlements(by=station.by) == {}


def test_while_the_portal_is_silent_one_asks_and_the_others_wait_behind_it(station):
    person = station.patient()
    ids = [
        station.visit(person, began_at=BEGAN - timedelta(days=n), ended_at=None) for n in range(3)
    ]
    _, down = run(Down("x"))
    pressed, up = run(at=NOW + timedelta(seconds=1), at_once=True)

    assert len(down.asked) == 1
    assert CardTry.objects.filter(outcome="down").get().claim_id == ids[2]  # the oldest
    assert (pressed.good, len(up.asked)) == (3, 3)


@pytest.mark.parametrize(
    "answer", [{"maKetQua": "055", "ghiChu": "Cán bộ chưa đăng ký"}, Shut("401")]
)
def test_a_call_at_fault_confirms_nothing_and_contradicts_nothing(station, answer):
    id = station.visit(station.patient())
    done, _ = run(answer)

    assert (done.stopped, stands(station, id)) == ("shut", "due")
    assert CardTry.objects.get().verdict == ""


def test_a_card_that_is_contradicted_is_listed_until_the_record_is_mended(station):
    id = station.visit(station.patient())
    done, _ = run({"maKetQua": "060"})
    span = {"by": station.by, "first": date(2026, 10, 1), "last": TODAY}
    listed = queries.unconfirmed(**span)
    asked, _ = run()  # it is not asked again by itself
    question = cards.question_of(station.by, id)
    one = cards.ask(Portal(), question, lambda: NOW, None)

    assert (done.bad, asked.left) == (1, 0)
    assert [(row.id, row.entitlement) for row in listed] == [(id, "bad")]
    assert (one.verdict, stands(station, id)) == ("good", "good")
    assert queries.unconfirmed(**span) == []


def test_silence_takes_nothing_back(station):
    id = station.visit(station.patient())
    run()
    cards.ask(Portal(Down("x")), cards.question_of(station.by, id), lambda: NOW)

    assert stands(station, id) == "good"
    assert CardTry.objects.count() == 2


def test_nothing_is_asked_where_no_card_is_on_record_and_the_others_do_not_wait_for_it(station):
    first = station.visit(
        station.patient(card=""), began_at=BEGAN - timedelta(days=1), ended_at=None
    )
    second = station.visit(station.patient(number="020182037968"))
    done, _ = run()

    assert (done.good, done.without, done.left) == (1, 1, 1)
    assert (stands(station, first), stands(station, second)) == ("due", "good")


def test_a_visit_of_another_day_or_person_is_asked_about_anew_and_a_void_one_not(station):
    id = station.visit(station.patient())
    run()
    station.good(amended(id, advice="Đi bộ"))
    kept = stands(station, id)
    earlier = BEGAN - timedelta(days=2)
    station.good(amended(id, began_at=earlier, ended_at=earlier))
    moved = stands(station, id)
    station.good(amended(id, payer="self"))
    paid = stands(station, id)
    station.good(amended(id))
    back = stands(station, id)
    station.good(VoidVisit(visit=id, reason="Nhầm"))

    assert (kept, moved, paid, back, stands(station, id)) == ("good", "due", "", "due", "")


def told(claim, **changes):
    plain = {"claim": claim, "card": CARD, "name": "N", "born": "13/03/1982", "at": NOW,
             "outcome": "answered", "answer": "000", "verdict": "good"}  # fmt: skip
    return RecordCards(tries=(Told(**plain | changes),))


def test_nobody_but_the_program_says_what_the_portal_said(station):
    id = station.visit(station.patient())
    head = Actor(user=uuid7(), name="Người thử", on=TODAY, channel="api",
                 posts=(HeldPost(uuid7(), "station-head", station.id),))  # fmt: skip

    assert station.codes(told(id), by=head) == ["by-program"]
    assert station.codes(told(uuid7())) == ["unknown-claim"]
    assert stands(station, id) == "due"


def test_how_many_are_asked_about_does_not_matter_to_the_store(station):
    person = station.patient()

    def statements():
        with CaptureQueriesContext(connection) as asked:
            cards.questions(station.by, list(Claim.objects.all()))
        return len([one for one in asked if "maprevision" not in one["sql"]])

    station.visit(person)
    one = statements()
    for n in (1, 2):
        station.visit(person, began_at=BEGAN + timedelta(hours=n), ended_at=None)

    assert statements() == one <= 9


@pytest.mark.nightly
def test_a_replay_equals_the_tables(station):
    person = station.patient()
    ids = [
        station.visit(person, began_at=BEGAN + timedelta(hours=n), ended_at=None) for n in (0, 1)
    ]
    run(Down("x"))
    run({"maKetQua": "060"}, at=NOW + timedelta(hours=1))
    station.good(amended(ids[0], payer="self"))
    before = {model: sorted(model.objects.values_list(), key=str) for model in (Claim, CardTry)}

    assert replay().same
    assert {m: sorted(m.objects.values_list(), key=str) for m in (Claim, CardTry)} == before
