"""The page of one disease: its season, its outlook, its communes; and its figures as a file."""

import csv
import io
from datetime import date, timedelta

import pytest

from tests.unit.apps.surveillance.conftest import place, series_of
from tests.unit.web.surveillance.conftest import NOW, TODAY
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.tasks import look_ahead

MONDAY = date(2026, 10, 19)


@pytest.fixture
def mumps(report, monkeypatch):
    """Two cases a week in M for ten months, eight this week; the night has looked ahead."""
    monkeypatch.setattr(places, "people_in", lambda day, on: {})
    weeks = {MONDAY - timedelta(weeks=n): 2 for n in range(1, 40)}
    report(*series_of(weeks | {MONDAY: 8}, "mumps", "M"))
    for receipt in look_ahead(on=TODAY, at=NOW):
        assert receipt.ok, receipt.refusal


@pytest.fixture
def cdc(signed_in):
    return signed_in("cdc-epidemiologist", place("hc"))


def test_the_page_shows_what_was_seen_and_what_is_to_come(cdc, mumps):
    page = cdc.get("/diseases/mumps/").content.decode()

    assert page.count("<svg") > 3
    assert "The records are too young" in page
    assert "fan-middle" in page
    assert "No week that was forecast has ended yet." in page
    assert "Worked out in the night of 25/10/2026" in page
    assert 'href="/cases/?' in page


def test_a_disease_without_cases_says_so(cdc):
    page = cdc.get("/diseases/rubella/").content.decode()

    assert "No case of this disease is known in these units" in page


@pytest.mark.parametrize("path", ["/diseases/nothing/", "/diseases/nothing/figures.csv"])
def test_no_such_disease_is_not_found(cdc, path):
    assert cdc.get(path).status_code == 404


def test_the_figures_are_a_file(cdc, mumps):
    answer = cdc.get("/diseases/mumps/figures.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert answer["Content-Disposition"] == 'attachment; filename="mumps.csv"'
    seen = [row for row in rows if row["week"] == "2026-W43" and row["cases"]]
    assert {row["cases"] for row in seen} >= {"8"}
    ahead = [row for row in rows if row["kind"] == "forecast"]
    assert ahead
    assert all(float(row["q05"]) <= float(row["q50"]) <= float(row["q95"]) for row in ahead)


def test_a_station_sees_its_own_commune_alone(signed_in, mumps):
    other = signed_in("station-head", place("stD"))

    page = other.get("/diseases/mumps/").content.decode()

    assert "No case of this disease is known in these units" in page


def test_a_reader_of_counts_is_led_to_counts(signed_in, mumps):
    page = signed_in("director", place("P")).get("/diseases/mumps/").content.decode()

    assert "/board/counts/" in page
    assert 'href="/cases/?' not in page


def test_the_board_leads_to_the_page(cdc, mumps):
    page = cdc.get("/board/").content.decode()

    assert 'href="/diseases/mumps/"' in page


def test_the_small_charts_have_a_table_that_opens_to_the_rows(cdc, mumps):
    page = cdc.get("/diseases/mumps/").content.decode()
    table = cdc.get("/diseases/mumps/weeks/", headers={"HX-Request": "true"}).content.decode()
    alone = cdc.get("/diseases/mumps/weeks/").content.decode()

    assert 'hx-get="/diseases/mumps/weeks/?"' in page
    assert table.startswith('<div class="table-region"')
    assert 'href="/cases/?' in table
    assert table.count('scope="col"') == 27
    assert '<td class="number">8</td>' in table
    assert 'href="/diseases/mumps/figures.csv?"' in alone


def test_scores_of_kept_forecasts_are_a_file(cdc, mumps):
    answer = cdc.get("/diseases/mumps/?form=csv")

    assert answer["Content-Disposition"] == 'attachment; filename="forecasts-mumps.csv"'
    assert answer.content.decode("utf-8-sig").startswith("horizon,forecasts,wis,covered_50")
