"""The reorganisation of Điện Biên as one decision: 129 communes become 45, 129 stations 45 and 84 points.

``python -m benchmarks.registry_app.reorganisation [--people N]`` in an empty TUYEN_HOME. The people
live in the communes of the old map, every station and committee has a post that somebody holds, and
the decision is previewed, applied and undone. Sizes of the feed are those of the entries that a reader
is given: the Department, which reads all, and the head of a station, who reads what is theirs. After
undoing, every table is compared row by row with what it was.
"""

import hashlib
import json
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from benchmarks import measuring

AT = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
ON = date(2025, 7, 1)
SINCE = date(2020, 1, 1)
FAMILY = ("Giàng", "Lò", "Quàng", "Vàng", "Sùng", "Nguyễn", "Cà", "Mùa", "Tòng", "Hạng")
GIVEN = ("Pó", "Chua", "Mai", "Dính", "Sua", "Thảo", "Hương", "Páo", "Ly", "Xuân")
BATCH = 2500


def main() -> None:
    given = measuring.arguments(("people", 650_000))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tuyen.apps.access.actors import Actor, HeldPost
    from tuyen.apps.journal import documents
    from tuyen.apps.journal import queries as journal
    from tuyen.apps.journal.services import commit
    from tuyen.apps.registry import queries
    from tuyen.apps.registry.models import Person
    from tuyen.apps.registry.operations import UndoReorganisation
    from tuyen.kernel.ids import NODE, uuid7
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
    epoch, position, _ = journal.head()
    turned = {each.unit for each in decision.converts}
    chosen = {
        "station that stays": next(s for s in stations if s not in turned),
        "station that becomes a point": next(s for s in stations if s in turned),
    }
    held = {}
    for name, station in chosen.items():
        post = HeldPost(uuid7(), "station-head", station)
        there = Actor(uuid7(), name, (post,), date(2025, 6, 30), "device")
        place = documents.Place(epoch, position, documents.holdings(there))
        held[name] = replace(there, on=ON), place
    ids: list[UUID] = []
    applied = measuring.timed(lambda: ids.extend(send([decision])))
    planner = Actor(uuid7(), "planner", (HeldPost(uuid7(), "planner", NODE),), ON, "web")
    tablets = {name: _pulled(head, place) for name, (head, place) in held.items()}
    changed = before != _tables()
    undo = UndoReorganisation(decision=ids[0], reason="bench")
    undone = measuring.timed(lambda: send([undo]))
    measuring.tell({
        "people": Person.objects.count(),
        "communes": told.communes, "stations": told.stations, "points": told.points,
        "moved": told.moved, "readers_changed": len(told.readers), "warnings": len(told.warnings),
        "loaded_s": round(built, 1), "preview_s": round(previewed, 2),
        "apply_s": round(applied, 2), "undo_s": round(undone, 2),
        "department_feed_bytes": _feed(journal, planner, position), "tablets": tablets,
        "changed": changed, "equal_after_undo": before == _tables(),
        "peak_mb": measuring.peak_mb(),
    })  # fmt: skip


def _map(commit: Any, by: Any, send: Any) -> tuple[list[UUID], list[UUID], Any]:
    """The old map with its stations, committees and posts; and the decision, all of it in one."""
    from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
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
    from tuyen.kernel.ids import uuid7

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


def _pulled(by: Any, place: Any) -> dict[str, Any]:
    """What a tablet receives: compressed bytes of what changed on the map, and apart from them of
    the people and households that are newly its own."""
    from tuyen.apps.journal import documents

    packed = {"map": zlib.compressobj(), "people": zlib.compressobj()}
    sizes: Counter[str] = Counter()
    number: Counter[str] = Counter()
    more = True
    while more:
        page = documents.pull(by=by, place=place, limit=500)
        place, more = page.place, page.more
        for document in page.documents:
            what = "map" if document.kind == "registry.unit" else "people"
            text = json.dumps([document.kind, str(document.id), document.body], default=str)
            sizes[what] += len(packed[what].compress(text.encode()))
            number[what] += 1
    for what, one in packed.items():
        sizes[what] += len(one.flush())
    return {"documents": dict(number), "bytes": dict(sizes)}


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
