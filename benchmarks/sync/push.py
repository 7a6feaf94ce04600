"""Ten thousand tablets come back on line and push what they hold, through the real server.

``python -m benchmarks.sync.push --devices 10000 --operations 300000``: on a copy of the demo that
``TUYEN_HOME`` names. Before the clock starts, each tablet gets an account, a post and a key known to
the server. Within the clock everything else happens on the same cores, generator included: records
are made, put into lines, packed and signed; each tablet opens a connection of its own, and so many of
them are at it at once. Each answer's seal is checked, and each receipt: its place, its id, its status and
the digest of the very line. Afterwards all ids are looked for in the journal, a share of the pushes is
sent again and must be had already, and the journal is verified.
"""

import asyncio
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note
from benchmarks.serving import Serving, served
from tuyen.cli.tablet import Sent
from tuyen.engines.sync.terms import answer_text

AGAIN = 50
"""One push in so many is sent a second time when all is done."""


class Push(NamedTuple):
    """One push of a tablet: the request, and what it holds."""

    device: str
    counter: int
    sent: Sent
    ids: list[str]
    digests: list[str]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Load:
    """What was sent and what came back."""

    server_key: Ed25519PublicKey
    times: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)

    def take(self, push: Push, answer: Answer) -> None:
        """Check an answer: sealed by this server, a receipt for each very line."""
        text = answer_text(
            push.device, push.counter, answer.status, sha256(answer.body).hexdigest()
        )
        try:
            self.server_key.verify(bytes.fromhex(answer.headers.get("tuyen-seal", "")), text)
        except (InvalidSignature, ValueError):
            self.wrong.append(f"status {answer.status}, no true seal")
            return
        if answer.status != 200:
            self.wrong.append(answer.body.decode()[:200])
            return
        receipts = json.loads(answer.body)["receipts"]
        told = [(each["index"], each["id"], each["digest"]) for each in receipts]
        if told != list(zip(range(len(push.ids)), push.ids, push.digests, strict=True)):
            self.wrong.append(f"receipts of {push.device} are not for its lines")
            return
        self.statuses.update(each["status"] for each in receipts)
        self.accepted += [each["id"] for each in receipts if each["status"] == "accepted"]
        refused = [each for each in receipts if each["status"] == "refused"]
        self.wrong += [each["refusal"]["sentence"] for each in refused]


def main() -> None:
    given = measuring.arguments(
        ("devices", 10_000), ("operations", 300_000), ("at-once", 24), ("workers", 2)
    )
    demo = installation.opened()
    measuring.tell(
        measure(
            installation.day(demo), given.devices, given.operations, given.at_once, given.workers
        )
    )


def measure(on: date, devices: int, operations: int, at_once: int, workers: int) -> Figures:
    """Everything, in an installation that was opened."""
    from benchmarks.sync.tablets import enlisted
    from tuyen.api.wire import seals

    note(f"{devices} tablets are enrolled")
    began = time.perf_counter()
    pushers = enlisted(devices, on)
    enrolled = time.perf_counter() - began
    load = Load(Ed25519PublicKey.from_public_bytes(bytes.fromhex(seals.public_key())))
    kept: list[Push] = []
    with served(workers) as server:
        wake(server)
        note(f"{operations} operations are pushed")
        busy, mine = server.busy(), time.process_time()
        seconds = drained(server.port, load, pushes(pushers, operations, on, kept), at_once)
        busy, mine = server.busy() - busy, time.process_time() - mine
        memory = server.memory_mb()
        once = load.statuses.copy()
        again = Load(load.server_key)
        drained(server.port, again, _renumbered(pushers, kept), at_once)
    return {
        "devices": devices, "operations": operations, "at_once": at_once, "workers": workers,
        "enrolled_s": round(enrolled, 1), "drained_s": round(seconds, 1),
        "per_second": round(operations / seconds, 1), "push": measuring.spread(load.times),
        "server_cpu_s": round(busy, 1), "generator_cpu_s": round(mine, 1), "server_mb": memory,
        "receipts": dict(once), "errors": len(load.wrong) + len(again.wrong),
        "first_errors": [*load.wrong, *again.wrong][:3],
        "sent_again": dict(again.statuses), **_proved(load.accepted),
    }  # fmt: skip


def pushes(pushers: list, operations: int, on: date, kept: list[Push]) -> Iterator[Push]:
    """One push for each tablet, in an order of chance, made when a place on the line is free."""
    from benchmarks.sync.tablets import work

    rng = random.Random(20260701)
    order = list(range(len(pushers)))
    rng.shuffle(order)
    for n, which in enumerate(order):
        pusher = pushers[which]
        size = operations * (n + 1) // len(order) - operations * n // len(order)
        ids, lines = zip(*work(pusher, size, on, rng), strict=True)
        sent = pusher.push(list(lines))
        digests = [sha256(line).hexdigest() for line in lines]
        push = Push(pusher.id, pusher.counter, sent, [str(id) for id in ids], digests)
        if n % AGAIN == 0:
            kept.append(push)
        yield push


def _renumbered(pushers: list, kept: list[Push]) -> Iterator[Push]:
    """Pushes that were sent before, signed anew under a higher number."""
    by_id = {pusher.id: pusher for pusher in pushers}
    for push in kept:
        pusher = by_id[push.device]
        sent = pusher.push(gzip.decompress(push.sent.body).split(b"\n"))
        yield push._replace(counter=pusher.counter, sent=sent)


def drained(port: int, load: Load, pushes: Iterator[Push], at_once: int) -> float:
    """Send all of them, so many at once; seconds by the wall."""

    async def lane() -> None:
        for push in pushes:
            began = time.perf_counter()
            try:
                answer = await _post(port, push.sent)
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                load.wrong.append(repr(error))
                continue
            load.times.append(time.perf_counter() - began)
            load.take(push, answer)

    async def lanes() -> None:
        await asyncio.gather(*(lane() for _ in range(at_once)))

    began = time.perf_counter()
    asyncio.run(lanes())
    return time.perf_counter() - began


async def _post(port: int, sent: Sent) -> Answer:
    """One request on a connection of its own, as a tablet that comes back on line makes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        lines = [f"{name}: {value}" for name, value in sent.headers.items()]
        head = [f"POST {sent.path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close",
                f"Content-Length: {len(sent.body)}", *lines, "", ""]  # fmt: skip
        writer.write("\r\n".join(head).encode() + sent.body)
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
        }
        body = await reader.readexactly(int(headers["content-length"]))
    finally:
        writer.close()
    packed = headers.get("content-encoding") == "gzip"
    return Answer(int(first.split()[1]), headers, gzip.decompress(body) if packed else body)


def wake(server: Serving) -> None:
    """Both workers load their rooms before the clock starts."""

    async def ask() -> None:
        for _ in range(8):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(
                b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            )
            await reader.read()
            writer.close()

    asyncio.run(ask())


def _proved(accepted: list[str]) -> Figures:
    """Each acknowledged operation is in the journal once and accepted; the chain is whole."""
    from tuyen.apps.journal.models import Entry
    from tuyen.apps.journal.verify import verify

    note("the journal is verified")
    began = time.perf_counter()
    verdict = verify()
    seconds = time.perf_counter() - began
    entries = set(Entry.objects.filter(accepted=True).values_list("id", flat=True))
    lost = sum(UUID(id) not in entries for id in accepted)
    return {
        "acknowledged": len(accepted), "twice": len(accepted) - len(set(accepted)), "lost": lost,
        "verified": verdict.sound, "verify_s": round(seconds, 1), "entries": verdict.entries,
    }  # fmt: skip


if __name__ == "__main__":
    main()
