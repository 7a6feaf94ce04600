"""Resources of FHIR a second on one core: decoded, written, judged; beside what only parses.

The material is the synthetic patients of the reference data (Synthea, R4; mean 1.4 kB a resource), or, where
they are absent, one observation many times. The peers parse alone: the standard library's reader, and
msgspec without a schema; neither knows whether what it read is FHIR. ``fhir.resources`` is no
dependency: on this kind of machine 8.3 was measured at 3,900 to 4,600 resources a second (validate).
"""

import gzip
import json
import os
import time
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from tuyen.apps.exchange import r4

SHARED = Path(os.environ.get("TUYEN_SHARED", Path(__file__).parents[2].parent / "shared"))
MOST = 4_000
ONE = {
    "resourceType": "Observation",
    "id": "bp-1",
    "status": "final",
    "category": [{"coding": [{"system": "http://a.vn/categories", "code": "vital-signs"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6", "display": "Systolic"}]},
    "subject": {"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
    "effectiveDateTime": "2026-10-04T08:05:00+07:00",
    "issued": "2026-10-04T08:05:00.123+07:00",
    "valueQuantity": {
        "value": 120.5, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def texts():
    found = []
    for path in sorted((SHARED / "data/record/synthea-r4").glob("*.json.gz")):
        for entry in json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal)["entry"]:
            found.append(r4.encode(entry["resource"]))
    step = max(1, len(found) // MOST)
    return found[::step] or [r4.encode(ONE)] * MOST


def rate(benchmark, things, work):
    """Run over all, keeping nothing; the figure kept is things a second of CPU time."""

    def run():
        begun = time.process_time()
        for thing in things:
            work(thing)
        taken.append(time.process_time() - begun)

    taken: list[float] = []
    benchmark.pedantic(run, rounds=3, warmup_rounds=1)
    benchmark.extra_info["resources/s"] = round(len(things) / min(taken))


def test_structs_alone(benchmark, texts):
    """The compiled reader: structure, forms, required codes, exact decimals."""
    rate(benchmark, texts, r4.model().structs.decoder.decode)


def test_decode(benchmark, texts):
    """The same with what structs do not see: a key twice, null, empty objects."""
    rate(benchmark, texts, r4.decode)


def test_decode_and_check(benchmark, texts):
    rate(benchmark, texts, lambda text: r4.check(r4.decode(text)))


def test_examine(benchmark, texts):
    """All three steps by the slow walk, as the command does."""
    rate(benchmark, texts, r4.examine)


def test_encode(benchmark, texts):
    resources = [r4.decode(text) for text in texts]
    rate(benchmark, resources, r4.encode)


def test_peer_json(benchmark, texts):
    rate(benchmark, texts, lambda text: json.loads(text, parse_float=Decimal))


def test_peer_msgspec_without_a_schema(benchmark, texts):
    rate(benchmark, texts, msgspec.json.decode)
