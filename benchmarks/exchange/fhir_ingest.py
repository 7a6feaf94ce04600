"""Resources a second into the exchange, with check, version, audit and search rows.

``python -m benchmarks.exchange.fhir_ingest FILE...``: reads transaction bundles (.json or .gz), each
in one commit, into the store of ``TUYEN_DATABASE_URL`` (a new SQLite file without it). A resource costs
the check of its structure and of the standard's rules, a row of its version, one of what finds it, its
tokens, and its share of a sealed entry of the journal. The bundles go in ``--times`` times, each time
with ids of their own. Then a few resources are read, and each patient's observations are searched.
"""

import argparse
import gc
import gzip
import json
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

_UUID = re.compile(rb"urn:uuid:([0-9a-f-]{36})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--times", type=int, default=1)
    args = parser.parse_args()
    os.environ.setdefault("TUYEN_HOME", tempfile.mkdtemp(prefix="tuyen-fhir-"))
    from tuyen.cli.start import office

    office(loopback=True, owner=True)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(measured([_content(file) for file in args.files], args.times), indent=1))


def measured(contents: list[bytes], times: int) -> dict[str, Any]:
    """Figures of one run."""
    from django.conf import settings

    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.exchange import queries
    from tuyen.apps.exchange.importing import Import
    from tuyen.apps.exchange.models import Resource, Token, Version
    from tuyen.apps.exchange.searching import parsed
    from tuyen.rules.exchange.fhir_types import fhir_types

    by = Actor.program(clock.today(), channel="import")
    work = Import(by, _unit(by), clock.now())
    work.take(_renamed(contents[0]))  # the model of R4 is made at first use
    gc.set_threshold(100_000, 20, 50)  # as `tuyen import fhir` has it
    rounds = [_renamed(content) for _ in range(times) for content in contents]
    wall, cpu, kept, served = time.perf_counter(), time.process_time(), 0, _of_the_server()
    for body in rounds:
        done = work.take(body)
        assert not done.refusals, [str(refusal) for refusal in done.refusals]
        kept += done.kept
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    served = _of_the_server() - served
    figures: dict[str, Any] = {
        "store": settings.DATABASES["default"]["ENGINE"].rpartition(".")[2],
        "resources": kept,
        "per_second_wall": round(kept / wall),
        "per_second_of_cpu_here": round(kept / cpu),
        "microseconds_of_cpu_each": round(cpu / kept * 1e6),
        "microseconds_of_cpu_of_the_server_each": round(served / kept * 1e6),
        "per_second_of_two_cores": round(2 * kept / (cpu + served)),
        "bytes_each": round(sum(map(len, rounds)) / kept),
        "rows": {m.__name__: m.objects.count() for m in (Resource, Version, Token)},
    }
    ids = list(Resource.objects.filter(type="Observation").values_list("fhir_id", flat=True)[:200])
    patients = Resource.objects.filter(type="Patient").values_list("fhir_id", flat=True)[:50]
    observation = fhir_types()["Observation"]
    began = time.process_time()
    for id in ids:
        queries.read(by=by, type=observation, id=id)
    figures["read_ms_of_cpu"] = round((time.process_time() - began) / len(ids) * 1e3, 2)
    began = time.process_time()
    for id in patients:
        asked = parsed(fhir_types()["Procedure"], {"patient": [id], "_sort": ["-date"]})
        queries.search(by=by, search=asked)
    figures["search_ms_of_cpu"] = round((time.process_time() - began) / len(patients) * 1e3, 2)
    return figures


def _of_the_server() -> float:
    """Seconds of CPU of PostgreSQL's process of this connection, where it runs on this machine."""
    from tuyen.apps.journal import store

    db = store.connection()
    if db.vendor != "postgresql":
        return 0.0
    with db.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _unit(by: Any) -> Any:
    """A station to keep the resources."""
    from tuyen.apps.access import clock
    from tuyen.apps.journal.services import commit
    from tuyen.apps.registry.operations import CreateUnit
    from tuyen.kernel.ids import uuid7
    from tuyen.kernel.operation import Operation

    id = uuid7()
    made = Operation.of(
        CreateUnit(type="station", name="Trạm đo"), unit=id, happened_on=clock.today(),
        recorded_at=clock.now(), id=id,
    )  # fmt: skip
    (receipt,) = commit(by=by, operations=[made], at=clock.now())
    assert receipt.ok, receipt
    return id


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content


def _renamed(content: bytes) -> bytes:
    """The same bundle with new ids: what comes in again under its own is there already."""
    names: dict[bytes, bytes] = {}

    def new(match: "re.Match[bytes]") -> bytes:
        return b"urn:uuid:" + names.setdefault(match[1], str(uuid4()).encode())

    return _UUID.sub(new, content)


if __name__ == "__main__":
    main()
