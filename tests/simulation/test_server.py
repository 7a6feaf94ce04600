"""The same worst, on the real server in this process: commits that fail before and after they are
durable, a line that loses, doubles and reorders, an upgrade, a reorganisation; then the journal is
replayed and every table compared row for row."""

import random

import pytest

from tests.simulation.device import in_process, talk
from tests.unit.api.sync_world import World, held, household, record
from tuyen.api import sync, sync_receipts
from tuyen.apps.journal import documents
from tuyen.apps.journal.models import Entry
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.verify import verify
from tuyen.apps.registry.operations import Gift, MovePerson, Opening, Reorganise
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.engines.sync.tablet import Tick, Upgraded
from tuyen.kernel.ids import uuid7

EVENTS = 160


class Killed(Exception):
    """The server was killed at this point."""


class Run:
    """One run of a seed on the real server."""

    def __init__(self, world, seed, monkeypatch):
        self.world, self.chance, self.seed = world, random.Random(seed), seed
        self.send, self.line, self.signed = in_process(), [], []
        self.people = [
            id for n in (0, 1) for id in world.household(n, "Giàng A Pó", "Vàng A Sử")[1]
        ]
        self.devices = [world.tablet(n, protocol=v) for n, v in ((0, 2), (0, 4), (1, 3))]
        self.real = sync_receipts.meeting.commit
        monkeypatch.setattr(sync_receipts.meeting, "commit", self.commit)
        monkeypatch.setattr(documents.pull, "__kwdefaults__", {"limit": 3})

    def commit(self, share):
        """The commit of a push, killed now and then before it or before its answer."""
        when = self.chance.random()
        if when < 0.1:
            raise Killed("before the commit")
        receipts = self.real(share)
        if when < 0.25:
            raise Killed("after the commit, before the answer")
        return receipts

    def event(self):
        act = self.chance.choices(
            [self.sign, self.tick, self.deliver, self.double, self.lose, self.restart],
            [20, 30, 60, 6, 6, 2],
        )[0]
        act()

    def sign(self):
        device = self.chance.choice(self.devices)
        n = self.devices.index(device) // 2
        world = self.world
        payload = self.chance.choice([
            household(world, n),
            ReportCase(disease="dengue", sex="female", age=7, village=world.villages[n],
                       onset_on=world.today, classification="suspected"),
            # Accepted where the person lives at this station: it lets them go (ADR 19).
            MovePerson(
                person=self.chance.choice(self.people), place=self.chance.choice(world.villages)
            ),
        ])  # fmt: skip
        self.signed.append((device, record(device, payload, world.stations[n])))

    def tick(self):
        device = self.chance.choice(self.devices)
        self.line += [(device, sent) for sent in device.step(Tick())]

    def deliver(self):
        if not self.line:
            return
        device, sent = self.line.pop(self.chance.randrange(len(self.line)))
        try:
            got = self.send(sent)
        except Killed:
            return
        if got.status == 200 and b'"documents"' in got.body:
            self.check_scope(device, got)
        if self.chance.random() < 0.85:
            device.hear(got)

    def double(self):
        if self.line:
            self.line.append(self.chance.choice(self.line))

    def lose(self):
        if self.line:
            self.line.pop(self.chance.randrange(len(self.line)))

    def restart(self):
        self.chance.choice(self.devices).forget()

    def check_scope(self, device, got):
        import json

        reach = {
            str(unit)
            for units in documents.holdings(self.world.actor(device.user)).values()
            for unit in units
        }
        for document in json.loads(got.body)["documents"]:
            assert reach & set(document["units"]), f"seed {self.seed}: {document} is out of scope"


@pytest.fixture
def world(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    world = World()
    from tuyen.apps.access import clock

    world.today = clock.today()
    return world


def merge(world):
    """Both communes become one, served by the first station; the second ends its service."""
    new = uuid7()
    opening = Opening(id=new, type="commune", name="Nà Hỳ mới", full_name="Xã Nà Hỳ mới")
    gives = tuple(Gift(predecessor=old, successor=new, main=True) for old in world.communes)
    world.send(Reorganise(on=world.today, basis="NQ 1661", opens=(opening,), gives=gives))


SEEDS = [1, 2, 3]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.check("SY-01", "SY-02")
def test_the_real_server_keeps_every_promise(seed, world, monkeypatch):
    run = Run(world, seed, monkeypatch)
    for n in range(EVENTS):
        run.event()
        if n == EVENTS // 2:
            merge(world)
            run.devices[0].step(Upgraded(4))
    monkeypatch.setattr(sync_receipts.meeting, "commit", run.real)

    for _ in range(2):  # a second round: what one sent is news to the others
        for device in run.devices:
            talk(device)

    again = f"seed {seed}"
    for device in run.devices:
        assert held(device) == world.expected(device), again
        lost = [
            id for owner, id in run.signed
            if owner is device and not Entry.objects.filter(id=id).exists()
        ]  # fmt: skip
        assert lost == [], again
        accepted = set(Entry.objects.filter(accepted=True).values_list("id", flat=True))
        assert {s.id for s in device.state.confirmed} <= set(map(str, accepted)), again
    assert verify().sound, again
    rebuilt = replay()
    assert rebuilt.same, (again, rebuilt.failed, [t for t in rebuilt.tables if not t.same])


@pytest.mark.parametrize("mutant", ["acknowledge before commit", "skip a receipt"])
@pytest.mark.check("SY-01", mutant=True)
def test_the_real_server_with_a_broken_promise_is_noticed(mutant, world, monkeypatch):
    """The same mutants, put into the real door."""
    run = Run(world, 1, monkeypatch)
    monkeypatch.setattr(sync_receipts.meeting, "commit", run.real)
    device = run.devices[0]
    ids = [record(device, household(world), world.stations[0]) for _ in range(3)]
    real = sync.receipts_of

    def broken(*given):
        receipts = real(*given)
        if mutant == "skip a receipt":
            return receipts[:-1]
        return receipts

    def forgetting(share):
        from tuyen.kernel.operation import Receipt

        return [Receipt(id=o.id, status="accepted", position=1) for o in share.operations]

    if mutant == "acknowledge before commit":
        monkeypatch.setattr(sync_receipts.meeting, "commit", forgetting)
    monkeypatch.setattr(sync, "receipts_of", broken)
    for _ in range(8):
        for sent in device.step(Tick()):
            device.hear(run.send(sent))

    kept = {str(id) for id in Entry.objects.values_list("id", flat=True)}
    confirmed = {saved.id for saved in device.state.confirmed}
    assert not confirmed <= kept or device.state.held & set(ids)
