"""The first filling of a tablet of a station with 20,000 people, and what a bad line adds to it.

``python -m benchmarks.sync.first [--people 20000] [--cuts 20]``: on a copy of the demo that
``TUYEN_HOME`` names. A commune, a village and a station are opened and the people registered; then the
reference tablet pulls from the real server until there is no more. A second tablet is cut off in the
middle of so many answers: what it is sent twice is counted, in answers and in documents.
"""

import gzip
import http.client
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note
from benchmarks.serving import served
from tuyen.cli.tablet import Device, Got, Sent
from tuyen.engines.sync.tablet import Tablet, Tick
from tuyen.engines.sync.terms import PROTOCOL


def main() -> None:
    given = measuring.arguments(("people", 20_000), ("cuts", 20), ("workers", 2))
    demo = installation.opened()
    measuring.tell(measure(installation.day(demo), given.people, given.cuts, given.workers))


def measure(on: date, people: int, cuts: int, workers: int) -> Figures:
    """Both tablets, in an installation that was opened."""
    from tuyen.apps.journal import documents

    note(f"a station of {people} people is made")
    station = _station(on, people)
    whole, cut = _tablet(station, on), _tablet(station, on)
    with served(workers) as server:
        _filled(_tablet(station, on), Line(server.port), most=3)  # the workers load their rooms
        line = Line(server.port)
        busy, mine, began = server.busy(), time.process_time(), time.perf_counter()
        _filled(whole, line)
        seconds, busy = time.perf_counter() - began, server.busy() - busy
        mine = time.process_time() - mine
        bad = Line(server.port, cuts, random.Random(20260701))
        _filled(cut, bad)
    held = Counter(kind for kind, _ in whole.state.documents)
    same = whole.state.documents.keys() == cut.state.documents.keys()
    return {
        "people": held["registry.person"], "documents": len(whole.state.documents),
        "pages": line.answers, "bytes": line.bytes, "plain_bytes": line.plain,
        "seconds": round(seconds, 2), "server_cpu_s": round(busy, 2), "tablet_cpu_s": round(mine, 2),
        "cuts": bad.done, "answers_sent_twice": bad.answers - line.answers,
        "most_documents_twice": bad.most, "page": documents.CHUNK, "same_after_cuts": same,
    }  # fmt: skip


@dataclass
class Line:
    """A line to the server that counts bytes as they are sent; it may cut some answers short."""

    port: int
    cuts: int = 0
    chance: random.Random | None = None
    answers: int = 0
    bytes: int = 0
    plain: int = 0
    done: int = 0
    most: int = 0

    def __call__(self, sent: Sent) -> Got:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            line.request("POST", sent.path, sent.body, dict(sent.headers))
            answer = line.getresponse()
            body = answer.read()
        finally:
            line.close()
        plain = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
        self.answers += 1
        self.bytes += len(body)
        self.plain += len(plain)
        if self.chance is not None and self.done < self.cuts and self.chance.random() < 0.5:
            self.done += 1
            self.most = max(self.most, plain.count(b'"kind":"registry.'))
            raise ConnectionResetError("cut off in the middle of an answer")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Got(answer.status, headers, plain)


def _filled(device: Device, line: Callable[[Sent], Got], most: int = 100_000) -> None:
    """Pull until there is no more, or so many times."""
    for _ in range(most):
        for sent in device.step(Tick()):
            try:
                device.hear(line(sent))
            except ConnectionResetError:
                continue
        if device.state.settled:
            return


def _tablet(station: UUID, on: date) -> Device:
    """A tablet of a new head of the station."""
    from benchmarks.sync.tablets import Station, enlisted
    from tuyen.api.wire import seals

    (made,) = enlisted(1, on, [Station(station, [], [])])
    return Device(made.key, seals.public_key(), Tablet(made.id, PROTOCOL))


def _station(on: date, people: int) -> UUID:
    """A commune with a village of so many people, in households of four, and the station there."""
    from benchmarks.sync.tablets import sent_by_program, somebody
    from tuyen.apps.registry import queries
    from tuyen.apps.registry.operations import CreateUnit, RegisterHousehold, Tie
    from tuyen.kernel.ids import NODE

    since = on - timedelta(400)

    def opened(type: str, name: str, *ties: tuple[str, UUID]) -> UUID:
        relations = tuple(Tie(kind=kind, object=object) for kind, object in ties)
        wish: Any = CreateUnit(type=type, name=name, relations=relations, since=since)
        return sent_by_program([(wish, NODE)], on)[0]

    province = queries.atlas().provinces(on)[0]
    commune = opened("commune", "Xã Đo Lường", ("lies_in", province))
    village = opened("village", "Bản Đo Lường", ("lies_in", commune))
    ties = (("lies_in", commune), ("serves", commune))
    station = opened("station", "Trạm Y tế xã Đo Lường", *ties)
    rng = random.Random(1)
    for first in range(0, people, 4000):
        homes = range(first, min(first + 4000, people), 4)
        wishes = [
            (RegisterHousehold(place=village, members=somebody(rng, on, 4), since=since), station)
            for _ in homes
        ]
        sent_by_program(wishes, on)
    return station


if __name__ == "__main__":
    main()
