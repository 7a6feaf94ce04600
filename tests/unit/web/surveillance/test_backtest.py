"""The back-test page: last year at a level, the level moved, and the way back."""

import csv
import io
import re

import pytest

from tests.unit.apps.surveillance.conftest import place
from tests.unit.apps.surveillance.test_recalling import season, told  # noqa: F401
from tuyen.apps.surveillance.models import OperatingPoint

ASKED = {"disease": "mumps", "rule": "FAR-FLEX"}


@pytest.fixture
def cdc(signed_in):
    return signed_in("cdc-epidemiologist", place("P"))


def test_a_level_is_tried_and_its_alarms_open_to_their_counts(cdc, told):  # noqa: F811
    told(season(loud=[(3, 12), (11, 14)]))

    shown = cdc.get("/backtest/", ASKED | {"level": "0,001"}).content.decode()

    assert 'value="0.001"' in shown
    assert len(re.findall(r'href="/board/counts/\?area=', shown)) == 2
    assert 'hx-get="/backtest/forecasts/?disease=mumps"' in shown
    file = cdc.get("/backtest/alarms.csv", ASKED | {"level": "0.001"}).content.decode()
    assert len(file.splitlines()) == 3


def test_a_level_is_decided_with_a_reason_and_given_back(cdc, told):  # noqa: F811
    told(season(loud=[(3, 12)]))
    decide = ASKED | {"level": "0.001", "reason": "Ít báo động giả hơn"}

    assert cdc.post("/backtest/level/", decide | {"reason": ""}).status_code == 422
    assert cdc.post("/backtest/level/", decide).status_code == 302
    point = OperatingPoint.objects.get()
    assert (point.level, point.disease, point.unit_id) == (0.001, "mumps", place("P"))
    assert "Ít báo động giả hơn" in cdc.get("/backtest/", ASKED).content.decode()

    assert cdc.post("/backtest/level/", decide | {"give-back": "1"}).status_code == 302
    assert OperatingPoint.objects.count() == 2


def test_a_level_outside_what_may_be_set_is_not_tried(cdc, told):  # noqa: F811
    told(season())

    shown = cdc.get("/backtest/", ASKED | {"level": "0.9"}).content.decode()

    assert re.search(r'name="level"[^>]* value="0.01"', shown)


def test_who_may_read_counts_alone_may_not_move_a_level(signed_in, told):  # noqa: F811
    told(season())
    reader = signed_in("station-head", place("stD"))

    assert "/backtest/level/" not in reader.get("/backtest/", ASKED).content.decode()
    assert reader.post("/backtest/level/", ASKED | {"level": "0.001", "reason": "Thử"}).status_code in (
        403, 404,
    )  # fmt: skip


def test_the_forecasts_of_a_year_are_shown_by_weeks_ahead(cdc, told):  # noqa: F811
    told(season("D", base=6))

    shown = cdc.get("/backtest/forecasts/", {"disease": "mumps"}).content.decode()

    assert shown.count('<th scope="row">') >= 4
    assert shown.count("<h1") == 1, "whoever follows the link has a whole page"
    part = cdc.get("/backtest/forecasts/", {"disease": "mumps"}, headers={"HX-Request": "true"})
    assert "<h1" not in part.content.decode()


def test_an_installation_without_counts_says_so(cdc):
    shown = cdc.get("/backtest/").content.decode()

    assert shown.count("<h1") == 1


def test_a_post_without_communes_and_a_rule_that_is_none_are_answered(signed_in, cdc):
    village = signed_in("food-safety-inspector", place("hD"))

    for client in (village, cdc):
        for path in ("/backtest/", "/backtest/alarms.csv", "/backtest/forecasts/"):
            assert (
                client.get(path, {"rule": "no-such", "level": "-1", "size": "x"}).status_code < 500
            )


def rows_of(client, address, asked):
    text = client.get(address, asked | {"form": "csv"}).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_curve_of_levels_is_a_file_too(cdc, told):  # noqa: F811
    told(season(loud=[(3, 12), (11, 14)]))

    rows = rows_of(cdc, "/backtest/", ASKED | {"level": "0.001"})

    assert {row["in_use"] for row in rows} == {"true", "false"}
    tried = next(row for row in rows if row["level"] == "0.001")
    assert (tried["rule"], tried["alarms"], tried["unsaid"]) == ("FAR-FLEX", "2", "2")


def test_the_forecasts_have_pictures_of_transform_and_coverage_and_their_figures(cdc, told):  # noqa: F811
    told(season(base=6))

    shown = cdc.get("/backtest/forecasts/", ASKED).content.decode()
    rows = rows_of(cdc, "/backtest/forecasts/", ASKED)

    assert shown.count('class="chart-data"') == 2
    by_kind = {kind: [r for r in rows if r["what"] == kind] for kind in {r["what"] for r in rows}}
    assert [len(by_kind[k]) for k in ("weeks-ahead", "part-of-forecast", "interval")] == [4, 10, 5]
    assert sum(float(row["kept"]) for row in by_kind["part-of-forecast"]) == pytest.approx(1)
