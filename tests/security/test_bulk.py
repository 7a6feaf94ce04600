"""Much at once: an account's hour has an end, and a list that leaves says who took it and why."""

import csv
import io
import zipfile

import pytest

from tests.security.addresses import read
from tests.security.conftest import TODAY
from tuyen.apps.access.models import Reading
from tuyen.apps.surveillance.imports import fields
from tuyen.engines.exchange.tabular import read_table
from tuyen.rules.access import bulk_read

REASON = "báo cáo tháng cho Sở"


def take(who, form="csv", reason=REASON):
    return who.browser.post("/cases/export/", {"form": form, "reason": reason, "query": ""})


@pytest.fixture
def one_row(monkeypatch):
    """A province that allows two rows an hour: the list here has one."""
    from tuyen.apps.access.services import readings

    monkeypatch.setattr(readings, "rows_per_hour", lambda on: 2)


@pytest.mark.check("AC-14")
def test_no_more_leaves_in_an_hour_than_the_rule_allows(province, holder, one_row):
    who = holder("station-head")
    assert [take(who).status_code for _ in range(3)] == [200, 200, 422]
    assert "within the last hour" in read(take(who))
    assert Reading.objects.filter(user_id=who.user, subject="surveillance.case").count() == 2


@pytest.mark.check("AC-14")
def test_a_program_is_held_to_the_same_hour_and_another_account_to_its_own(
    province, holder, one_row
):
    who, other = holder("station-head"), holder("station-head")
    answers = [who.program.get("/api/v1/cases") for _ in range(3)]

    assert [answer.status_code < 400 for answer in answers] == [True, True, False]
    assert "access.too-much-read" in read(answers[2])
    assert "Nearcase" not in read(answers[2])
    assert take(who).status_code == 422
    assert take(other).status_code == 200


SCREENS = {
    "list": lambda who, half: who.browser.get("/cases/"),
    "detail": lambda who, half: who.browser.get(f"/cases/{half.case}/"),
    "search": lambda who, half: who.browser.get(f"/people/?q={half.word}person"),
    "record": lambda who, half: who.browser.get(f"/people/{half.person}/"),
    "household": lambda who, half: who.browser.get(f"/households/{half.household}/"),
    "suggestion": lambda who, half: who.browser.get(f"/suggest/persons/?q={half.word}person"),
    "operation": lambda who, half: who.browser.get(f"/operations/{half.operation}/"),
    "feed": lambda who, half: who.program.get("/api/v1/feed"),
    "programs' search": lambda who, half: who.program.get(f"/api/v1/people?q={half.word}person"),
    "programs' detail": lambda who, half: who.program.get(f"/api/v1/cases/{half.case}"),
}


def named(text: str) -> bool:
    """Whether a record's name stands in an answer; what was asked for is no name."""
    return "Giàng Nearperson" in text or "Thào Nearcase" in text


@pytest.mark.check("AC-14")
@pytest.mark.parametrize("path", SCREENS)
def test_no_screen_shows_more_than_the_hour_holds(path, province, holder, monkeypatch):
    """Every way to names ends at the hour's end with a sentence, and none of them by it."""
    from tuyen.apps.access.services import readings

    who, half = holder("station-head"), province.near
    before = read(SCREENS[path](who, half))
    monkeypatch.setattr(readings, "rows_per_hour", lambda on: 0)
    after = SCREENS[path](who, half)

    assert named(before)
    assert after.status_code == 429
    assert "within the last hour" in read(after)
    assert not named(read(after))


@pytest.mark.check("AC-14", mutant=True)
@pytest.mark.parametrize("path", ["list", "search", "feed"])
def test_mutant_a_screen_that_is_not_held_to_the_hour_is_found(path, province, holder, monkeypatch):
    from tuyen.apps.access.services import readings

    monkeypatch.setattr(readings, "allow_bulk", lambda **said: None)

    with pytest.raises(AssertionError):
        test_no_screen_shows_more_than_the_hour_holds(path, province, holder, monkeypatch)


@pytest.mark.check("AC-14")
def test_a_program_reads_so_much_within_a_day_and_on_without_names(province, holder, monkeypatch):
    from dataclasses import replace

    from tuyen.apps.access.services import readings

    rule = readings.export_of_names(TODAY)
    small = replace(rule, program_rows_per_day=1)
    monkeypatch.setattr(readings, "export_of_names", lambda on: small)
    who = holder("station-head")

    assert "Nearcase" in read(who.program.get("/api/v1/cases"))
    for path in ("/api/v1/cases", "/api/v1/feed", f"/api/v1/cases/{province.near.case}"):
        refused = who.program.get(path)
        assert (refused.status_code, named(read(refused))) == (429, False), path
    bare = {p: who.program.get(f"{p}?names=false") for p in ("/api/v1/cases", "/api/v1/feed")}
    assert {(a.status_code, named(read(a))) for a in bare.values()} == {(200, False)}
    assert bare["/api/v1/cases"].json()["cases"][0]["disease"] == "measles"
    assert who.browser.get("/cases/").status_code == 200, "a day of a program is no day of a person"


@pytest.mark.check("AC-14")
def test_the_operators_export_is_held_to_the_hour_too(province, tmp_path, monkeypatch, capsys):
    from tuyen.apps.access.services import readings
    from tuyen.cli.main import main

    monkeypatch.setenv("TUYEN_DEMO_DAY", TODAY.isoformat())
    monkeypatch.setattr(readings, "rows_per_hour", lambda on: 3)
    out = tmp_path / "out.csv"

    assert [main(["export", "cases", str(out)]) for _ in range(2)] == [0, 2]  # two rows each
    assert "access.too-much-read" in capsys.readouterr().err


@pytest.mark.check("AC-14", "AC-12")
def test_an_emergency_is_never_held_up(province, monkeypatch):
    from dataclasses import replace

    from tests.security.conftest import NOW, actor
    from tuyen.apps.access.services import readings

    monkeypatch.setattr(readings, "rows_per_hour", lambda on: 0)
    head = actor("station-head", province.near.units["S"])

    with pytest.raises(readings.TooMuchRead):
        readings.allow_bulk(by=head, rows=1, at=NOW)
    readings.allow_bulk(by=replace(head, purpose="emergency"), rows=1, at=NOW)


@pytest.mark.check("AC-14")
def test_an_hour_later_it_may_be_read_again(province, holder, one_row, monkeypatch):
    from datetime import timedelta

    from tests.security.conftest import NOW
    from tuyen.apps.access import clock

    who = holder("station-head")
    assert [take(who).status_code for _ in range(3)] == [200, 200, 422]

    later = (NOW + timedelta(minutes=61)).astimezone()
    monkeypatch.setattr(clock, "now", lambda: later)
    assert take(who).status_code == 200


@pytest.mark.check("AC-14", mutant=True)
def test_mutant_a_rule_without_an_end_is_found(province, holder, one_row, monkeypatch):
    from tuyen.apps.access.services import readings

    monkeypatch.setattr(readings, "rows_per_hour", lambda on: 10**9)

    with pytest.raises(AssertionError):
        test_no_more_leaves_in_an_hour_than_the_rule_allows(province, holder, None)


@pytest.mark.check("AC-14")
def test_a_list_leaves_only_with_a_reason(province, holder):
    assert take(holder("station-head"), reason="").status_code == 422


def marked(data: bytes, form: str) -> bool:
    """Whether a file says, before its list, who took it out and what for."""
    if form == "csv":
        first = next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        return REASON in first[0] and "Người thử" in first[0] and "2026-10-25" in first[0]
    book = zipfile.ZipFile(io.BytesIO(data))
    told = "".join(book.read(name).decode() for name in book.namelist())
    return REASON in told and "Người thử" in told


@pytest.mark.check("AC-14")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_says_who_took_it_out_and_is_read_back_as_it_was(form, province, holder):
    data = take(holder("station-head"), form).content

    table = read_table(data, f"ca.{form}", vocabulary=fields().vocabulary)
    assert marked(data, form)
    assert len(table.numbers) == 1
    assert not any("Nearcase" in str(cell) for cell in table.row(0))


@pytest.mark.check("AC-14", mutant=True)
def test_mutant_a_list_without_its_mark_is_found(province, holder, monkeypatch):
    from tuyen.web.surveillance import views_export

    monkeypatch.setattr(views_export, "watermark", lambda *args: "")

    assert not marked(take(holder("station-head")).content, "csv")


def test_the_rule_is_a_positive_number():
    from tests.security.conftest import TODAY

    assert bulk_read.rows_per_hour(TODAY) > 1000
