"""The reorganisation of Điện Biên as one decision: 129 communes become 45, 129 stations 45 and 84 points.

``python -m benchmarks.registry_app.reorganisation [--people N] [--tablets N]`` in an empty TUYEN_HOME.
The people live in the communes of the old map, every station and committee has a post that somebody
holds, every station a tablet that is filled, and the decision is previewed, applied and undone.

What a tablet is sent is measured as the door sends it, packed: the pages of the *feed*, which say what
changed of what it holds and which units it gained or lost; and apart from them the *slice*, the pages
that bring the people of units that it gained. After undoing, every table is compared row by row with
what it was, and the tablets pull again.
"""

import gzip
import hashlib
import json
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks import measuring
from tuyen.kernel.ids import uuid7

AT = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
ON = date(2025, 7, 1)
SINCE = date(2020, 1, 1)
FAMILY = ("Giàng", "Lò", "Quàng", "Vàng", "Sùng", "Nguyễn", "Cà", "Mùa", "Tòng", "Hạng")
GIVEN = ("Pó", "Chua", "Mai", "Dính", "Sua", "Thảo", "Hương", "Páo", "Ly", "Xuân")
BATCH = 2500


def main() -> None:
    given = measuring.arguments(("people", 650_000), ("tablets", 24))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tuyen.apps.access.actors import Actor, HeldPost
    from tuyen.apps.journal import queries as journal
    from tuyen.apps.journal.services import commit
    from tuyen.apps.registry import queries
    from tuyen.apps.registry.models import Person
    from tuyen.apps.registry.operations import UndoReorganisation
    from tuyen.kernel.ids import NODE
    from tuyen.kernel.operation import Operation

    by = Actor.program(ON, channel="import")

    def send(payloads: Any, units: Any = None, ids: Any = None) -> list[UUID]:
        """Commit payloads, each sent from its unit; all must be accepted."""
        done = []
        for n, payload in enumerate(payloads):
            unit = units[n] if units else NODE
            id = ids[n] if ids else uuid7()
            done.append(Operation.of(payload, unit=unit, happened_on=ON, recorded_at=AT, id=id))
        for receipt in commit(by=by, operations=done, at=AT, react=False):
            if receipt.refusal is not None:
                raise SystemExit(str(receipt.refusal.refusal()))
        return [operation.id for operation in done]

    old, stations, decision = _map(commit, by, send)
    built = measuring.timed(lambda: _people(send, old, given.people))
    before = _tables()
    previewed = measuring.timed(lambda: queries.preview(by=by, decision=decision))
    told = queries.preview(by=by, decision=decision)
    position = journal.head()[1]
    turned = {each.unit for each in decision.converts}
    tablets = _tablets([s for s in stations if s not in turned], given.tablets, "stays", position)
    tablets += _tablets(sorted(turned), given.tablets, "becomes a point", position)
    ids: list[UUID] = []
    applied = measuring.timed(lambda: ids.extend(send([decision])))
    planner = Actor(uuid7(), "planner", (HeldPost(uuid7(), "planner", NODE),), ON, "web")
    for tablet in tablets:
        tablet.pull(ON)
    told_of_it = _told(tablets)
    changed = before != _tables()
    undo = UndoReorganisation(decision=ids[0], reason="bench")
    undone = measuring.timed(lambda: send([undo]))
    for tablet in tablets:
        tablet.pull(ON)
    measuring.tell({
        "people": Person.objects.count(),
        "communes": told.communes, "stations": told.stations, "points": told.points,
        "moved": told.moved, "readers_changed": len(told.readers), "warnings": len(told.warnings),
        "loaded_s": round(built, 1), "preview_s": round(previewed, 2),
        "apply_s": round(applied, 2), "undo_s": round(undone, 2),
        "department_feed_bytes": _feed(journal, planner, position), "tablets": told_of_it,
        "tablets_after_undo": _told(tablets),
        "changed": changed, "equal_after_undo": before == _tables(),
        "peak_mb": measuring.peak_mb(),
    })  # fmt: skip


def _map(commit: Any, by: Any, send: Any) -> tuple[list[UUID], list[UUID], Any]:
    """The old map with its stations, committees and posts; and the decision, all of it in one."""
    from tuyen.apps.access.operations import Appoint, CreatePost, EnrolDevice, OpenAccount
    from tuyen.apps.registry import areas, queries
    from tuyen.apps.registry.operations import Conversion, CreateUnit, Reorganise, Tie

    loading = list(areas.area_operations("11", AT))
    commit(by=by, operations=[o for o in loading if "create" in o.kind], at=AT, react=False)
    atlas = queries.atlas()
    day = date(2025, 6, 30)
    old = atlas.communes(day)
    stations = send(
        CreateUnit(
            type="station", name=f"Trạm y tế {atlas.name(commune, day)}",
            relations=tuple(Tie(kind=k, object=commune) for k in ("lies_in", "serves", "owned_by")),
        )
        for commune in old
    )  # fmt: skip
    posts = [("station-head", s) for s in stations] + [("commune-committee", c) for c in old]
    users = send(OpenAccount(login=f"u{n}", name=f"U {n}") for n in range(len(posts)))
    units = [unit for _, unit in posts]
    made = send([CreatePost(role=role, since=SINCE) for role, _ in posts], units)
    pairs = zip(made, users, strict=True)
    send([Appoint(post=post, user=user, since=SINCE) for post, user in pairs], units)
    heads = zip(users, stations, strict=False)  # the first users are the stations' heads
    wishes = [EnrolDevice(user=u, key=f"{n:064x}", label="máy") for n, (u, _) in enumerate(heads)]
    send(wishes, stations)
    parts = [_payload(o) for o in loading if o.kind == "registry.reorganise"]
    heir = {g.predecessor: g.successor for part in parts for g in part.gives}
    station = dict(zip(old, stations, strict=True))
    main: dict[UUID, UUID] = {}
    for commune in old:
        main.setdefault(heir[commune], station[commune])
    converts = tuple(
        Conversion(unit=station[c], type="satellite_point", satellite_of=main[heir[c]])
        for c in old if station[c] != main[heir[c]]
    )  # fmt: skip
    decision = Reorganise(
        on=ON, basis="NQ 1661", opens=tuple(n for part in parts for n in part.opens),
        gives=tuple(g for part in parts for g in part.gives), converts=converts,
    )  # fmt: skip
    return old, stations, decision


def _payload(operation: Any) -> Any:
    from tuyen.kernel.operation import KINDS

    return KINDS.get(operation.kind).decode(operation.version, bytes(operation.payload))


def _people(send: Any, communes: list[UUID], people: int) -> None:
    """Households of four, spread over the communes."""
    rng = random.Random(1)
    houses = _households(rng, communes, people)
    while batch := [house for house, _ in zip(houses, range(BATCH), strict=False)]:
        send(batch, [house.place for house in batch])


def _households(rng: random.Random, communes: list[UUID], people: int) -> Iterator[Any]:
    from tuyen.apps.registry.operations import Member, RegisterHousehold

    for _ in range(0, people, 4):
        family = rng.choice(FAMILY)
        members = tuple(
            Member(
                id=uuid7(), name=f"{family} {'Thị' if sex == 2 else 'A'} {rng.choice(GIVEN)}",
                sex=sex, born_on=date(rng.randrange(1940, 2020), rng.randrange(1, 13), 15),
            )
            for sex in (1, 2, 1, 2)
        )  # fmt: skip
        yield RegisterHousehold(place=rng.choice(communes), members=members, since=SINCE)


def _feed(journal: Any, by: Any, after: int) -> int:
    """Bytes of the entries that a reader is given."""
    page = journal.feed(by=by, after=after)
    return sum(len(json.dumps(entry.payload, default=str)) for entry in page.entries)


@dataclass
class Tablet:
    """A tablet of a station's head that holds all it may on the eve of the decision."""

    sort: str
    by: Any
    place: Any
    sent: dict[str, list[int]] = field(default_factory=dict)  # feed, slice: bytes, documents

    def pull(self, on: date) -> None:
        """Pull until there is no more; what is sent is packed as the door packs it."""
        from tuyen.api.door import encoder
        from tuyen.api.sync_places import page_out
        from tuyen.apps.journal import documents
        from tuyen.engines.sync.terms import PROTOCOL, terms

        by, more = replace(self.by, on=on), True
        self.sent = {"feed": [0, 0], "slice": [0, 0]}
        given = terms("active", False, PROTOCOL)
        while more:
            page = documents.pull(by=by, place=self.place, limit=documents.CHUNK)
            filling = page.place.position == self.place.position
            part = self.sent["slice" if filling else "feed"]
            part[0] += len(gzip.compress(encoder.encode(page_out(page, by.user, given, on)), 6))
            part[1] += len(page.documents)
            self.place, more = page.place, page.more


def _tablets(stations: list[UUID], most: int, sort: str, position: int) -> list[Tablet]:
    """Tablets of some of the stations, evenly chosen, each filled up to ``position``."""
    from tuyen.apps.access.actors import Actor, HeldPost
    from tuyen.apps.journal import documents
    from tuyen.apps.journal import queries as journal

    made = []
    for station in stations[:: max(1, len(stations) // most)][:most]:
        post = HeldPost(uuid7(), "station-head", station)
        by = Actor(uuid7(), sort, (post,), ON - timedelta(1), "device")
        place = documents.Place(journal.head()[0], position, documents.holdings(by))
        made.append(Tablet(sort, by, place))
    return made


def _told(tablets: list[Tablet]) -> dict[str, Any]:
    """What the tablets of each sort were sent: median and most, in bytes as packed."""
    found: dict[str, Any] = {}
    for sort in dict.fromkeys(tablet.sort for tablet in tablets):
        mine = [tablet.sent for tablet in tablets if tablet.sort == sort]
        found[sort] = {"tablets": len(mine)} | {
            part: {"median": round(statistics.median(one[part][0] for one in mine)),
                   "most": max(one[part][0] for one in mine),
                   "documents": round(statistics.median(one[part][1] for one in mine))}
            for part in ("feed", "slice")
        }  # fmt: skip
    return found


def _tables() -> dict[str, str]:
    """A digest of every journaled table but the log of decisions."""
    from tuyen.apps.journal.replay import journaled_models

    found = {}
    for model in journaled_models():
        if model._meta.label in ("registry.Reorganisation", "registry.Proposal"):
            continue
        if model._meta.app_label == "journal":
            continue
        digest = hashlib.sha256()
        columns = [field.attname for field in model._meta.concrete_fields]
        rows = model._default_manager.order_by("pk").values_list(*columns)
        for row in rows.iterator(chunk_size=5000):
            digest.update(repr(row).encode())
        found[model._meta.label] = digest.hexdigest()
    return found


if __name__ == "__main__":
    main()
