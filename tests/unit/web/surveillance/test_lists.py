"""The board, the inbox and the line list, as different posts see them."""

import io
from datetime import date

import pytest

from tests.unit.apps.surveillance.conftest import case, place, series_of
from tests.unit.web.surveillance.conftest import NOW, TODAY
from tuyen.apps.access.models import LastLook, Reading, SavedView
from tuyen.apps.surveillance.models import Alarm, UnitWeek
from tuyen.apps.surveillance.tasks import scan_all
from tuyen.engines.exchange.tabular import read_table
from tuyen.web.surveillance import filters

SCREENS = ("/board/", "/board/reporting/", "/board/counts/", "/signals/", "/cases/")


@pytest.fixture
def cdc(signed_in):
    return signed_in("cdc-epidemiologist", place("hc"))


@pytest.fixture
def alarms(report):
    """Twelve cases of measles in one week in M, and what the night's scan makes of them."""
    report(*series_of({date(2026, 10, 19): 4, date(2026, 10, 21): 8}, "measles", "M", cluster="O1"))
    scan_all(on=TODAY, at=NOW)
    return list(Alarm.objects.order_by("rule"))


@pytest.mark.parametrize("path", SCREENS)
def test_every_screen_works_without_a_case(cdc, path):
    assert cdc.get(path).status_code == 200


@pytest.mark.parametrize("path", SCREENS)
@pytest.mark.parametrize(
    "query",
    [
        "page=-1&sort=';drop table", "page=99999999999999999999", "from=31/02/2026&to=never",
        "area=not-a-uuid&unit=1", "disease=%00&q=%27%22%3C", "received=9999-99-99T00:00",
        "received=0001-01-01", "to=31/12/9999", "id=,,,&age=x&late=maybe", "map=old&area=" + "9" * 300,
        "state=<script>&level=x&rule=y", "q=%F0%9F%A6%A0&disease_text=%E2%80%AE",
    ],
)  # fmt: skip
def test_a_hostile_address_is_answered(cdc, path, query):
    answer = cdc.get(f"{path}?{query}")

    assert answer.status_code == 200
    assert b"<script>&" not in answer.content


@pytest.mark.parametrize(
    ("role", "unit", "path", "status"),
    [
        ("director", "P", "/board/", 200),
        ("director", "P", "/cases/", 404),
        ("director", "P", "/signals/", 200),
        ("village-health-worker", "va", "/board/", 200),
        ("village-health-worker", "va", "/cases/", 404),
        ("station-head", "stM", "/cases/", 200),
        ("administrator", "P", "/board/", 404),
        ("commune-committee", "M", "/board/", 200),
        ("laboratory-technician", "hc", "/cases/export/", 404),
        ("midwife", "stM", "/cases/import/", 404),
    ],
)
def test_a_post_opens_its_own_screens(signed_in, role, unit, path, status):
    assert signed_in(role, place(unit)).get(path).status_code == status


def test_a_station_sees_its_own_cases_only(signed_in, report):
    report(case(name="Lò Thị Trong"))
    report(case(name="Vàng A Ngoài", commune=place("D")), unit="stD")

    shown = signed_in("station-head", place("stM")).get("/cases/").content.decode()

    assert "Lò Thị Trong" in shown
    assert "Vàng A Ngoài" not in shown


def test_the_number_of_queries_does_not_grow_with_the_rows(
    cdc, report, django_assert_max_num_queries
):
    report(*series_of({date(2026, 10, 19): 30}, "measles", "M"))
    cdc.get("/board/")  # fills the caches of the map

    for path, most in (("/board/", 30), ("/signals/", 10), ("/cases/", 13),
                       ("/board/reporting/", 8)):  # fmt: skip
        with django_assert_max_num_queries(most):
            cdc.get(path)


def test_a_figure_opens_to_counts_for_who_may_not_read_names(signed_in, report):
    report(case(name="Lò Thị Thử"))
    director = signed_in("director", place("P"))

    board = director.get("/board/")
    opened = director.get(board.context["figures"][0].href)

    assert opened.context["total"] == 1
    assert "Lò Thị Thử" not in opened.content.decode()
    assert "/cases/" not in opened.content.decode()


def test_the_names_shown_in_a_list_are_written_down(cdc, report):
    (receipt,) = report(case(name="Lò Thị Thử"))

    cdc.get("/cases/")

    assert Reading.objects.filter(subject_id=receipt.id).count() == 1


def test_filters_are_read_back_as_they_were_written(cdc, alarms):
    from django.http import QueryDict

    from tuyen.apps.registry import queries as registry
    from tuyen.apps.surveillance.queries import CaseFilters

    wanted = CaseFilters(
        diseases=("measles", "dengue"), groups=("B",), classifications=("confirmed",),
        sexes=("male",), age_bands=(0, 1), area=place("M"), unit=place("stM"),
        first=date(2026, 1, 1), last=date(2026, 10, 1), received_after=NOW, status="all",
        late=True, died=False, counted=True, cluster="O1", text="lò", ids=(place("x"),),
    )  # fmt: skip

    asked = filters.read(QueryDict(filters.write(wanted)), TODAY, registry.atlas())

    assert asked.filters == wanted
    assert asked.faults == ()


def test_what_cannot_be_read_is_said(cdc):
    answer = cdc.get("/cases/?from=31/02/2026&disease_text=qqqqq&area_text=zzzzz")

    assert len(answer.context["asked"].faults) == 3


def test_a_view_is_saved_opened_and_forgotten(cdc):
    cdc.post("/cases/views/", {"label": "Measles", "query": "disease=measles&evil=1&page=7"})
    saved = SavedView.objects.get()

    shown = cdc.get(f"/cases/?{saved.query}")
    cdc.post("/cases/views/forget/", {"label": "Measles"})

    assert saved.query == "disease=measles"
    assert [view["current"] for view in shown.context["saved"]] == [True]
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_safe_reasoned_and_written_down(cdc, report, form):
    (receipt,) = report(case(name="Lò Thị Thử", cluster="=cmd|' /C calc'!A0"))

    silent = cdc.post("/cases/export/", {"query": "", "form": form, "reason": ""})
    answer = cdc.post("/cases/export/", {"query": "", "form": form, "reason": "monthly report"})

    table = read_table(answer.content, f"list.{form}")
    assert silent.status_code == 422
    assert "Lò Thị Thử" not in map(str, table.row(0))
    assert "=cmd|' /C calc'!A0" in [str(value) for value in table.row(0)]
    assert b",=cmd" not in answer.content
    assert Reading.objects.get(subject_id=receipt.id).purpose == "monthly report"


def test_an_exported_list_is_read_again_as_already_had_columns(cdc, report):
    from tuyen.apps.surveillance.imports import fields
    from tuyen.engines.exchange.columns import propose

    report(case(name="Lò Thị Thử"))
    answer = cdc.post("/cases/export/", {"query": "", "form": "xlsx", "reason": "copy"})
    table = read_table(io.BytesIO(answer.content).read(), "a.xlsx", vocabulary=fields().vocabulary)

    assert propose(table, fields()).missing == ()


def test_the_board_shows_what_is_new_after_it_was_seen(cdc, report):
    shown = cdc.get("/board/")
    cdc.post("/board/seen/", {"position": shown.context["stand"].position})
    report(case())

    again = cdc.get("/board/")

    assert LastLook.objects.get().position == shown.context["stand"].position
    assert again.context["stand"].new_cases == 1


@pytest.mark.parametrize("position", ["", "-1", "9" * 30, "x", "999999"])
def test_a_forged_position_is_no_further_than_the_journal(cdc, position):
    from tuyen.apps.journal import queries as journal

    cdc.post("/board/seen/", {"position": position})

    assert LastLook.objects.get().position <= journal.head()[1]


def test_a_week_without_a_case_is_said(signed_in):
    head = signed_in("station-head", place("stM"))

    head.post("/board/reporting/zero/", {"unit": str(place("stM")), "week": "2026-W42"})
    head.post("/board/reporting/zero/", {"unit": str(place("stD")), "week": "2026-W42"})
    head.post("/board/reporting/zero/", {"unit": "x", "week": "y"})

    assert list(UnitWeek.objects.values_list("unit_id", flat=True)) == [place("stM")]


def test_an_alarm_explains_itself_and_opens_to_its_rows(cdc, alarms):
    answer = cdc.get(f"/signals/{alarms[0].id}/")
    rows = cdc.get(answer.context["rows_href"])

    assert answer.context["told"].sentence.startswith("12 ")
    assert rows.context["total"] == alarms[0].observed


def test_alarms_of_one_event_stand_together(cdc, alarms):
    answer = cdc.get("/signals/")

    (row,) = answer.context["rows"]
    assert len(row.group.signals) == len(alarms) > 1


@pytest.mark.parametrize(
    ("decision", "reason", "state", "status"),
    [
        ("take", "", "new", 302),
        ("verify", "", "verified", 302),
        ("dismiss", "", "new", 422),
        ("dismiss", "a drill", "dismissed", 302),
        ("open-outbreak", "", "outbreak", 302),
        ("destroy", "x", "new", 422),
    ],
)
def test_an_alarm_is_answered(cdc, alarms, decision, reason, state, status):
    alarm = alarms[0]

    answer = cdc.post(f"/signals/{alarm.id}/answer/", {"decision": decision, "reason": reason})

    assert answer.status_code == status
    assert Alarm.objects.get(pk=alarm.id).state == state


def test_an_answer_returns_only_to_a_list_of_ours(cdc, alarms):
    data = {"decision": "take", "next": "https://example.org/signals/"}

    answer = cdc.post(f"/signals/{alarms[0].id}/answer/", data)

    assert answer["Location"] == f"/signals/{alarms[0].id}/"


def test_a_reader_without_the_right_cannot_answer(signed_in, alarms):
    director = signed_in("director", place("P"))

    answer = director.post(f"/signals/{alarms[0].id}/answer/", {"decision": "verify"})

    assert answer.status_code == 404


def test_an_alarm_elsewhere_answers_like_a_missing_one(signed_in, alarms):
    head = signed_in("station-head", place("stD"))

    assert head.get(f"/signals/{alarms[0].id}/").status_code == 404
    assert head.post(f"/signals/{alarms[0].id}/answer/", {"decision": "take"}).status_code == 404


def test_my_alarms_are_those_i_took(cdc, alarms):
    cdc.post(f"/signals/{alarms[0].id}/answer/", {"decision": "take"})

    answer = cdc.get("/signals/?state=mine")

    (row,) = answer.context["rows"]
    owned = [signal.id for _source, signal in row.group.signals if signal.owner]
    assert owned == [alarms[0].id]


@pytest.mark.parametrize(
    ("query", "found"),
    [("sởi", b"measles"), ("麻疹", b"measles"), ("measl", b"measles"), ("B05", b"measles"),
     ("%%%", b"option"), ("\x00", b"option"), ("", b"option")],
)  # fmt: skip
def test_a_disease_is_suggested_in_three_languages_and_by_code(cdc, query, found):
    answer = cdc.get("/suggest/diseases/", {"q": query})

    assert answer.status_code == 200
    assert found in answer.content


def test_an_old_commune_is_suggested_with_what_it_became(cdc):
    answer = cdc.get("/suggest/areas/", {"q": "A"})

    assert b"now commune M" in answer.content
