"""The tablet's door: signed, resumable, limited to its units, and telling nothing of others."""

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.simulation.device import talk
from tests.unit.api.sync_world import held, household, one, record, refused, send
from tuyen.api import sync
from tuyen.apps.access import clock, devices
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import LoseDevice, OrderDevice
from tuyen.apps.journal import documents
from tuyen.apps.journal.services import commit
from tuyen.cli import tablet
from tuyen.cli.tablet import saved
from tuyen.engines.sync.tablet import Recorded, Tick, Upgraded
from tuyen.engines.sync.terms import PROTOCOL
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation


def order(world, device, word, n=0):
    """The head of the station orders a tablet."""
    wish = OrderDevice(device=device.state.id, order=word, reason="mất máy")
    world.send(wish, unit=world.stations[n])


@pytest.mark.check("DV-05")
def test_a_tablet_is_filled_with_its_own_people_and_no_others(world):
    world.household(0, "Giàng A Pó", "Giàng A Dơ")
    world.household(1, "Lò Văn Hai")
    device = world.tablet(0)

    talk(device)

    assert held(device) == world.expected(device)
    names = {d.body["name"] for d in device.state.documents.values() if d.kind == "registry.person"}
    assert names == {"Giàng A Pó", "Giàng A Dơ"}


def test_what_is_recorded_is_confirmed_and_comes_back_as_documents(world):
    device, other = world.tablet(0), world.tablet(0)
    talk(other)
    for _ in range(3):
        record(device, household(world), world.stations[0])

    talk(device)
    talk(other)

    assert (len(device.state.outbox), len(device.state.confirmed)) == (0, 3)
    assert held(device) == held(other) == world.expected(device)


def test_the_first_filling_goes_on_where_it_was_cut(world, monkeypatch):
    monkeypatch.setattr(documents, "CHUNK", 3)
    monkeypatch.setattr(documents.pull, "__kwdefaults__", {"limit": 3})
    _, people = world.household(0, *(f"Vàng A {n}" for n in range(10)))
    device = world.tablet(0)
    order_of_arrival = []

    while not device.state.settled:
        one(device)
        device.forget()  # killed after each page
        order_of_arrival += [
            key for key in device.state.documents
            if key[0] == "registry.person" and key not in order_of_arrival
        ]  # fmt: skip

    assert held(device) == world.expected(device)
    assert [id for _, id in order_of_arrival] == [str(id) for id in reversed(people)]


def test_a_cut_costs_no_more_than_the_page_that_was_cut(world, monkeypatch):
    """Of three answers one is lost: what comes twice is that page, and what was held stays held."""
    monkeypatch.setattr(documents.pull, "__kwdefaults__", {"limit": 4})
    world.household(0, *(f"Vàng A {n}" for n in range(17)))
    device, sent, cuts, held_before = world.tablet(0), [], 0, 0

    for turn in range(60):
        if device.state.settled:
            break
        (request,) = device.step(Tick())
        got = send(request)
        page = [(d["kind"], d["id"]) for d in json.loads(got.body)["documents"]]
        sent += page
        assert len(page) <= 4
        if turn % 3 == 2 and page:
            cuts += 1
            device.forget()  # the answer is lost, and the app with what it knew of the request
        else:
            device.hear(got)
        assert len(device.state.documents) >= held_before
        held_before = len(device.state.documents)

    assert cuts > 1
    assert held(device) == world.expected(device)
    assert len(sent) - len(set(sent)) <= 4 * cuts


def test_what_was_confirmed_is_kept_for_as_long_as_the_server_says(world, monkeypatch):
    """By the server's calendar: the tablet's own clock is not asked."""
    shipped, day = sync.limits_of, clock.real_now()
    monkeypatch.setattr(sync, "limits_of", lambda on: shipped(on)._replace(kept_days=3))
    device = world.tablet(0)
    old = record(device, household(world), world.stations[0])
    talk(device)
    monkeypatch.setattr(clock, "real_now", lambda: day + timedelta(3))
    new = record(device, household(world), world.stations[0])
    talk(device)
    assert [s.id for s in device.state.confirmed] == [old, new]

    monkeypatch.setattr(clock, "real_now", lambda: day + timedelta(4))
    kept = record(device, household(world), world.stations[0])
    one(device)
    one(device)

    assert [s.id for s in device.state.confirmed] == [new, kept]
    assert held(device) == world.expected(device), "documents stay while the unit is held"


# --- Enrolment ---------------------------------------------------------------------------------


def test_a_code_enrols_one_device_and_not_a_second(world):
    by = world.actor(world.user("midwife", world.stations[0]))
    code = devices.issue_code(by=by, now=clock.real_now())
    tablet.enrol(send, code=code.lower().replace("-", " "), label="một")

    with pytest.raises(tablet.NotEnrolled):
        tablet.enrol(send, code=code, label="hai")


def test_a_code_is_old_after_ten_minutes(world):
    by = world.actor(world.user("midwife", world.stations[0]))
    code = devices.issue_code(by=by, now=clock.real_now() - timedelta(minutes=11))

    with pytest.raises(tablet.NotEnrolled):
        tablet.enrol(send, code=code, label="muộn")


@pytest.mark.check("AU-10")
def test_a_key_that_the_caller_does_not_hold_is_not_enrolled(world):
    by = world.actor(world.user("midwife", world.stations[0]))
    code = devices.issue_code(by=by, now=clock.real_now())
    stolen = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    body = json.dumps({"code": code, "key": stolen, "label": "x"}).encode()
    path = tablet.PATHS["enrol"]

    got = send(tablet.signed(Ed25519PrivateKey.generate(), path, body, "", 0, 3))

    assert refused(got) == (401, "access.unknown-device")
    assert tablet.enrol(send, code=code, label="thật").state.id  # the code was not spent


def test_a_post_without_the_right_has_no_code(world):
    by = world.actor(world.user("director", world.stations[0]))

    with pytest.raises(devices.NoPost):
        devices.issue_code(by=by, now=clock.real_now())


# --- Signatures and counters -------------------------------------------------------------------


@pytest.mark.check("SY-01", "AU-10")
def test_a_request_that_was_changed_or_repeated_is_not_let_in(world):
    device = world.tablet(0)
    (sent,) = device.step(Tick())
    other = Ed25519PrivateKey.generate()
    forged = tablet.signed(other, sent.path, sent.body, device.state.id, 1, 3)
    unknown = tablet.signed(device.key, sent.path, sent.body, str(uuid4()), 1, 3)
    bodies = [sent._replace(body=sent.body[:-1]), sent._replace(path=tablet.PATHS["push"])]
    heads = [sent._replace(headers={**sent.headers, name: value}) for name, value in
             (("Tuyen-Counter", "9"), ("Tuyen-Protocol", "1"), ("Tuyen-Signature", "00"),
              ("Tuyen-Counter", "x"), ("Tuyen-Device", "x"))]  # fmt: skip

    answers = {refused(send(bad)) for bad in (forged, unknown, *bodies, *heads)}
    first, again = send(sent), send(sent)

    assert answers == {(401, "access.unknown-device")}
    assert first.status == 200
    assert refused(again) == (409, "access.counter-behind")


def test_a_tablet_restored_from_a_copy_goes_on_above_its_old_counter(world):
    device = world.tablet(0)
    talk(device)
    device.state = replace(device.state, counter=0)
    record(device, household(world), world.stations[0])

    talk(device)

    assert held(device) == world.expected(device)


@pytest.mark.check("SY-01", "SY-06")
def test_an_answer_that_the_server_did_not_sign_is_as_if_lost(world):
    device = world.tablet(0)
    (sent,) = device.step(Tick())
    got = send(sent)
    changed = got._replace(body=got.body.replace(b'"more":true', b'"more":false'))

    device.hear(changed)
    untouched = device.state.documents
    device.hear(got)

    assert untouched == {}
    assert device.state.documents != {}


# --- Orders ------------------------------------------------------------------------------------


@pytest.mark.check("DV-04")
def test_a_locked_tablet_may_send_and_not_receive_until_it_is_unlocked(world):
    device = world.tablet(0)
    talk(device)
    record(device, household(world), world.stations[0])
    order(world, device, "lock")

    one(device)
    one(device)
    (pull,) = [tablet.signed(device.key, tablet.PATHS["pull"], b"{}", device.state.id, 99, 3)]

    assert (device.state.order, device.state.outbox) == ("lock", ())
    assert refused(send(pull)) == (423, "api.device-locked")
    order(world, device, "unlock")
    device.state = device.state.__class__(**{**fields(device.state), "counter": 99})
    talk(device)
    assert held(device) == world.expected(device)


def fields(state):
    return {name: getattr(state, name) for name in state.__dataclass_fields__}


def test_a_wiped_tablet_drops_its_data_at_once_sends_what_it_holds_and_ends(world):
    device = world.tablet(0)
    world.household(0, "Giàng A Pó")
    talk(device)
    id = record(device, household(world), world.stations[0])
    order(world, device, "wipe")

    steps = [one(device) and (len(device.state.documents), device.state.dead) for _ in range(2)]

    assert steps[-1] == (0, True)
    assert all(documents == 0 for documents, _ in steps)
    from tuyen.apps.journal.queries import operation

    assert operation(by=Actor.program(clock.today()), id=id).refusal is None
    late = tablet.signed(device.key, tablet.PATHS["push"], b"", device.state.id, 999, 3)
    assert refused(send(late)) == (410, "access.device-revoked")


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.check("DV-04")
def test_a_wipe_reaches_every_version_on_its_next_contact(protocol, world):
    device = world.tablet(0, protocol=protocol)
    talk(device)
    order(world, device, "wipe")

    one(device)

    assert (device.state.order, device.state.documents) == ("wipe", {})


def test_a_revoked_tablet_may_do_nothing_and_is_told_to_wipe(world):
    device = world.tablet(0)
    talk(device)
    record(device, household(world), world.stations[0])
    order(world, device, "revoke")

    got = one(device)

    assert refused(got) == (410, "access.device-revoked")
    assert json.loads(got.body)["order"] == "wipe"
    assert (device.state.dead, device.state.documents) == (True, {})


def test_its_user_reports_a_tablet_lost_and_nobody_elses(world):
    device, other = world.tablet(0), world.tablet(0)
    by = world.actor(device.user)

    def lose(which):
        wish = Operation.of(LoseDevice(device=which.state.id, reason="rơi ở suối"),
                            unit=world.stations[0], happened_on=by.on,
                            recorded_at=clock.now())  # fmt: skip
        return commit(by=by, operations=[wish], at=clock.now())[0]

    assert lose(other).refusal.code == "access.not-your-device"
    assert lose(device).ok
    assert {row.state for row in devices.devices(by=by) if row.user == by.user} == {"locked"}


@pytest.mark.check("SY-02")
def test_orders_of_another_unit_are_refused(world):
    device = world.tablet(0)
    wish = OrderDevice(device=device.state.id, order="wipe", reason="không phải máy tôi")
    head = world.actor(world.user("station-head", world.stations[1]))
    made = Operation.of(wish, unit=world.stations[1], happened_on=head.on, recorded_at=clock.now())

    (receipt,) = commit(by=head, operations=[made], at=clock.now())

    assert receipt.refusal.code == "access.no-device"


# --- Receipts and what is odd in a batch --------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("no JSON", b"{"),
        ("bad UTF-8", b'{"id":"\xff"}'),
        ("half a character as the kind", ("kind", rb"\ud800")),
        ("half a character in the payload", ("name", rb"Gi\ud800")),
        ("the other half alone", ("name", rb"Gi\udc00ng")),
        ("a character that no store takes as the kind", ("kind", rb"registry\u0000")),
        ("very deep", b"[" * 20_000),
        ("a forged author", None),
        ("nothing", b""),
        ("a line break inside", b'{"id":\n1}'),
    ],
)
@pytest.mark.check("SY-03")
def test_poison_is_set_aside_and_the_rest_flows(why, line, world):
    device = world.tablet(0)
    before = record(device, household(world), world.stations[0])
    if isinstance(line, tuple):
        field, word = line
        record(device, household(world), world.stations[0])
        made = device.state.outbox[-1]
        device.state = replace(device.state, outbox=device.state.outbox[:-1])
        at = made.line.index(f'"{field}":"'.encode()) + len(field) + 4
        line = made.line[:at] + word + made.line[made.line.index(b'"', at) :]
    if line is None:
        plain = json.loads(device.state.outbox[0].line)
        line = json.dumps({**plain, "id": str(uuid7()), "author": str(uuid4())}).encode()
    device.step(Recorded(saved("poison", line)))
    after = record(device, household(world), world.stations[0])

    talk(device)

    assert [s.id for s in device.state.confirmed] == [before, after], why
    assert device.state.aside["poison"][1] == "api.unreadable"


def test_a_text_that_no_store_takes_is_refused_alone(world):
    """PostgreSQL holds no zero byte in a text; the operation is kept, and its neighbours are taken."""
    device = world.tablet(0)
    before = record(device, household(world), world.stations[0])
    zero = record(device, household(world, 0, "Giàng\0A"), world.stations[0])
    bad = record(device, household(world), world.stations[0])
    *rest, last = device.state.outbox
    broken = last.line.replace("Lò Thị A".encode(), b"L\xed\xa0\x80")
    device.state = replace(device.state, outbox=(*rest, saved(bad, broken)))
    after = record(device, household(world), world.stations[0])

    talk(device)

    confirmed = [s.id for s in device.state.confirmed]
    assert confirmed in ([before, after], [before, zero, after])
    assert device.state.aside[bad][1] == "kernel.payload-invalid"
    assert set(confirmed) | device.state.aside.keys() == {before, zero, bad, after}


def test_a_label_with_control_characters_enrols(world):
    by = world.actor(world.user("midwife", world.stations[0]))
    code = devices.issue_code(by=by, now=clock.real_now())

    assert tablet.enrol(send, code=code, label="máy\0của\x07Én").state.id


def test_an_operation_too_long_for_any_request_is_set_aside_alone(world):
    device = world.tablet(0)
    before = record(device, household(world), world.stations[0])
    import random

    noise = random.Random(1).randbytes(3 * 2**20).hex().encode()
    device.step(Recorded(saved("huge", noise)))
    after = record(device, household(world), world.stations[0])

    talk(device)

    assert [s.id for s in device.state.confirmed] == [before, after]
    assert device.state.aside["huge"][1] == "api.too-long"


@pytest.mark.check("SY-03", "IN-09")
def test_a_bomb_is_not_unpacked(world):
    device = world.tablet(0)
    body = gzip.compress(b" " * (9 * 2**20))

    got = send(tablet.signed(device.key, tablet.PATHS["push"], body, device.state.id, 1, 3))

    assert refused(got) == (413, "api.too-long")


@pytest.mark.check("SY-06")
def test_a_receipt_is_for_one_content_only(world):
    """The same id with other content, in the same batch and in a later one, is never confirmed."""
    device = world.tablet(0)
    id = uuid7()
    record(device, household(world, 0, "Một"), world.stations[0], id=id)
    first = device.state.outbox[0].line
    record(device, household(world, 0, "Hai"), world.stations[0], id=id)
    second = device.state.outbox[1].line

    def receipts(*lines, counter):
        sent = tablet.signed(device.key, tablet.PATHS["push"], b"\n".join(lines), device.state.id,
                             counter, 3)  # fmt: skip
        answer = json.loads(send(sent).body)["receipts"]
        return [(r["status"], (r.get("refusal") or {}).get("code"), r["digest"]) for r in answer]

    together = receipts(first, second, first, counter=1)
    later = receipts(second, first, counter=2)

    digests = [saved("", line).digest for line in (first, second)]
    assert together == [("accepted", None, digests[0]),
                        ("refused", "journal.id-reused", digests[1]),
                        ("accepted", None, digests[0])]  # fmt: skip
    assert later == [("refused", "journal.id-reused", digests[1]),
                     ("already-had", None, digests[0])]  # fmt: skip


@pytest.mark.check("SY-02", "AC-10")
def test_an_operation_for_another_unit_is_refused_kept_and_set_aside(world):
    device = world.tablet(0)
    id = record(device, household(world, 1), world.stations[1])

    talk(device)

    assert device.state.aside[id][1] == "access.not-allowed"


@pytest.mark.check("CF-11")
def test_more_than_the_quota_waits_on_the_tablet_until_tomorrow(world, monkeypatch):
    shipped = sync.limits_of
    monkeypatch.setattr(sync, "limits_of", lambda on: shipped(on)._replace(operations=2))
    device = world.tablet(0)
    ids = [record(device, household(world), world.stations[0]) for _ in range(5)]

    for _ in range(6):
        one(device)

    assert [s.id for s in device.state.confirmed] == ids[:2]
    assert (device.state.resting, device.state.held) == (True, frozenset(ids[2:]))
    monkeypatch.setattr(sync, "limits_of", shipped)
    device.step(Tick(new_day=True))
    talk(device)
    assert [s.id for s in device.state.confirmed] == ids


# --- Versions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.check("SY-05")
def test_the_versions_served_send_and_receive(protocol, world):
    world.household(0, "Giàng A Pó")
    device = world.tablet(0, protocol=protocol)
    record(device, household(world), world.stations[0])

    talk(device)

    assert len(device.state.confirmed) == 1
    assert held(device) == world.expected(device)
    assert device.state.notice == ("server-older" if protocol == 5 else "")


@pytest.mark.check("SY-05")
def test_an_older_version_may_still_send_and_is_told_to_upgrade(world):
    device = world.tablet(0, protocol=1)
    id = record(device, household(world), world.stations[0])

    for _ in range(4):
        one(device)

    assert [s.id for s in device.state.confirmed] == [id]
    assert (device.state.notice, device.state.documents) == ("upgrade", {})
    device.step(Upgraded(PROTOCOL))
    talk(device)
    assert held(device) == world.expected(device)
