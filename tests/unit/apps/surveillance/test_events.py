"""Event signals: told, screened, verified, assessed, each with its clock; and silences."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.surveillance.conftest import NOW, TODAY, place
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.models import EventSignal, Silence
from tuyen.apps.surveillance.operations import (
    AssessSignal,
    ReportSignal,
    ScreenSignal,
    SilenceSignals,
    VerifySignal,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

pytestmark = pytest.mark.django_db
PROGRAM = Actor.program(TODAY)
HOUR = timedelta(hours=1)


def told(**changes):
    plain = {"sign": "dead-poultry", "source": "village", "seen_on": TODAY, "village": place("va"),
             "affected": 12}  # fmt: skip
    return ReportSignal(**plain | changes)


def made(payload, unit="M", corrects=None, at=NOW, on=TODAY, id=None):
    unit = place(unit) if isinstance(unit, str) else unit
    return Operation.of(
        payload, unit=unit, happened_on=on, recorded_at=at, corrects=corrects, id=id or uuid7()
    )


def send(*operations, at=NOW):
    return commit(by=PROGRAM, operations=list(operations), at=at)


def a_signal(at=NOW, **changes):
    (receipt,) = send(made(told(**changes), unit="stM", at=at), at=at)
    assert receipt.ok, receipt.refusal
    return receipt.id


def step(payload, at=NOW, unit="M"):
    return send(made(payload, unit=unit, corrects=payload.signal, at=at), at=at)[0]


def kept(id):
    return EventSignal.objects.get(pk=id)


def code(receipt):
    return receipt.refusal.code if receipt.refusal else receipt.status


def test_a_signal_is_kept_where_it_was_with_a_day_to_screen_it():
    row = kept(a_signal(phone=" 0912 000 111 "))

    assert (row.commune_id, row.village_id, row.unit_id) == (place("M"), place("va"), place("stM"))
    assert (row.state, row.due_at, row.late) == ("reported", NOW + 24 * HOUR, "")
    assert (row.affected, row.phone) == (12, "0912 000 111")


def test_a_signal_of_an_earlier_day_lies_on_the_map_of_that_day():
    assert kept(a_signal(seen_on=date(2025, 6, 1))).commune_id == place("A")


def test_sent_twice_is_one_signal():
    operation = made(told(), unit="stM")

    statuses = [receipt.status for receipt in [*send(operation), *send(operation)]]

    assert statuses == ["accepted", "already-had"]
    assert EventSignal.objects.count() == 1


@pytest.mark.parametrize(
    ("why", "changes", "refusal"),
    [
        ("not on the list", {"sign": "comet"}, "surveillance.unknown-sign"),
        ("seen tomorrow", {"seen_on": TODAY + timedelta(days=1)}, "surveillance.seen-in-the-future"),
        ("nowhere", {"village": None}, "surveillance.no-commune"),
        ("a place of no map", {"village": uuid7()}, "surveillance.unknown-place"),
        ("a commune that was merged", {"village": None, "commune": place("A")},
         "surveillance.commune-closed"),
        ("a facility not yet there", {"facility": place("stM"), "seen_on": date(2025, 6, 1)},
         "surveillance.facility-not-there"),
        ("more dead than ill", {"deaths": 13}, "surveillance.more-deaths-than-affected"),
        ("no such disease", {"disease": "comet"}, "surveillance.unknown-disease"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(why, changes, refusal):
    (receipt,) = send(made(told(**changes), unit="stM"))

    assert code(receipt) == refusal, why
    assert not EventSignal.objects.exists()


def test_a_unit_that_is_not_on_the_map_cannot_tell():
    (receipt,) = send(made(told(), unit=uuid7()))

    assert code(receipt) == "surveillance.unknown-unit"


def test_screened_verified_assessed_each_within_its_day():
    id = a_signal()

    step(ScreenSignal(signal=id, outcome="relevant"), at=NOW + 2 * HOUR)
    assert (kept(id).state, kept(id).due_at) == ("relevant", NOW + 26 * HOUR)
    step(VerifySignal(signal=id, outcome="real", how="call", affected=40), at=NOW + 3 * HOUR)
    assert (kept(id).state, kept(id).due_at, kept(id).affected) == ("real", NOW + 27 * HOUR, 40)
    step(AssessSignal(signal=id, risk="high", next_step="respond"), at=NOW + 4 * HOUR)

    row = kept(id)
    assert (row.state, row.risk, row.next_step, row.due_at) == ("assessed", "high", "respond", None)
    assert row.late == ""


def test_steps_after_their_clock_are_marked_late_once():
    id = a_signal()

    step(ScreenSignal(signal=id, outcome="relevant"), at=NOW + 25 * HOUR)
    step(VerifySignal(signal=id, outcome="real", how="visit"), at=NOW + 30 * HOUR)
    step(AssessSignal(signal=id, risk="low", next_step="watch"), at=NOW + 55 * HOUR)

    assert kept(id).late == "screen assess"


def test_what_is_verified_at_once_was_screened_at_the_same_moment():
    id = a_signal()

    step(VerifySignal(signal=id, outcome="real", how="call"), at=NOW + HOUR)

    row = kept(id)
    assert row.screened_at == row.verified_at == NOW + HOUR


def test_a_later_verification_of_an_assessed_event_brings_numbers_and_keeps_the_assessment():
    id = a_signal()
    step(VerifySignal(signal=id, outcome="real", how="call"))
    step(AssessSignal(signal=id, risk="high", next_step="respond"))

    step(VerifySignal(signal=id, outcome="real", how="visit", affected=90, deaths=3))

    row = kept(id)
    assert (row.state, row.risk, row.affected, row.deaths, row.due_at) == (
        "assessed", "high", 90, 3, None)  # fmt: skip


@pytest.mark.parametrize(
    ("why", "before", "payload", "refusal"),
    [
        ("a reason is read by others", [], ("screen", {"outcome": "discarded"}),
         "surveillance.reason-needed"),
        ("of what?", [], ("screen", {"outcome": "duplicate"}),
         "surveillance.not-a-duplicate-of-that"),
        ("of itself", [], ("screen", {"outcome": "duplicate", "duplicate_of": "itself"}),
         "surveillance.not-a-duplicate-of-that"),
        ("of one that is not there", [],
         ("verify", {"outcome": "duplicate", "how": "call", "duplicate_of": uuid7()}),
         "surveillance.not-a-duplicate-of-that"),
        ("named, though not a duplicate", [],
         ("screen", {"outcome": "relevant", "duplicate_of": uuid7()}),
         "surveillance.not-a-duplicate-of-that"),
        ("not verified", [], ("assess", {"risk": "low", "next_step": "watch"}),
         "surveillance.not-verified-yet"),
        ("set aside", [("screen", {"outcome": "discarded", "reason": "a rumour"})],
         ("verify", {"outcome": "real", "how": "call"}), "surveillance.signal-is-settled"),
        ("set aside twice", [("screen", {"outcome": "discarded", "reason": "a rumour"})],
         ("screen", {"outcome": "discarded", "reason": "a rumour"}),
         "surveillance.signal-is-settled"),
        ("set aside, then assessed", [("screen", {"outcome": "discarded", "reason": "a rumour"})],
         ("assess", {"risk": "low", "next_step": "watch"}), "surveillance.signal-is-settled"),
        ("relevant already", [("screen", {"outcome": "relevant"})],
         ("screen", {"outcome": "relevant"}), "surveillance.nothing-changes"),
        ("more dead than ill", [],
         ("verify", {"outcome": "real", "how": "call", "affected": 2, "deaths": 3}),
         "surveillance.more-deaths-than-affected"),
        ("no such disease", [], ("screen", {"outcome": "relevant", "disease": "comet"}),
         "surveillance.unknown-disease"),
    ],
)  # fmt: skip
def test_a_step_that_does_not_follow_is_refused(why, before, payload, refusal):
    id = a_signal()
    for each in before:
        assert step(payload_of(id, *each)).ok

    assert code(step(payload_of(id, *payload))) == refusal, why


def payload_of(id, kind, values):
    if values.get("duplicate_of") == "itself":
        values = values | {"duplicate_of": id}
    kinds = {"screen": ScreenSignal, "verify": VerifySignal, "assess": AssessSignal}
    return kinds[kind](signal=id, **values)


def test_what_was_set_aside_is_opened_again_with_a_new_clock():
    id = a_signal()
    step(ScreenSignal(signal=id, outcome="discarded", reason="a rumour"))

    step(ScreenSignal(signal=id, outcome="relevant"), at=NOW + 50 * HOUR)

    row = kept(id)
    assert (row.state, row.due_at, row.late) == ("relevant", NOW + 74 * HOUR, "")


def test_a_duplicate_names_its_original_and_is_none_itself():
    one, two, three = a_signal(), a_signal(), a_signal()

    assert step(ScreenSignal(signal=two, outcome="duplicate", duplicate_of=one)).ok
    refused = step(ScreenSignal(signal=three, outcome="duplicate", duplicate_of=two))

    assert kept(two).duplicate_of_id == one
    assert code(refused) == "surveillance.not-a-duplicate-of-that"


def test_a_signal_elsewhere_is_answered_as_one_that_is_not_there():
    id = a_signal()

    elsewhere = step(ScreenSignal(signal=id, outcome="relevant"), unit="D")
    missing = step(ScreenSignal(signal=uuid7(), outcome="relevant"))
    unnamed = send(made(ScreenSignal(signal=id, outcome="relevant")))[0]

    assert code(elsewhere) == code(missing) == "surveillance.unknown-signal"
    assert code(unnamed) == "surveillance.corrects-another"


def test_a_batch_gives_what_its_operations_give_one_by_one():
    whole, single = (a_signal(), a_signal()), (a_signal(), a_signal())

    together = [r.status for r in send(*answers_to(*whole))]
    one_by_one = [send(operation)[0].status for operation in answers_to(*single)]

    assert together == one_by_one
    assert together.count("refused") == 2
    assert rows_of(whole) == rows_of(single)


def answers_to(first, second):
    """Answers to two signals that build on, and contradict, one another."""
    said = [
        (first, ("screen", {"outcome": "discarded", "reason": "a rumour"})),
        (first, ("screen", {"outcome": "relevant", "disease": "rabies"})),
        (first, ("screen", {"outcome": "relevant"})),  # nothing changes
        (second, ("screen", {"outcome": "duplicate", "duplicate_of": first})),
        (first, ("screen", {"outcome": "duplicate", "duplicate_of": second})),  # which is one
        (first, ("verify", {"outcome": "real", "how": "visit", "deaths": 2})),
        (first, ("assess", {"risk": "medium", "next_step": "watch"})),
    ]
    return [made(payload_of(id, *each), corrects=id) for id, each in said]


def rows_of(ids):
    """The rows of signals, without the ids by which they differ."""
    rows = [EventSignal.objects.filter(pk=id).values().get() for id in ids]
    names = {id: n for n, id in enumerate(ids)}
    return [{k: names.get(v, v) for k, v in row.items()} for row in rows]


def test_the_number_of_queries_does_not_grow_with_the_batch(django_assert_max_num_queries):
    ids = [a_signal() for _ in range(40)]
    answers = [made(ScreenSignal(signal=id, outcome="relevant"), corrects=id) for id in ids]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        send(*answers[:2])
    with django_assert_max_num_queries(len(few)):
        send(*answers[2:])


def silence(**changes):
    plain = {"subject": "disease:measles", "reason": "a drill", "until": TODAY + timedelta(days=7)}
    return SilenceSignals(**plain | changes)


def test_a_silence_replaces_an_earlier_one_and_ends():
    send(made(silence()))
    send(made(silence(until=TODAY + timedelta(days=30), level="alert")))

    (row,) = Silence.objects.all()
    assert (row.until, row.level) == (TODAY + timedelta(days=30), "alert")
    assert send(made(silence(until=None, reason="it goes on")))[0].ok
    assert not Silence.objects.exists()


@pytest.mark.parametrize(
    ("changes", "unit", "refusal"),
    [
        ({"until": TODAY}, "M", "surveillance.silence-in-the-past"),
        ({"until": None}, "M", "surveillance.no-silence"),
        ({}, uuid7(), "surveillance.unknown-unit"),
        ({"subject": "measles"}, "M", "kernel.payload-invalid"),
        ({"reason": "x"}, "M", "kernel.payload-invalid"),
    ],
)
def test_a_silence_that_says_nothing_is_refused(changes, unit, refusal):
    (receipt,) = send(made(silence(**changes), unit=unit))

    assert code(receipt) == refusal


def test_silences_of_one_batch_follow_one_another():
    receipts = send(made(silence()), made(silence(until=None)), made(silence(until=None)))

    assert [r.status for r in receipts] == ["accepted", "accepted", "refused"]
    assert not Silence.objects.exists()
