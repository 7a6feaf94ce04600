"""Ten thousand tablets of the demo's stations: each with a person, a post, a key and its own work."""

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps

from benchmarks.installation import evening
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import Appoint, CreatePost, EnrolDevice, OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries
from tuyen.apps.registry.operations import (
    AmendPerson,
    Member,
    MovePerson,
    RegisterHousehold,
    RegisterPerson,
)
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.cli.tablet import PATHS, Sent, signed
from tuyen.engines.sync.terms import PROTOCOL
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

_STEP = 2000
_GIVEN = ("Pó", "Chua", "Mai", "Dính", "Sua", "Thảo", "Hương", "Páo", "Ly", "Xuân")
_FAMILY = ("Giàng", "Lò", "Quàng", "Vàng", "Sùng", "Nguyễn", "Cà", "Mùa", "Tòng", "Hạng")


@dataclass
class Station:
    """A station with the villages it serves and the residents of these."""

    id: UUID
    villages: list[UUID]
    residents: list[tuple[UUID, UUID]]  # person, village


@dataclass
class Pusher:
    """A tablet of the load: it signs what it sends and numbers it upwards."""

    id: str
    key: Ed25519PrivateKey
    station: Station
    known: list[tuple[UUID, UUID]]  # the residents whom this one visits: nobody else does
    counter: int = 0

    def push(self, lines: list[bytes]) -> Sent:
        """A push of these lines, packed and signed."""
        self.counter += 1
        body = gzip.compress(b"\n".join(lines), 6, mtime=0)
        return signed(self.key, PATHS["push"], body, self.id, self.counter, PROTOCOL)


def stations(on: date) -> list[Station]:
    """The stations that serve several villages with residents, from the demo."""
    atlas = queries.atlas()
    person = apps.get_model("registry", "Person")
    came = apps.get_model("registry", "Residence").objects.filter(since__gte=on)
    living = person.objects.filter(died_on=None, voided_on=None, merged_into=None).exclude(
        pk__in=came.values("person_id")  # who moves again on the same day is refused
    )
    at: dict[UUID, list[UUID]] = {}
    for id, place in living.exclude(place_id=None).order_by("pk").values_list("pk", "place_id"):
        at.setdefault(place, []).append(id)
    found = []
    for id in atlas.units(type="station", on=on):
        villages = sorted(v for v in atlas.reach(id, "own", on) if atlas.type(v, on) == "village")
        residents = [(person, village) for village in villages for person in at.get(village, ())]
        if residents and len(villages) > 1:
            found.append(Station(id, villages, residents))
    return found


def enlisted(count: int, on: date, places: list[Station] | None = None) -> list[Pusher]:
    """``count`` tablets, spread over the stations; each person has one post and one tablet."""
    places = places or stations(on)
    found = []
    while len(found) < count:
        size = min(_STEP, count - len(found))
        here = [places[(len(found) + n) % len(places)] for n in range(size)]
        users = sent_by_program([(OpenAccount(login=f"t{uuid7().hex[:28]}", name="Vì Thị Én"), s.id)
                       for s in here], on)  # fmt: skip
        posts = sent_by_program([(CreatePost(role="station-head", since=on - timedelta(30)), s.id)
                       for s in here], on)  # fmt: skip
        held = zip(posts, users, here, strict=True)
        sent_by_program(
            [(Appoint(post=p, user=u, since=on - timedelta(30)), s.id) for p, u, s in held], on
        )
        keys = [Ed25519PrivateKey.generate() for _ in here]
        known = [key.public_key().public_bytes_raw().hex() for key in keys]
        wishes = zip(users, known, here, strict=True)
        ids = sent_by_program(
            [(EnrolDevice(user=u, key=k, label="máy thử"), s.id) for u, k, s in wishes], on
        )
        found += [Pusher(str(i), k, s, []) for i, k, s in zip(ids, keys, here, strict=True)]
    for n, one in enumerate(found):
        rank, peers = n // len(places), -(-(count - n % len(places)) // len(places))
        one.known = one.station.residents[rank::peers]
    return found


def sent_by_program(wishes: list[tuple[Any, UUID]], on: date) -> list[UUID]:
    """Commit payloads, each from its unit; all must be accepted."""
    operations = [
        Operation.of(payload, unit=unit, happened_on=on, recorded_at=evening(on))
        for payload, unit in wishes
    ]
    by = Actor.program(on, channel="import")
    receipts = commit(by=by, operations=operations, at=evening(on), react=False)
    if refused := [str(r.refusal.refusal()) for r in receipts if r.refusal]:
        raise SystemExit(refused[0])
    return [operation.id for operation in operations]


def work(pusher: Pusher, count: int, on: date, rng: random.Random) -> Iterator[tuple[UUID, bytes]]:
    """What one tablet recorded since it was last heard: (id, line), as it was written down.

    Visits from house to house: of 30 records about 18 correct a resident's phone, 6 register one who
    was born or came, 4 a household of three, 1 moves somebody within the commune and 1 reports a case.
    """
    return islice(_records(pusher, on, rng), count)


def _records(pusher: Pusher, on: date, rng: random.Random) -> Iterator[tuple[UUID, bytes]]:
    turn = [_amend] * 18 + [_register] * 6 + [_household] * 4 + [_move, _case]
    station = pusher.station.id
    while True:
        rng.shuffle(turn)
        for make in turn:
            operation = Operation.of(
                make(pusher, on, rng), unit=station, happened_on=on, recorded_at=evening(on)
            )
            yield operation.id, msgspec.json.encode(operation)


def _amend(pusher: Pusher, on: date, rng: random.Random) -> Any:
    person, _ = rng.choice(pusher.known)
    return AmendPerson(person=person, phone=f"09{rng.randrange(10**8):08d}")


def _register(pusher: Pusher, on: date, rng: random.Random) -> Any:
    return RegisterPerson(
        name=_name(rng), sex=rng.choice((1, 2)), born_on=on - timedelta(rng.randrange(1, 20_000)),
        place=rng.choice(pusher.station.villages),
    )  # fmt: skip


def _household(pusher: Pusher, on: date, rng: random.Random) -> Any:
    return RegisterHousehold(
        place=rng.choice(pusher.station.villages), members=somebody(rng, on, 3)
    )


def somebody(rng: random.Random, on: date, count: int) -> tuple[Member, ...]:
    """People of one household, some of them born this year."""
    return tuple(
        Member(id=uuid7(), name=_name(rng), sex=rng.choice((1, 2)),
               born_on=on - timedelta(rng.randrange(1, 20_000)))
        for _ in range(count)
    )  # fmt: skip


def _move(pusher: Pusher, on: date, rng: random.Random) -> Any:
    person, here = rng.choice(pusher.known)
    villages = [village for village in pusher.station.villages if village != here]
    return MovePerson(person=person, place=rng.choice(villages), since=on)


def _case(pusher: Pusher, on: date, rng: random.Random) -> Any:
    _, village = rng.choice(pusher.known)
    return ReportCase(
        disease=rng.choice(("hand-foot-mouth", "influenza", "mumps", "varicella")),
        sex=rng.choice(("male", "female")), age=rng.randrange(1, 60), classification="suspected",
        onset_on=on - timedelta(rng.randrange(0, 20)), village=village, name=_name(rng),
    )  # fmt: skip


def _name(rng: random.Random) -> str:
    return f"{rng.choice(_FAMILY)} {rng.choice(('Thị', 'A', 'Văn'))} {rng.choice(_GIVEN)}"
