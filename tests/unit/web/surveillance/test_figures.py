"""The table of a chart of the board: fetched when it is opened, a page for who has no script."""

import re
from datetime import date
from html import unescape

import pytest

from tests.unit.apps.surveillance.conftest import case, place, series_of
from tests.unit.web.surveillance.conftest import NOW, TODAY
from tuyen.apps.surveillance.tasks import scan_all

FETCHED = {"HX-Request": "true"}


@pytest.fixture
def cdc(signed_in):
    return signed_in("cdc-epidemiologist", place("hc"))


@pytest.fixture
def measles(report):
    report(*series_of({date(2026, 10, 19): 4, date(2026, 10, 21): 8}, "measles", "M", cluster="O1"))
    scan_all(on=TODAY, at=NOW)


def addresses(client):
    return [unescape(at) for at in re.findall(r'hx-get="([^"]*figures[^"]*)"', shown(client))]


def shown(client, at="/board/"):
    return client.get(at).content.decode()


def test_each_chart_of_the_board_leads_to_its_table(cdc, measles):
    found = addresses(cdc)
    tables = [cdc.get(at, headers=FETCHED).content.decode() for at in found]

    assert len(found) == 2
    assert all(table.startswith('<div class="table-region"') for table in tables)
    assert "<tbody" not in shown(cdc).split('class="multiples"')[1]
    assert all(f'<a href="{at}"' in unescape(shown(cdc)) for at in found)


def test_the_table_says_the_week_its_cases_and_its_alarm_and_opens_to_the_rows(cdc, measles):
    table = cdc.get("/board/figures/?of=measles", headers=FETCHED).content.decode()
    row = next(row for row in table.split("<tr>") if "W43/2026" in row)
    href = unescape(re.search(r'href="([^"]+)"', row)[1])

    assert re.findall(r">([^<>]+)<", row)[:2] == ["W43/2026", "12"]
    assert "Epidemic" in row or "Alert" in row
    assert cdc.get(href).context["total"] == 12


def test_without_a_script_the_figures_are_a_page_with_picture_and_table(cdc, measles):
    page = shown(cdc, "/board/figures/?of=measles")

    assert page.startswith("<!doctype html>")
    assert "<svg" in page
    assert '<div class="table-region"' in page


def test_a_reader_of_counts_is_led_to_counts_not_to_names(signed_in, measles):
    director = signed_in("director", place("P"))

    table = director.get("/board/figures/?of=measles", headers=FETCHED).content.decode()

    assert "/board/counts/" in table
    assert "/cases/" not in table


def test_who_may_not_read_counts_finds_nothing_there(signed_in, measles):
    assert signed_in("administrator", place("P")).get("/board/figures/").status_code == 404


def test_a_station_is_shown_its_own_figures(signed_in, report, measles):
    report(case(disease="dengue", commune=place("D")), unit="stD")
    station = signed_in("station-head", place("stD"))

    found = station.get("/board/figures/?of=measles", headers=FETCHED).content.decode()

    assert "12" not in re.findall(r">(\d+)<", found)


@pytest.mark.parametrize("query", ["", "of=zzz", "of=%00", "of=measles&area=1", "of=<script>"])
def test_a_hostile_address_is_answered(cdc, query):
    for headers in ({}, FETCHED):
        answer = cdc.get(f"/board/figures/?{query}", headers=headers)

        assert answer.status_code == 200
        assert b"<script>&" not in answer.content


def test_each_table_is_a_file_too(cdc, measles):
    weeks = cdc.get("/board/figures/?of=measles&form=csv").content.decode("utf-8-sig").splitlines()
    reporting = cdc.get("/board/figures/?form=csv").content.decode("utf-8-sig").splitlines()

    assert weeks[0] == "disease,week,cases,expected_low,expected_high,alarm,rule"
    assert any(line.startswith("measles,2026-W43,12,") for line in weeks)
    assert reporting[0] == "unit,name,week,due,came,late_cases,cases"
    assert len(reporting) > 8
