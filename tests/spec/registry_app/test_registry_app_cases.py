"""Runs the cases of this folder: they are printed in the manual, and judge both stores."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries
from tuyen.apps.registry.operations import CreateUnit, Member, RegisterHousehold
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation
from tuyen.kernel.text import nfc

SEARCH = yaml.safe_load(Path(__file__).with_name("person_search.yaml").read_text(encoding="utf-8"))
DAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
BY = Actor.program(DAY)


@pytest.fixture
def people(db):
    place, house = uuid7(), uuid7()
    members = tuple(
        Member(id=uuid7(), name=person["name"], sex=1, born_on=person["born"])
        for person in SEARCH["people"]
    )
    payloads = [
        (place, CreateUnit(type="commune", name="Nà Hỳ")),
        (house, RegisterHousehold(place=place, members=members, since=DAY)),
    ]
    receipts = commit(
        by=BY,
        operations=[
            Operation.of(payload, unit=place, happened_on=DAY, recorded_at=NOW, id=id)
            for id, payload in payloads
        ],
        at=NOW,
    )
    assert all(receipt.ok for receipt in receipts)


@pytest.mark.parametrize("case", SEARCH["cases"], ids=lambda case: case["title"])
def test_person_search(people, case):
    found = queries.search_people(by=BY, text=case["text"])

    assert sorted(row.name for row in found) == sorted(nfc(name) for name in case["expect"])
