"""The inbox: signals of every source grouped by place and subject, ranked, narrowed, silenced."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, nth, place
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Alarm, EventSignal
from tuyen.apps.surveillance.operations import ReportSignal, SilenceSignals
from tuyen.apps.surveillance.queries import InboxFilters
from tuyen.kernel import signalling
from tuyen.kernel.operation import Operation
from tuyen.kernel.signalling import Asked, Point, Signal, signals_from

pytestmark = pytest.mark.django_db
PROGRAM = Actor.program(TODAY)
HOUR = timedelta(hours=1)


@pytest.fixture
def alarm():
    """``alarm(3, disease="dengue")``: an alarm on M, raised three days ago."""

    def make(n=0, **given):
        row = {
            "id": nth("inbox", n), "last_id": nth("inbox", n), "rule": "AL-B1", "disease": "measles",
            "commune_id": place("M"), "period": f"p{n}", "since": TODAY - timedelta(days=n),
            "until": TODAY, "level": "", "observed": 9, "expected": 2.0, "bound": 4.0,
            "figures": '{"years":[2021,2022],"needed":3,"baseline":7,"mean":2.0,"sd":1.0}',
            "method": "law", "revision": 0, "raised_on": TODAY, "changed_at": NOW, "state": "new",
            "reason": "", "closed_because": "", "raised_at": NOW - timedelta(days=n),
            "due_at": NOW + 24 * HOUR,
        } | given  # fmt: skip
        with guard.opened("test"):
            Alarm.objects.create(**row)
        return row["id"]

    return make


def send(payload, unit="M"):
    operation = Operation.of(payload, unit=place(unit), happened_on=TODAY, recorded_at=NOW)
    (receipt,) = commit(by=PROGRAM, operations=[operation], at=NOW, react=False)
    assert receipt.ok, receipt.refusal
    return receipt.id


def sign(code="rash-fever", **changes):
    plain = {"sign": code, "source": "village", "seen_on": TODAY, "commune": place("M"),
             "affected": 4}  # fmt: skip
    return send(ReportSignal(**plain | changes), "stM")


def shown(by=PROGRAM, at=NOW, **asked):
    return queries.inbox(by=by, at=at, filters=InboxFilters(**asked)).groups


def subjects(groups):
    return [(group.commune_name, group.subject) for group in groups]


def test_signals_of_one_place_and_disease_are_one_row(alarm):
    alarm(1)
    alarm(2, rule="EARS-C1")
    told = sign(disease="measles")

    (group,) = shown()

    assert {signal.id for _, signal in group.signals} == {nth("inbox", 1), nth("inbox", 2), told}
    assert group.kinds == ["legal", "statistical", "event"]
    assert (group.level, group.state, group.disease) == ("alert", "new", "measles")


def test_a_commune_of_the_old_map_stands_with_what_it_became(alarm):
    alarm(1, commune_id=place("A"))
    alarm(2, commune_id=place("M"))

    (group,) = shown()

    assert group.commune == place("M")


def test_a_sign_without_a_disease_is_a_row_of_its_own(alarm):
    alarm(1)
    sign("dead-poultry")

    assert {group.subject for group in shown()} == {"disease:measles", "sign:dead-poultry"}


def test_the_score_is_the_sum_of_its_parts_and_orders_the_rows(alarm):
    alarm(1, disease="dengue", commune_id=place("D"), rule="EARS-C1", observed=3, expected=2.5)
    alarm(2, rule="EP-B1", observed=40)

    first, second = shown()

    assert (first.disease, second.disease) == ("measles", "dengue")
    assert first.score == pytest.approx(sum(points for _, _, points in first.parts), abs=0.06)
    assert [part for part, _, _ in first.parts] == [
        "hazard", "evidence", "excess", "agreement", "freshness"]  # fmt: skip


def test_a_detector_s_p_value_counts_whatever_rule_it_is(alarm):
    figures = '{"baseline":7,"pvalue":0.0000001}'
    alarm(1, rule="EARS-C1", observed=4, expected=3.0, figures=figures)

    (group,) = shown()

    assert group.head.p_value == 1e-7
    assert {part: share for part, share, _ in group.parts}["excess"] > 0.6


def test_positive_results_are_evidence_and_a_signal_where_one_is_enough(report):
    report(
        case(disease="dengue", result="positive", test="rapid", classification="probable"),
        case(disease="measles", result="positive", test="serology"),
        case(disease="measles", result="negative", test="serology"),
    )
    with guard.opened("test"):
        Alarm.objects.all().delete()

    found = shown()

    assert subjects(found) == [("commune M", "disease:measles")]  # within 24 h, dengue is not
    assert (found[0].kinds, found[0].head.observed) == (["laboratory"], 1)


def test_a_result_stands_beside_the_alarm_of_its_disease(report, alarm):
    report(case(disease="dengue", result="positive", test="rapid", classification="probable"))
    alarm(1, disease="dengue")

    (group,) = [g for g in shown() if g.disease == "dengue"]

    assert group.kinds == ["legal", "laboratory"]
    assert group.state == "new"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("open", {"measles", "dengue"}), ("new", {"measles"}), ("verified", {"dengue"}),
        ("late", {"measles"}), ("outbreak", {"cholera"}), ("ended", {"rabies", "mumps"}),
        ("all", {"measles", "dengue", "cholera", "rabies", "mumps"}), ("silenced", set()),
    ],
)  # fmt: skip
def test_the_states_of_the_inbox(alarm, state, expected):
    alarm(1, due_at=NOW - HOUR)
    alarm(2, disease="dengue", state="verified", answered_at=NOW)
    alarm(3, disease="cholera", state="outbreak", answered_at=NOW)
    alarm(4, disease="rabies", state="dismissed", answered_at=NOW)
    alarm(5, disease="mumps", closed_on=TODAY, closed_because="END-B")

    assert {group.disease for group in shown(state=state)} == expected


def test_one_unanswered_alarm_makes_the_whole_group_new(alarm):
    alarm(1, state="verified", answered_at=NOW)
    alarm(2, due_at=NOW + 5 * HOUR)

    (group,) = shown()

    assert (group.state, group.due_at) == ("new", NOW + 5 * HOUR)


def test_mine_are_those_that_i_took_on(alarm):
    me = Actor(user=nth("me", 1), name="x", posts=(HeldPost(nth("post", 1), "cdc-epidemiologist",
               place("P")),), on=TODAY, channel="web")  # fmt: skip
    alarm(1, owner_id=me.user)
    alarm(2, disease="dengue", owner_id=nth("you", 1))

    assert [group.disease for group in shown(by=me, state="mine")] == ["measles"]


def test_a_group_that_nobody_took_on_has_no_owner_beside_one_that_somebody_did(alarm):
    alarm(1, owner_id=nth("me", 1))
    alarm(2, disease="dengue")

    owners = {group.disease: group.owners for group in shown()}

    assert owners["dengue"] == ()


def test_a_silence_keeps_a_group_away_until_it_becomes_graver(alarm):
    alarm(1)
    send(SilenceSignals(subject="disease:measles", reason="Đang xử lý", level="alert",
                        until=TODAY + timedelta(days=7)))  # fmt: skip

    assert shown() == []
    (silent,) = shown(state="silenced")
    assert silent.silenced is not None
    assert silent.silenced.reason == "Đang xử lý"

    alarm(2, rule="EP-B1")

    assert [group.level for group in shown()] == ["epidemic"]
    assert shown(state="silenced") == []


def test_a_silence_ends_on_its_day(alarm):
    alarm(1)
    send(SilenceSignals(subject="disease:measles", reason="Đang xử lý", level="alert",
                        until=TODAY + timedelta(days=1)))  # fmt: skip

    tomorrow = Actor.program(TODAY + timedelta(days=1))

    assert len(shown(by=tomorrow, at=NOW + 24 * HOUR)) == 1


def test_what_is_narrowed(alarm):
    alarm(1)
    alarm(2, disease="dengue", rule="EP-B1", commune_id=place("D"))
    sign("dead-poultry")

    assert subjects(shown(levels=("epidemic",))) == [("commune D", "disease:dengue")]
    assert subjects(shown(kinds=("event",))) == [("commune M", "sign:dead-poultry")]
    assert subjects(shown(subjects=("disease:measles",))) == [("commune M", "disease:measles")]
    assert {group.commune for group in shown(area=place("D"))} == {place("D")}
    assert {group.commune for group in shown(unit=place("stM"))} == {place("M")}
    assert len(shown(unit=place("hc"))) == 3


def test_what_is_older_than_the_inbox_is_counted_not_hidden(alarm):
    long_ago = TODAY - timedelta(days=300)
    alarm(1, since=long_ago, until=long_ago, raised_at=NOW - timedelta(days=300))
    alarm(2)

    page = queries.inbox(by=PROGRAM, at=NOW)
    everything = shown(since=date(2020, 1, 1))

    assert (page.total, page.older) == (1, 1)
    assert len(everything[0].signals) == 2


def test_pages_and_orders(alarm):
    diseases = ("measles", "dengue", "cholera", "rabies", "mumps")
    for n, disease in enumerate(diseases):
        alarm(n, disease=disease, due_at=NOW + (10 - n) * HOUR)

    newest = [g.disease for g in shown(order="newest")]
    due = [g.disease for g in shown(order="due")]
    pages = [queries.inbox(by=PROGRAM, at=NOW, page=n, size=2) for n in (1, 2, 3, 9)]

    assert newest == list(diseases)
    assert due == list(reversed(diseases))
    assert [len(page.groups) for page in pages] == [2, 2, 1, 1]
    assert pages[0].pages == 3


def test_who_may_see_events_only_where_the_post_reaches(alarm):
    alarm(1)
    sign("dead-poultry")
    here = Actor(user=nth("h", 1), name="x", posts=(HeldPost(nth("p", 2), "station-head",
                 place("stM")),), on=TODAY, channel="web")  # fmt: skip
    there = Actor(user=nth("h", 2), name="x", posts=(HeldPost(nth("p", 3), "station-head",
                  place("stD")),), on=TODAY, channel="web")  # fmt: skip
    committee = Actor(user=nth("h", 3), name="x", posts=(HeldPost(nth("p", 4), "commune-committee",
                      place("M")),), on=TODAY, channel="web")  # fmt: skip

    assert len(shown(by=here)) == 2
    assert shown(by=there) == []
    assert [group.subject for group in shown(by=committee)] == ["disease:measles"]
    assert (
        queries.signal_group(by=there, at=NOW, commune=place("M"), subject="disease:measles")
        is None
    )


def test_one_group_by_any_name_of_its_commune(alarm):
    alarm(1, commune_id=place("A"))
    alarm(2, disease="dengue")

    found = queries.signal_group(by=PROGRAM, at=NOW, commune=place("A"), subject="disease:measles")
    nowhere = queries.signal_group(
        by=PROGRAM, at=NOW, commune=nth("x", 1), subject="disease:measles"
    )

    assert found is not None
    assert (found.commune, len(found.signals)) == (place("M"), 1)
    assert nowhere is None


def test_the_number_of_queries_is_the_same_for_ten_signals_and_a_thousand(alarm):
    for n in range(10):
        alarm(n, owner_id=nth("user", n))
        sign()
    with CaptureQueriesContext(connection) as few:
        queries.inbox(by=PROGRAM, at=NOW)
    fill(1000)

    with CaptureQueriesContext(connection) as many:
        page = queries.inbox(by=PROGRAM, at=NOW)

    assert page.total > 5
    assert len(many) == len(few) <= 8


def fill(rows):
    diseases = ("measles", "dengue", "cholera", "rabies", "mumps")
    with guard.opened("test"):
        Alarm.objects.bulk_create(
            Alarm(id=nth("many", n), last_id=nth("many", n), rule="AL-B1", disease=diseases[n % 5],
                  commune_id=place("MND"[n % 3]), period=f"m{n}", since=TODAY, until=TODAY,
                  level="", observed=n, expected=2.0, bound=4.0, figures='{"years":[2021]}',
                  method="law", revision=0, raised_on=TODAY, raised_at=NOW, changed_at=NOW,
                  due_at=NOW, state="new")
            for n in range(rows)
        )  # fmt: skip
        EventSignal.objects.bulk_create(
            EventSignal(id=nth("ev", n), unit_id=place("stM"), commune_id=place("M"),
                        sign="dead-poultry", source="village", seen_on=TODAY, deaths=0,
                        recorded_at=NOW, received_at=NOW, changed_at=NOW, state="reported",
                        due_at=NOW)
            for n in range(rows)
        )  # fmt: skip


@pytest.fixture
def water_series():
    """A source of another programme: a water series whose samples leave their range."""

    def sample(by, asked: Asked):
        yield Signal(
            id=nth("water", 1), programme="water", kind="series", commune=place("M"),
            subject="water:e-coli", names={"vi": "E. coli trong nước", "en": "E. coli in water"},
            level="alert", state="new", hazard=0.6, evidence=0.8, observed=40.0, expected=1.0,
            since=asked.since, until=asked.on, raised_at=NOW, due_at=NOW + HOUR,
            message="{n} samples above the limit", values={"n": 4},
            series=(Point("W41", 1.0, 0.0, 3.0), Point("W42", 40.0, 0.0, 3.0)),
        )  # fmt: skip

    signals_from("water")(sample)
    yield
    del signalling.SOURCES["water"]


def test_another_programme_s_signals_are_ranked_by_the_same_score(alarm, water_series):
    alarm(1, rule="EARS-C1", disease="mumps", observed=3, expected=2.0)

    first, second = shown()

    assert (first.subject, second.subject) == ("water:e-coli", "disease:mumps")
    assert first.score > second.score
    assert first.head.name("vi") == "E. coli trong nước"


def test_what_stands_near_is_told_by_topic():
    sign("dead-poultry", commune=place("M"))
    sign("bad-water", commune=place("D"))

    told = queries.near_facts(by=PROGRAM, commune=place("M"))

    assert [(fact.topic, fact.name) for fact in told] == [("animals", "commune M")]


def test_a_sign_is_counted_by_week_and_by_commune():
    sign("dead-poultry")
    sign("dead-poultry", seen_on=TODAY - timedelta(days=7))
    sign("dead-poultry", commune=place("D"), seen_on=TODAY - timedelta(days=60))
    sign("rash-fever")

    counted = queries.sign_counts(by=PROGRAM, sign="dead-poultry", commune=place("M"))

    assert counted.counts[-2:] == [1, 1]
    assert sum(counted.counts) == 2
    assert counted.by_commune == {place("M"): 2}


def test_signals_that_nobody_looked_into_in_time():
    late, fresh = sign(), sign("dead-poultry")
    with guard.opened("test"):
        EventSignal.objects.filter(pk=late).update(due_at=NOW - HOUR)

    found = queries.event_signals(by=PROGRAM, overdue_at=NOW)

    assert [row.id for row in found] == [late]
    assert found[0].overdue(NOW)
    assert {row.id for row in queries.event_signals(by=PROGRAM)} == {late, fresh}


def test_a_number_to_call_is_asked_for_by_itself():
    told = sign(phone="0912000111")
    detail = queries.event_signal(by=PROGRAM, id=told)

    assert detail is not None
    assert detail.row.callable
    assert "0912000111" not in repr(detail.row)
    assert queries.event_phone(by=PROGRAM, id=told) == "0912000111"
