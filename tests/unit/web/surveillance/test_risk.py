"""The risk map behind its door: the picture, its table and its file say the same."""

import csv
import io
from types import SimpleNamespace

import pytest

from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.registry import queries as registry


@pytest.fixture(autouse=True)
def people(monkeypatch):
    counted = SimpleNamespace(totals={place("M"): 3000, place("N"): 1000, place("D"): 1000})
    monkeypatch.setattr(registry, "population", lambda **_: counted)


def test_the_file_holds_every_commune_with_its_cases(signed_in):
    client = signed_in("cdc-epidemiologist", place("hc"))

    answer = client.get("/board/risk/?form=csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["unit"] for row in rows} == {"commune M", "commune N", "commune D"}
    assert all(row["cases"] == "0" for row in rows)
    assert answer["Content-Type"].startswith("text/csv")


def test_who_may_not_read_counts_finds_no_map(signed_in):
    client = signed_in("administrator", place("hc"))

    assert client.get("/board/risk/").status_code == 404
