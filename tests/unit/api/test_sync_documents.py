"""What a tablet may hold: all that its units hold, nothing of others, and no hint of them."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from tests.simulation.device import enrolled, talk
from tests.unit.api.sync_world import held, household, one, record, refused, send
from tuyen.apps.access import clock, devices
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import Relieve
from tuyen.apps.journal import documents
from tuyen.apps.journal.models import Head
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import MovePerson, Relate
from tuyen.apps.surveillance.operations import OpenOutbreak, RaiseAlarm
from tuyen.cli import tablet
from tuyen.kernel.operation import KINDS, Operation
from tuyen.kernel.period import Period


def test_who_moves_in_arrives_and_who_moves_away_is_taken_off(world):
    _, (person, _) = world.household(0, "Giàng A Pó", "Giàng A Dơ")
    here, there = world.tablet(0), world.tablet(1)
    talk(here), talk(there)

    world.send(MovePerson(person=person, place=world.villages[1], since=clock.today()),
               unit=world.stations[0])  # fmt: skip
    talk(here), talk(there)

    key = ("registry.person", str(person))
    assert key not in here.state.documents
    assert key in there.state.documents
    assert held(here) == world.expected(here)
    assert held(there) == world.expected(there)


def test_a_change_of_units_sends_only_what_changed(world):
    world.household(0, *(f"Vàng A {n}" for n in range(30)))
    world.household(1, "Lò Văn Hai")
    device = world.tablet(0)
    talk(device)
    world.send(Relate(subject=world.stations[0], relation="serves", object=world.communes[1],
                      since=date(2020, 1, 1)), unit=world.stations[0])  # fmt: skip

    page = json.loads(one(device).body)
    talk(device)

    assert str(world.villages[1]) in page["gained"]["registry.person"]
    people = [d["body"]["name"] for d in page["documents"] if d["kind"] == "registry.person"]
    assert people == ["Lò Văn Hai"]
    assert held(device) == world.expected(device)


def test_when_a_post_ends_the_tablet_holds_nothing_after_its_next_word(world):
    device = world.tablet(0)
    world.household(0, "Giàng A Pó")
    talk(device)
    world.send(Relieve(holding=world.holding, until=clock.today()), unit=world.stations[0])

    one(device)

    assert device.state.documents == {}


def test_an_alarm_answered_by_opening_an_outbreak_comes_again_as_it_stands(world):
    day = clock.today()
    week = Period.of("epiweek", day).label
    alarm = RaiseAlarm(rule="AL-A", disease="plague", period=week, level="alert", observed=1,
                       method="law/1")  # fmt: skip
    (raised,) = world.send(alarm, unit=world.communes[0])
    device = world.tablet(0)
    talk(device)
    key = ("surveillance.alarm", str(raised))
    assert device.state.documents[key].body["state"] != "outbreak"

    opening = OpenOutbreak(disease="plague", title="Dịch hạch tại xã Nà Hỳ", since=day,
                           communes=(world.communes[0],), from_alarms=(raised,))  # fmt: skip
    world.send(opening, unit=world.province)
    talk(device)

    assert device.state.documents[key].body["state"] == "outbreak"
    assert held(device) == world.expected(device)


@pytest.mark.check("SY-04")
def test_nothing_tells_of_what_happens_elsewhere(world):
    """Two runs of one tablet, with and without work of another station, differ in no byte but the
    sealed cursor, which has the same length."""
    device = world.tablet(0)
    talk(device)
    quiet = json.loads(one(device).body)
    for n in range(5):
        world.household(1, f"Lò Văn {n}")
    busy = json.loads(one(device).body)

    lengths = {len(page.pop("cursor")) for page in (quiet, busy)}
    assert len(lengths) == 1
    assert quiet == busy
    record(device, household(world), world.stations[0])
    assert b"position" not in one(device).body


def test_a_cursor_of_another_device_or_one_that_was_changed_is_refused_alike(world):
    device, other = world.tablet(0), world.tablet(0)
    talk(device), talk(other)
    good = device.state.cursor
    answers = set()
    for n, cursor in enumerate([other.state.cursor, good[:-4] + "AAA=", "x", "é", good[:40]]):
        body = json.dumps({"cursor": cursor}).encode()
        sent = tablet.signed(device.key, tablet.PATHS["pull"], body, device.state.id, 500 + n, 3)
        answers.add(refused(send(sent)))

    assert answers == {(409, "api.bad-cursor")}


def test_after_a_restore_the_tablet_begins_again_and_sends_what_the_backup_lacks(world):
    device = world.tablet(0)
    world.household(0, "Giàng A Pó")
    talk(device)
    id = record(device, household(world), world.stations[0])
    talk(device)
    from tuyen.apps.access import guard

    with guard.opened("restore"):
        Head.objects.update(epoch=uuid4())

    talk(device)

    assert id in {s.id for s in device.state.confirmed}
    assert held(device) == world.expected(device)


def test_a_tablet_that_was_away_for_long_is_filled_anew_and_keeps_what_it_has(world, monkeypatch):
    world.household(0, "Giàng A Pó")
    device = world.tablet(0)
    talk(device)
    _, (left,) = world.household(0, "Vàng A Sử")
    talk(device)
    before = held(device)
    world.send(MovePerson(person=left, place=world.villages[1], since=clock.today()),
               unit=world.stations[0])  # fmt: skip
    for n in range(4):
        world.household(1, f"Lò Văn {n}")
    monkeypatch.setattr(documents, "FARTHEST", 4)

    first = one(device)

    assert refused(first) == (409, "journal.too-far-behind")
    assert held(device) == before
    talk(device)
    assert held(device) == world.expected(device)
    assert ("registry.person", str(left)) not in device.state.documents


def test_what_a_tablet_was_given_is_written_down(world):
    from tuyen.apps.access.models import Reading

    world.household(0, "Giàng A Pó", "Giàng A Dơ")
    device = world.tablet(0)
    talk(device)

    rows = Reading.objects.filter(purpose=device.state.id, subject="registry.person@tablet")

    assert [(r.user_id, r.subject_id, r.count, r.channel) for r in rows] == [
        (device.user, world.villages[0], 2, "device")
    ]


def test_signals_and_contacts_of_the_own_commune_come_without_who_told(world):
    from tuyen.apps.surveillance.operations import (
        AddContacts,
        ContactDraft,
        FollowUpContacts,
        Mark,
        ReportSignal,
        ScreenSignal,
    )

    day, here = clock.today(), world.communes[0]
    device = world.tablet(0)
    opening = OpenOutbreak(disease="measles", title="Sởi tại Nà Hỳ", since=day, communes=(here,))
    (outbreak,) = world.send(opening, unit=world.province)
    talk(device)
    sign = ReportSignal(sign="rash-fever", source="village", seen_on=day, commune=here, affected=5,
                        reporter="Lò Văn A", phone="0912345678")  # fmt: skip
    (told,) = world.send(sign, unit=world.stations[0])
    people = [ContactDraft(id=uuid4(), name="Vàng A Sử", exposed_on=day, commune=commune)
              for commune in world.communes]  # fmt: skip
    (_,) = world.send(
        AddContacts(outbreak=outbreak, disease="measles", contacts=tuple(people)), unit=here
    )
    talk(device)

    signal = device.state.documents["surveillance.signal", str(told)]
    assert signal.body["affected"] == 5
    assert "0912345678" not in str(signal.body)
    assert "Lò Văn A" not in str(signal.body)
    mine, other = (("surveillance.contact", str(one.id)) for one in people)
    assert device.state.documents[mine].body["name"] == "Vàng A Sử"
    assert other not in device.state.documents

    screened = Operation.of(ScreenSignal(signal=told, outcome="relevant"), unit=here,
                            happened_on=day, recorded_at=clock.now(), corrects=told)  # fmt: skip
    (receipt,) = commit(by=Actor.program(day), operations=[screened], at=clock.now())
    assert receipt.ok, receipt.refusal
    mark = Mark(contact=people[0].id, state="well")
    world.send(FollowUpContacts(outbreak=outbreak, day=day, marks=(mark,)), unit=here)
    talk(device)

    assert device.state.documents["surveillance.signal", str(told)].body["state"] == "relevant"
    assert device.state.documents[mine].body["last_on"] == day.isoformat()
    assert held(device) == world.expected(device)


NO_DOCUMENT = {
    "access", "journal", "indicators",  # rooms whose records no tablet holds
    # Followed by ``immunization.follow``, which names everybody whom another schedule changes.
    "immunization.activate_pack", "immunization.roll_back_pack",
    # Events are worked on at the console: a tablet reports one, and hears of the lots it stopped.
    "immunization.notify_aefi", "immunization.investigate_aefi", "immunization.convene_council",
    "immunization.classify_aefi", "immunization.void_aefi",
    "immunization.answer_concern",  # what is followed up is listed there too
    # Papers and reports are made at the console; levels are for orders, which are written there.
    "immunization.issue_certificate", "immunization.withdraw_certificate",
    "immunization.report_campaign_day", "supply.set_level",
    "registry.set_boundary", "registry.entitle", "registry.publish_coverage",
    # These change nothing until they are decided, or concern no document.
    "registry.propose_reorganisation", "registry.propose_merge", "registry.request_move",
    "registry.withdraw_proposal", "registry.set_apart", "registry.undo_set_apart",
    "registry.propose_undo",
    # Claims, what other systems sent and plans of the network stand at the console alone.
    "claims", "exchange", "network",
    "workforce",  # files of staff are kept at the console
    "governance",  # projects and their money stand at the console alone
    # Care is not on the tablet yet: what it writes of persons and stock is told by registry and supply.
    "clinical", "supply.settle_shortfall",
    "supply.record_supervision", "supply.void_supervision", "supply.attach_photograph",
    "supply.answer_finding", "supply.settle_finding",
    "supply.count_controlled", "supply.destroy_controlled",  # change nothing until witnessed
    "surveillance.log_call", "surveillance.keep_unit_phone",  # whom to call is asked at the console
    "surveillance.report_zero", "surveillance.mark_epidemic_year", "surveillance.keep_outlook",
    "surveillance.set_operating_point",  # from then on; alarms come and go by their own kinds
    "surveillance.learn_chances", "surveillance.set_alarm_line",  # what follows is weighed
    # Outbreaks are worked on at the console: a tablet holds the cases and alarms, which do not say
    # to which outbreak they belong. Only an opening answers alarms, and stands in ``shelves.py``.
    "surveillance.amend_outbreak", "surveillance.attach_cases", "surveillance.detach_cases",
    "surveillance.link_cases", "surveillance.unlink_cases", "surveillance.declare_outbreak",
    "surveillance.close_outbreak", "surveillance.reopen_outbreak",
    "surveillance.review_outbreak", "surveillance.issue_sitrep", "surveillance.set_tasks",
    "surveillance.finish_task", "surveillance.note_bottleneck", "surveillance.record_isolation",
    "surveillance.silence_signals",  # a silence is of the inbox at the console
    # Teams, goods and bookings, the yearly plan and the rota are not kept on a tablet.
    "surveillance.set_team", "surveillance.set_resource", "surveillance.receive_resource",
    "surveillance.count_resource", "surveillance.move_resource", "surveillance.book_response",
    "surveillance.arrive", "surveillance.release_booking", "surveillance.score_risk",
    "surveillance.drop_risk", "surveillance.approve_assessment",
    "surveillance.reopen_assessment", "surveillance.set_action", "surveillance.close_action",
    "surveillance.set_duties",
    # A drill's own course; the cases and alarms in it come by their own kinds.
    "surveillance.begin_drill", "surveillance.set_drill_clock",
    "surveillance.send_drill_message", "surveillance.answer_drill_message",
    "surveillance.call_drill_persona", "surveillance.end_drill", "surveillance.record_drill",
    "surveillance.assign_drill_finding", "surveillance.settle_drill_finding",
}  # fmt: skip


def test_every_kind_of_operation_says_which_documents_it_touches():
    """A new kind is named in a room's ``shelves.py``, or above with the reason why it needs not be."""
    told = set(documents.kinds_told())
    ours = [kind.name for kind in KINDS if kind.payload.__module__.startswith("tuyen.apps.")]
    silent = [
        name for name in ours
        if name not in told and not {name, name.split(".")[0]} & NO_DOCUMENT
    ]  # fmt: skip

    assert silent == []


def test_a_browser_or_a_get_is_not_a_tablet(db):
    for path in tablet.PATHS.values():
        assert Client().get(path).status_code == 405
        assert Client().post(path, "{}", content_type="application/json").status_code in (400, 401)


def test_devices_are_seen_by_those_who_may_order_them(world):
    device = world.tablet(0)
    talk(device)
    head = world.actor(world.user("station-head", world.stations[0]))
    other = world.actor(world.user("station-head", world.stations[1]))

    assert str(device.state.id) in {str(row.id) for row in devices.devices(by=head)}
    assert devices.devices(by=other) == []
    assert enrolled(head, clock.real_now()).state.id in {
        str(row.id) for row in devices.devices(by=head)
    }
