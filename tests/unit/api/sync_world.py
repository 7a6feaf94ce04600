"""A small province with two stations, their people, and their tablets."""

import json
from datetime import UTC, date, datetime
from uuid import uuid4

import msgspec

from tests.simulation.device import enrolled, in_process
from tuyen.apps.access import clock, queries
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal import documents
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import CreateUnit, Member, RegisterHousehold, Tie
from tuyen.cli.tablet import saved
from tuyen.engines.sync.tablet import Recorded, Tick
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation

NOW = datetime.now(UTC)
TODAY = NOW.date()


class World:
    """Two communes with a village and a station each; everything is sent as the program."""

    def __init__(self):
        self.province = self.open("province", "Điện Biên")
        self.communes, self.villages, self.stations = [], [], []
        for name in ("Nà Hỳ", "Chà Tở"):
            commune = self.open("commune", name, ("lies_in", self.province))
            self.communes.append(commune)
            self.villages.append(self.open("village", f"Bản {name}", ("lies_in", commune)))
            here = ("lies_in", commune)
            self.stations.append(self.open("station", f"Trạm {name}", here, ("serves", commune)))

    def send(self, *payloads, unit=NODE, ids=()):
        """Commit payloads as the program and insist that they are accepted; returns the ids."""
        given = [*ids, *[None] * (len(payloads) - len(ids))]
        operations = [
            Operation.of(payload, unit=unit if unit != NODE else id or NODE,
                         happened_on=clock.today(), recorded_at=clock.now(), id=id)
            for payload, id in zip(payloads, given, strict=True)
        ]  # fmt: skip
        receipts = commit(by=Actor.program(clock.today()), operations=operations, at=clock.now())
        refused = [str(r.refusal.refusal()) for r in receipts if r.refusal]
        assert not refused, refused
        return [receipt.id for receipt in receipts]

    def open(self, type, name, *ties, **rest):
        id = uuid7()
        relations = tuple(Tie(kind=kind, object=object) for kind, object in ties)
        (id,) = self.send(CreateUnit(type=type, name=name, relations=relations, **rest), ids=[id])
        return id

    def household(self, n, *names, unit=None):
        members = tuple(
            Member(id=uuid7(), name=name, sex=1, born_on=date(1990, 1, 1)) for name in names
        )
        wish = RegisterHousehold(place=self.villages[n], members=members, since=date(2021, 1, 1))
        (id,) = self.send(wish, unit=unit or self.stations[n])
        return id, [member.id for member in members]

    def user(self, role, unit):
        (user,) = self.send(OpenAccount(login=f"u{uuid4().hex[:12]}", name="Vì Thị Én"))
        (post,) = self.send(CreatePost(role=role, since=date(2020, 1, 1)), unit=unit)
        self.holding = self.send(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=unit)[
            0
        ]
        return user

    def actor(self, user):
        from tuyen.apps.access.models import User

        return queries.actor(User.objects.get(pk=user), on=clock.today(), channel="device")

    def tablet(self, n=0, role="station-head", send=None, **rest):
        user = self.user(role, self.stations[n])
        device = enrolled(self.actor(user), clock.real_now(), send, **rest)
        device.user = user
        return device

    def expected(self, device):
        """What the server says that this tablet's user may hold: the judge of convergence."""
        by = self.actor(device.user)
        found = {}
        for shelf in documents.shelves():
            units = documents.holdings(by).get(shelf.kind)
            if not units:
                continue
            after = ""
            while after is not None:
                page, after = shelf.page(units, after, 1000, by.on)
                found |= {(d.kind, str(d.id)): plain(d) for d in page}
        return found


def plain(document):
    return (
        tuple(map(str, document.units)),
        msgspec.json.decode(msgspec.json.encode(document.body)),
    )


def held(device):
    """What a tablet holds, in the terms of :meth:`World.expected`."""
    return {key: (d.units, d.body) for key, d in device.state.documents.items()}


def record(device, payload, unit, id=None):
    """The user of a tablet signs something; returns the operation's id."""
    operation = Operation.of(payload, unit=unit, happened_on=clock.today(),
                             recorded_at=clock.now(), id=id)  # fmt: skip
    device.step(Recorded(saved(str(operation.id), msgspec.json.encode(operation))))
    return str(operation.id)


def household(world, n=0, *names, place=None):
    members = tuple(
        Member(id=uuid7(), name=name, sex=2, born_on=date(1991, 2, 3))
        for name in names or ("Lò Thị A",)
    )
    return RegisterHousehold(place=place or world.villages[n], members=members)


send = in_process()


def refused(got):
    return got.status, json.loads(got.body)["code"]


def one(device):
    """Talk once; returns what came back."""
    (sent,) = device.step(Tick())
    got = send(sent)
    device.hear(got)
    return got
