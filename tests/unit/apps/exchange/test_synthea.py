"""Bundles that nobody here wrote: all of them come in, and everything comes back as it came."""

import gzip
import json

import pytest

from tests.unit.api.fhir_world import FhirWorld
from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import queries
from tuyen.apps.exchange.importing import Import
from tuyen.apps.exchange.models import Resource
from tuyen.apps.journal.replay import replay
from tuyen.rules.exchange.fhir_types import fhir_types


def bundles(shared_data):
    return sorted((shared_data / "data" / "record" / "synthea-r4").glob("*.json.gz"))


def expected(entries):
    """The resources with their references as those of what was kept."""
    names = {e["fullUrl"]: f"{e['resource']['resourceType']}/{e['fullUrl'][9:]}" for e in entries}

    def renamed(value):
        if isinstance(value, dict):
            return {
                k: names.get(v, v) if k == "reference" else renamed(v) for k, v in value.items()
            }
        return [renamed(each) for each in value] if isinstance(value, list) else value

    return [renamed(entry["resource"]) for entry in entries]


def differences(by, content) -> list[str]:
    wrong = []
    wanted = {(r["resourceType"], r["id"]): r for r in expected(json.loads(content)["entry"])}
    back = {(r.type, r.id): r for r in queries.several(by=by, wanted=list(wanted))}
    for key, resource in wanted.items():
        row = back.get(key)
        if row is None or json.loads(row.body, parse_float=str) != json.loads(
            json.dumps(resource), parse_float=str
        ):
            wrong.append(f"{key[0]}/{key[1]}")
    return wrong


def imported(files, unit):
    by = Actor.program(clock.today(), channel="import")
    work, total = Import(by, unit, clock.now()), 0
    for file in files:
        content = gzip.decompress(file.read_bytes())
        done = work.take(content)
        assert [str(refusal) for refusal in done.refusals] == []
        total += done.kept
        assert differences(by, content) == []
    return total


def test_a_bundle_of_another_program_comes_in_and_back_and_replays(db, shared_data):
    world = FhirWorld()
    smallest = sorted(bundles(shared_data), key=lambda file: file.stat().st_size)[:2]

    total = imported(smallest, world.stations[0])

    assert Resource.objects.count() == total > 150
    assert replay().same


@pytest.mark.nightly
def test_every_bundle_of_the_sample_comes_in_and_back(db, shared_data):
    world = FhirWorld()

    total = imported(bundles(shared_data), world.stations[0])

    assert Resource.objects.count() == total
    assert 8190 < total < 8293  # bundles share organisations and practitioners
    assert imported(bundles(shared_data)[:1], world.stations[0]) == 0


@pytest.mark.nightly
def test_published_examples_of_our_types_are_taken_and_given_back(db, shared_data):
    world, wrong, taken = FhirWorld(), [], 0
    by = Actor.program(clock.today(), channel="import")
    work = Import(by, world.stations[0], clock.now())
    for name in ("hl7-r4-examples", "ips-2.0.0-examples"):
        lines = gzip.decompress(
            (shared_data / "data/record/fhir" / f"{name}.ndjson.gz").read_bytes()
        )
        for line in lines.splitlines():
            case = json.loads(line)
            said = json.loads(case["text"])
            if said.get("resourceType") not in fhir_types() or "id" not in said:
                continue
            if said["resourceType"] == "Bundle" and said.get("type") != "document":
                continue
            done = work.take(case["text"].encode())
            taken += 1
            back = queries.several(by=by, wanted=[(said["resourceType"], said["id"])])
            if done.refusals or not back or exact(back[0].body) != exact(case["text"]):
                wrong.append(f"{case['file']}: {[str(r) for r in done.refusals]}")
    assert taken > 150
    assert len(wrong) <= taken * 0.01, wrong


def exact(text):
    return json.loads(text, parse_float=str, parse_int=str)
