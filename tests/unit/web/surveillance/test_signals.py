"""The doors of signals: telling of a sign, its steps, and a group answered as a whole."""

from datetime import timedelta

import pytest

from tests.unit.apps.surveillance.conftest import case, nth, place
from tests.unit.web.surveillance.conftest import NOW, TODAY
from tuyen.apps.access import guard
from tuyen.apps.access.models import Reading
from tuyen.apps.surveillance.models import (
    Alarm,
    EventSignal,
    Outbreak,
    OutbreakSource,
    SignalCall,
    Silence,
    UnitPhone,
)
from tuyen.kernel import signalling
from tuyen.kernel.signalling import Answering, Point, Signal, signals_from

pytestmark = pytest.mark.django_db
CDC = ("cdc-epidemiologist", "hc")
HEAD = ("station-head", "stM")
VILLAGER = ("village-health-worker", "va")


@pytest.fixture
def who(signed_in):
    return lambda role, unit: signed_in(role, place(unit))


@pytest.fixture
def alarms(db):
    """Two alarms of measles in M."""
    ids = []
    for n, rule in enumerate(("EP-B1", "EARS-C1")):
        ids.append(nth("web-alarm", n))
        with guard.opened("test"):
            Alarm.objects.create(
                id=ids[-1], last_id=ids[-1], rule=rule, disease="measles", commune_id=place("M"),
                period=f"p{n}", since=TODAY - timedelta(days=6), until=TODAY, level="", observed=9,
                expected=2.0, bound=4.0, method="x", revision=0, raised_on=TODAY, raised_at=NOW,
                changed_at=NOW, due_at=NOW + timedelta(hours=24), state="new",
                figures='{"years":[2021,2022],"needed":3,"baseline":7,"mean":2.0,"sd":1.0}',
            )  # fmt: skip
    return ids


def tell(client, **changes):
    plain = {"sign": "dead-poultry", "place": str(place("va")), "count": "10"}
    return client.post("/signals/new/", plain | changes)


def told(client, **changes):
    answer = tell(client, **changes)
    assert answer.status_code == 302, answer.context["faults"]
    return EventSignal.objects.order_by("-id")[0]


GROUP = f"/signals/groups/{place('M')}/disease/measles/"


def test_a_village_health_worker_tells_with_three_taps(who):
    client = who(*VILLAGER)

    page = client.get("/signals/new/").content.decode()
    row = told(client)

    assert "dead-poultry" in page
    assert "health-worker-ill" in page  # folded away among the others
    assert page.index("dead-poultry") < page.index("health-worker-ill")
    assert (row.sign, row.village_id, row.commune_id, row.affected, row.source) == (
        "dead-poultry", place("va"), place("M"), 10, "village")  # fmt: skip
    assert row.unit_id == place("va")


def test_one_s_own_village_is_chosen_before_anything_is_tapped(who):
    answer = who(*VILLAGER).get("/signals/new/")

    assert answer.context["offer"].near[0].unit == place("va")
    assert f'value="{place("va")}" data-next="#many" checked' in answer.content.decode()


def test_sent_twice_by_an_impatient_thumb_is_told_once(who):
    client, draft = who(*VILLAGER), str(nth("draft", 1))

    tell(client, draft=draft)
    tell(client, draft=draft)

    assert EventSignal.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"sign": ""}, "sign"), ({"sign": "comet"}, "sign"), ({"place": ""}, "place"),
     ({"place": "x"}, "place"), ({"seen_on": "31/02/2026"}, "seen_on")],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_typed_is_lost(who, changes, field):
    answer = tell(who(*VILLAGER), phone="0912 000 111", **changes)

    assert answer.status_code == 422
    assert list(answer.context["faults"]) == [field]
    assert "0912 000 111" in answer.content.decode()
    assert not EventSignal.objects.exists()


def test_a_refusal_of_the_journal_stands_on_the_form(who):
    answer = tell(who(*VILLAGER), affected="2", deaths="3")

    assert answer.status_code == 422
    assert "3 died of 2 affected" in answer.content.decode()


def test_a_day_a_source_and_an_exact_number_may_be_added(who):
    row = told(who(*HEAD), seen="yesterday", source="school", affected="37", deaths="1",
               note="Lớp 3A")  # fmt: skip

    assert (row.seen_on, row.source) == (TODAY - timedelta(days=1), "school")
    assert (row.affected, row.deaths, row.note) == (37, 1, "Lớp 3A")


def test_the_province_finds_a_place_by_its_name(who):
    row = told(who(*CDC), place="", elsewhere_text="D")

    assert (row.commune_id, row.village_id) == (place("D"), None)


def test_who_may_not_tell_finds_no_form(who):
    assert who("commune-committee", "M").get("/signals/new/").status_code == 404


def test_a_signal_goes_through_its_steps(who):
    row = told(who(*VILLAGER))
    head, centre = who(*HEAD), who("health-centre-supervisor", "hc")
    page, answer = f"/signals/events/{row.id}/", f"/signals/events/{row.id}/answer/"

    assert head.get(page).context["steps"] == ["screen", "verify"]
    head.post(answer, {"step": "screen", "outcome": "relevant"})
    assert head.get(page).context["steps"] == ["verify"]
    head.post(answer, {"step": "verify", "outcome": "real", "how": "call", "affected": "12"})
    assert head.get(page).context["steps"] == []  # a station does not assess the risk
    assert centre.get(page).context["steps"] == ["assess"]
    centre.post(answer, {"step": "assess", "risk": "high", "next_step": "respond"})

    row.refresh_from_db()
    assert (row.state, row.risk, row.affected, row.how) == ("assessed", "high", 12, "call")


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"step": "screen", "outcome": "discarded"}, 422, "three letters"),
        ({"step": "screen", "outcome": "x"}, 422, "Choose one"),
        ({"step": "verify", "outcome": "real"}, 422, "Choose one"),
        ({"step": "verify", "outcome": "duplicate", "how": "call"}, 422, "another signal"),
        ({"step": "assess", "risk": "low", "next_step": "watch"}, 404, ""),
        ({"step": "fly"}, 404, ""),
        ({}, 404, ""),
    ],
)
def test_an_answer_that_says_nothing_changes_nothing(who, given, status, said):
    row = told(who(*VILLAGER))

    answer = who(*HEAD).post(f"/signals/events/{row.id}/answer/", given)

    assert answer.status_code == status
    assert said in answer.content.decode()
    assert EventSignal.objects.get().state == "reported"


def test_the_number_is_shown_to_who_verifies_and_the_reading_is_written_down(who):
    row = told(who(*VILLAGER), phone="0912 000 111")
    head = who(*HEAD)

    before = head.get(f"/signals/events/{row.id}/").content.decode()
    shown = head.post(f"/signals/events/{row.id}/call/").content.decode()

    assert "0912 000 111" not in before
    assert 'href="tel:0912 000 111"' in shown
    reading = Reading.objects.get(subject="surveillance.signal")
    assert (reading.subject_id, reading.purpose) == (row.id, "verify")


def test_who_may_not_verify_is_shown_no_number(who):
    row = told(who(*VILLAGER), phone="0912 000 111")

    assert who("midwife", "stM").post(f"/signals/events/{row.id}/call/").status_code == 404
    assert not Reading.objects.exists()


@pytest.mark.parametrize("path", ["", "answer/", "call/"])
def test_a_signal_elsewhere_answers_like_a_missing_one(who, path):
    row = told(who(*VILLAGER))
    elsewhere = who("station-head", "stD")
    verb = elsewhere.post if path else elsewhere.get

    assert verb(f"/signals/events/{row.id}/{path}").status_code == 404
    assert verb(f"/signals/events/{nth('none', 1)}/{path}").status_code == 404


def test_the_inbox_ranks_and_says_each_group(who, alarms):
    told(who(*VILLAGER))

    answer = who(*CDC).get("/signals/")
    first, second = answer.context["rows"]

    assert (first.title, second.title) == ("Measles", "Many sick or dead poultry")
    assert first.group.score > second.group.score
    assert first.sentence.startswith("9 cases in")
    assert second.sentence == "Many sick or dead poultry: 10 animals, 0 died, seen 25/10/2026."
    assert answer.context["tally"]["new"] == 2


@pytest.mark.parametrize(
    ("query", "rows"),
    [("kind=event", 0), ("kind=legal", 1), ("level=epidemic", 1), ("level=alert", 0),
     ("state=late", 0), ("state=silenced", 0), ("disease=measles", 1), ("disease=dengue", 0),
     ("order=due", 1), (f"area={place('D')}", 0), ("from=01/12/2026", 0)],
)  # fmt: skip
def test_the_filters_of_the_inbox(who, alarms, query, rows):
    assert len(who(*CDC).get(f"/signals/?{query}").context["rows"]) == rows


def test_a_group_says_why_it_rang_and_what_stands_near(who, alarms):
    told(who(*VILLAGER))

    answer = who(*CDC).get(GROUP)
    page = answer.content.decode()

    assert [line.signal.kind for line in answer.context["lines"]] == ["legal", "statistical"]
    assert sum(part["points"] for part in answer.context["parts"]) == pytest.approx(
        answer.context["group"].score, abs=0.06
    )
    near = {topic["word"]: [one["fact"].name for one in topic["facts"]]
            for topic in answer.context["near"]}  # fmt: skip
    assert near["Animals"] == ["village va"]
    assert near["Water"] == []
    assert "Nothing is known near by." in page


def test_a_sign_without_a_disease_has_its_own_page(who):
    told(who(*VILLAGER))

    answer = who(*CDC).get(f"/signals/groups/{place('M')}/sign/dead-poultry/")

    assert answer.status_code == 200
    assert answer.context["chart"]


def test_alarm_to_assigned_response_is_one_form(who, alarms):
    row = told(who(*VILLAGER), sign="rash-fever")
    head = who(*HEAD)
    head.post(f"/signals/events/{row.id}/answer/",
              {"step": "screen", "outcome": "relevant", "disease": "measles"})  # fmt: skip
    cdc = who(*CDC)
    leads = cdc.get(GROUP).context["leads"]
    station = next(lead for lead in leads if "station stM" in lead.label)

    answer = cdc.post(f"{GROUP}answer/", {
        "decision": "open-outbreak", "title": "Sởi ở M", "assignee": str(station.user)})  # fmt: skip

    assert answer.status_code == 302
    outbreak = Outbreak.objects.get()
    assert (outbreak.title, outbreak.disease) == ("Sởi ở M", "measles")
    assert (outbreak.assignee_id, outbreak.lead_id) == (station.user, place("stM"))
    sources = set(OutbreakSource.objects.values_list("kind", "source_id"))
    assert sources == {("alarm", alarms[0]), ("alarm", alarms[1]), ("signal", row.id)}
    assert set(Alarm.objects.values_list("state", flat=True)) == {"outbreak"}
    assert EventSignal.objects.get().state == "real"
    assert cdc.get("/signals/").context["rows"] == []
    assert len(cdc.get("/signals/?state=outbreak").context["rows"]) == 1


def test_an_outbreak_of_a_sign_is_one_of_a_syndrome(who):
    told(who(*VILLAGER), sign="food-poisoning")

    who(*CDC).post(f"/signals/groups/{place('M')}/sign/food-poisoning/answer/",
                   {"decision": "open-outbreak", "assignee": "nobody"})  # fmt: skip

    outbreak = Outbreak.objects.get()
    assert outbreak.disease == ""
    assert outbreak.syndrome == "Several ill after a meal together"
    assert outbreak.assignee_id is not None  # whoever opened it


def test_a_group_is_taken_on_verified_and_dismissed_as_a_whole(who, alarms):
    cdc = who(*CDC)

    cdc.post(f"{GROUP}answer/", {"decision": "take"})
    assert None not in Alarm.objects.values_list("owner_id", flat=True)
    cdc.post(f"{GROUP}answer/", {"decision": "verify", "reason": "Gọi trạm: có thật"})
    assert set(Alarm.objects.values_list("state", "reason")) == {("verified", "Gọi trạm: có thật")}
    again = cdc.post(f"{GROUP}answer/", {"decision": "verify"})
    assert again.status_code == 422
    cdc.post(f"{GROUP}answer/", {"decision": "dismiss", "reason": "Nhập nhầm"})
    assert set(Alarm.objects.values_list("state", flat=True)) == {"dismissed"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"decision": "dismiss", "reason": ""}, "three letters"),
        ({"decision": "destroy"}, "Choose what to do"),
        ({"decision": "silence", "reason": ""}, "reason"),
        ({"decision": "wake"}, "not silent here"),
    ],
)
def test_an_answer_without_its_reason_is_not_taken(who, alarms, given, said):
    answer = who(*CDC).post(f"{GROUP}answer/", given)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert set(Alarm.objects.values_list("state", flat=True)) == {"new"}


def test_a_group_is_silenced_and_shown_again(who, alarms):
    cdc = who(*CDC)

    cdc.post(f"{GROUP}answer/", {"decision": "silence", "days": "14", "reason": "Đang xử lý"})
    assert Silence.objects.get().until == TODAY + timedelta(days=14)
    assert cdc.get("/signals/").context["rows"] == []
    assert "Đang xử lý" in cdc.get(GROUP).content.decode()

    cdc.post(f"{GROUP}answer/", {"decision": "wake"})
    assert len(cdc.get("/signals/").context["rows"]) == 1


def test_an_answer_that_is_kept_in_part_says_so(who, alarms):
    """A head of station may answer alarms and verify events, but here the event is settled already."""
    row = told(who(*VILLAGER), sign="rash-fever")
    head = who(*HEAD)
    for given in ({"step": "screen", "outcome": "relevant", "disease": "measles"},
                  {"step": "verify", "outcome": "real", "how": "call"}):  # fmt: skip
        head.post(f"/signals/events/{row.id}/answer/", given)

    answer = head.post(f"{GROUP}answer/", {"decision": "dismiss", "reason": "Nhập nhầm"})

    assert answer.status_code == 302
    assert EventSignal.objects.get().state == "discarded"


def test_a_group_elsewhere_answers_like_a_missing_one(who, alarms):
    head = who("station-head", "stD")

    assert head.get(GROUP).status_code == 404
    assert head.get(GROUP.replace("measles", "dengue")).status_code == 404
    assert head.post(f"{GROUP}answer/", {"decision": "take"}).status_code == 404


def test_who_only_reads_cannot_answer(who, alarms):
    director = who("director", "P")

    assert director.get(GROUP).status_code == 200
    assert director.post(f"{GROUP}answer/", {"decision": "take"}).status_code == 404


@pytest.fixture
def water_series():
    """Another programme's source: a water series, answered by an operation of its own."""
    from tuyen.apps.surveillance.operations import SilenceSignals

    def reply(signal, answer):
        if answer.decision == "verify":
            yield Answering(
                SilenceSignals(subject=signal.subject, reason="Đã lấy lại mẫu",
                               until=TODAY + timedelta(days=3)), signal.commune)  # fmt: skip

    @signals_from("water", reply)
    def samples(by, asked):
        yield Signal(
            id=nth("water", 1), programme="water", kind="series", commune=place("M"),
            subject="water:e-coli", names={"vi": "E. coli trong nước", "en": "E. coli in water"},
            level="alert", state="new", hazard=0.6, evidence=0.8, observed=40.0, expected=1.0,
            since=asked.since, until=asked.on, raised_at=NOW, due_at=NOW + timedelta(hours=2),
            message="{n} samples above the limit", values={"n": 4},
            series=(Point("W41", 1.0, 0.0, 3.0), Point("W42", 40.0, 0.0, 3.0)),
        )  # fmt: skip

    yield
    del signalling.SOURCES["water"]


def test_another_programme_s_signal_is_shown_and_answered_like_ours(who, water_series):
    cdc = who(*CDC)
    page = f"/signals/groups/{place('M')}/water/e-coli/"

    (row,) = cdc.get("/signals/?kind=series").context["rows"]
    shown = cdc.get(page)
    cdc.post(f"{page}answer/", {"decision": "verify", "reason": "x"})

    assert (row.title, row.sentence) == ("E. coli in water", "4 samples above the limit")
    assert "W42" in str(shown.context["chart"])
    assert Silence.objects.get().subject == "water:e-coli"


def test_a_call_is_written_down_and_verifies_or_dismisses_what_it_was_about(who, alarms, report):
    report(case(), unit="stM")
    cdc = who(*CDC)
    page = cdc.get(GROUP).content.decode()
    assert f'name="called" value="{place("stM")}" checked' in page
    assert "reported cases of it" in page

    assert cdc.post(f"{GROUP}call/", {"called": str(place("stM")), "outcome": "no-answer"}).status_code == 302  # fmt: skip
    assert set(Alarm.objects.values_list("state", flat=True)) == {"new"}
    real = {"called": str(place("stM")), "outcome": "real", "said": "Có thật, 3 trẻ"}
    assert cdc.post(f"{GROUP}call/", real).status_code == 302

    assert set(Alarm.objects.values_list("state", "reason")) == {("verified", "Có thật, 3 trẻ")}
    assert SignalCall.objects.count() == 2
    again = cdc.get(GROUP).content.decode()
    assert "Nobody answered" in again
    assert "Có thật, 3 trẻ" in again


def test_a_call_about_one_alarm_answers_that_alarm_alone(who, alarms):
    cdc = who(*CDC)
    with guard.opened("test"):
        Alarm.objects.filter(pk=alarms[1]).update(period="2026-W43")
    page = cdc.get(f"/signals/{alarms[1]}/").content.decode()
    assert f'name="alarm" value="{alarms[1]}"' in page

    cdc.post(f"{GROUP}call/", {"called": str(place("stM")), "outcome": "not-real",
                               "said": "Nhập nhầm ngày", "alarm": str(alarms[1])})  # fmt: skip

    states = dict(Alarm.objects.values_list("id", "state"))
    assert states == {alarms[0]: "new", alarms[1]: "dismissed"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outcome": "real", "said": ""}, "write what you were told"),
        ({"outcome": "rang"}, "Choose whom you called"),
        ({"called": ""}, "Choose whom you called"),
    ],
)
def test_a_call_that_cannot_be_read_changes_nothing(who, alarms, given, said):
    plain = {"called": str(place("stM")), "outcome": "unclear", "said": "Sẽ xem lại"}

    answer = who(*CDC).post(f"{GROUP}call/", plain | given)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert SignalCall.objects.count() == 0


def test_the_number_of_a_unit_is_kept_where_it_is_missed(who, alarms):
    cdc = who(*CDC)
    here = {"next": GROUP, "note": "Trực ban"}

    assert (
        cdc.post(f"/signals/phones/{place('stM')}/", here | {"phone": "0215 3825 000"}).url == GROUP
    )
    assert 'href="tel:0215 3825 000"' in cdc.get(GROUP).content.decode()

    cdc.post(f"/signals/phones/{place('stM')}/", here | {"phone": "hỏi bảo vệ"})
    assert "is not a telephone number" in cdc.get(GROUP).content.decode()
    assert UnitPhone.objects.get().phone == "0215 3825 000"


def test_who_may_not_triage_there_keeps_no_number_and_calls_nobody(who, alarms):
    other = who("station-head", "stD")

    assert other.post(f"/signals/phones/{place('stM')}/", {"phone": "0215 1"}).status_code == 404
    assert other.post(f"{GROUP}call/", {"outcome": "unclear"}).status_code == 404
