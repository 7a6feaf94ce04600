"""The thresholds of the law, raised once, explained, brought up to date and ended."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, place, series_of
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.operations import (
    AmendCase,
    CaseChanges,
    CloseAlarm,
    MarkEpidemicYear,
    TriageAlarm,
    VoidCase,
)
from tuyen.apps.surveillance.scan import scan
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import Period

PROGRAM = Actor.program(TODAY)
WEEK = Period.of("week", TODAY)
LONG_AGO = datetime(2026, 1, 2, 3, 0, tzinfo=UTC)


def past(counts: list[int], commune: str = "D", disease: str = "varicella", kind: str = "week"):
    """Cases in the same week or month of the years before, last year first."""
    period = Period.of(kind, TODAY)
    days = {period.year_before(n + 1).start: count for n, count in enumerate(counts)}
    # One case long before, so that the years without cases are known to be years of zero.
    early = {date(2019, 1, 7): 1}
    return series_of(days | early, disease, commune)


def this_week(count: int, commune: str = "D", disease: str = "varicella", **changes):
    return series_of({WEEK.start: count}, disease, commune, **changes)


def alarms(rule: str = ""):
    found = Alarm.objects.filter(rule__startswith=rule).order_by("rule", "period")
    return [(a.rule, a.period, a.observed, a.level, a.closed_because) for a in found]


BASELINE = [2, 3, 1, 4, 2]  # T5: mean 2.4, sample SD 1.140


@pytest.mark.parametrize(
    ("why", "count", "level"),
    [
        ("T5: 3 is under the mean and 1 SD, 3.54", 3, None),
        ("T5: 4 is above it", 4, "alert"),
        ("decision e: 5 is above 2 SD, 4.68, and alerts as well", 5, "above-2sd"),
    ],
)
def test_an_endemic_disease_is_judged_by_its_own_weeks(report, why, count, level):
    report(*past(BASELINE), at=LONG_AGO)

    report(*this_week(count))

    assert [row[3] for row in alarms("AL-B1")] == ([level] if level else []), why


@pytest.mark.parametrize(("count", "found"), [(4, []), (5, ["epidemic"])])
def test_an_endemic_disease_becomes_an_epidemic_above_2_sd_of_its_months(report, count, found):
    report(*past(BASELINE, kind="month"), at=LONG_AGO)

    report(*this_week(count))

    assert [row[3] for row in alarms("EP-B1")] == found


@pytest.mark.parametrize(
    ("why", "cases", "found"),
    [
        ("T6: three linked in a week", this_week(3, disease="measles", cluster="trường X"),
         ["AL-B2"]),
        ("T6: five linked in a month", this_week(5, disease="measles", cluster="trường X"),
         ["AL-B2", "EP-B2"]),
        ("T6: five that nothing links", this_week(5, disease="measles"), []),
        ("three, two of them linked", [*this_week(2, disease="measles", cluster="x"),
                                       *this_week(1, disease="measles")], []),
    ],
)  # fmt: skip
def test_another_disease_is_judged_by_linked_cases(report, why, cases, found):
    report(*past([0], disease="measles"), at=LONG_AGO)

    report(*cases)

    assert [row[0] for row in alarms() if not row[0].startswith("EARS")] == found, why


def test_cases_that_name_one_another_are_a_chain(report):
    first, second = report(case(commune=place("D")), case(commune=place("D")))

    report(case(commune=place("D"), linked_to=(first.id, second.id)))

    assert alarms("AL")[0][:3] == ("AL-B2", WEEK.label, 3)


@pytest.mark.parametrize(("classification", "found"), [("suspected", 0), ("confirmed", 1)])
def test_one_confirmed_case_of_group_a_is_an_alert(report, classification, found):
    report(case(disease="plague", classification=classification))

    assert len(alarms("AL-A")) == found


def test_a_merged_commune_has_the_summed_history_of_its_predecessors(report):
    # 1 + 1 (+ 0) a year in A and B is 2 a year in M: 4 are above, 2 would not be.
    week = Period.of("week", TODAY)
    old = {week.year_before(n).start: 1 for n in range(2, 6)}
    new = {week.year_before(1).start: 2}
    report(*series_of(old, "varicella", "A"), *series_of(old, "varicella", "B"),
           *series_of(new, "varicella", "M"), *past([0]), at=LONG_AGO)  # fmt: skip

    report(*this_week(4, "M"))

    (alarm,) = Alarm.objects.filter(rule="AL-B1")
    assert (alarm.expected, alarm.commune_id) == (2.0, place("M"))


def test_an_alarm_says_what_was_expected_from_which_years(report):
    report(*past(BASELINE), at=LONG_AGO)
    report(*this_week(9))

    (row,) = queries.alarms(by=PROGRAM, rules_=["AL-B1"]).rows

    assert str(row.sentence) == (
        "9 cases in the week of 19/10/2026; 1 to 4 expected from the same weeks of 2021–2025."
    )
    assert queries.line_list(by=PROGRAM, filters=row.filters).total == 9


def test_with_too_few_years_linked_cases_are_the_floor(report):
    year = Period.of("week", TODAY).year_before(1).start
    report(*series_of({year: 1}, "varicella", "D"), at=LONG_AGO)

    report(*this_week(3, cluster="lớp 2A"))

    (row,) = queries.alarms(by=PROGRAM, rules_=["AL-B1"]).rows
    assert str(row.sentence) == (
        "3 linked cases in the week of 19/10/2026; 3 are an alert, because too few earlier"
        " years can be compared (1)."
    )
    assert queries.line_list(by=PROGRAM, filters=row.filters).total == 3


def test_scanning_again_raises_nothing_twice(report):
    report(*past(BASELINE), at=LONG_AGO)
    report(*this_week(5))
    scan(on=TODAY, at=NOW)
    before = alarms()

    again = scan(on=TODAY, at=NOW)
    once_more = scan(on=TODAY, at=NOW + timedelta(hours=1))

    assert (again, once_more, alarms()) == ([], [], before)


def test_a_new_count_brings_the_same_alarm_up_to_date(report):
    report(*past(BASELINE), at=LONG_AGO)
    report(*this_week(4))
    report(*this_week(1))

    (row,) = alarms("AL-B1")
    assert row[1:4] == (WEEK.label, 5, "above-2sd")
    detail = queries.alarm(by=PROGRAM, id=Alarm.objects.get(rule="AL-B1").id)
    assert [kept.payload["observed"] for kept in detail.history] == [4, 5]


def test_a_late_report_raises_the_alarm_of_its_own_week(report):
    report(*past([0]), at=LONG_AGO)
    before = Period.of("week", TODAY).previous()

    report(*series_of({before.start: 6}, "varicella", "D"))

    assert ("AL-B1", before.label, 6, "above-2sd", "") in alarms("AL-B1")


def test_an_alarm_whose_cases_were_voided_is_withdrawn(report):
    report(*past(BASELINE), at=LONG_AGO)
    receipts = report(*this_week(4), unit=place("stD"))

    void(receipts[0].id)

    assert alarms("AL-B1")[0][4] == "count-corrected"


def test_a_case_amended_away_withdraws_the_alarm_where_it_was(report):
    report(*past(BASELINE), at=LONG_AGO)
    receipts = report(*this_week(4), unit=place("stD"))

    send(AmendCase(case=receipts[0].id, changes=CaseChanges(commune=place("M"))),
         place("stD"), receipts[0].id)  # fmt: skip

    assert alarms("AL-B1")[0][4] == "count-corrected"


def send(payload, unit, corrects, by=PROGRAM, on=TODAY):
    operation = Operation.of(payload, unit=unit, happened_on=on, recorded_at=NOW, corrects=corrects)
    (receipt,) = commit(by=by, operations=[operation], at=NOW)
    return receipt


def void(id):
    assert send(VoidCase(case=id, reason="Nhập nhầm"), place("stD"), id).ok


def test_an_epidemic_ends_when_a_whole_month_is_back_under(report):
    report(*past(BASELINE, kind="month"), at=LONG_AGO)
    report(*this_week(8))
    scan(on=date(2026, 11, 30), at=datetime(2026, 11, 30, 15, tzinfo=UTC))
    still = alarms("EP-B1")

    scan(on=date(2026, 12, 1), at=datetime(2026, 12, 1, 15, tzinfo=UTC))

    assert still[0][4] == ""
    assert alarms("EP-B1")[0][4] == "END-B"
    assert Alarm.objects.get(rule="EP-B1").closed_on == date(2026, 12, 1)


def test_an_epidemic_year_is_left_out_of_the_baseline(report):
    # With 40 in 2025 the mean hides everything; without it only four years are left.
    report(*past([40, 2, 2, 2, 2]), at=LONG_AGO)
    report(*this_week(6))
    assert alarms("AL-B1") == []

    mark = MarkEpidemicYear(disease="varicella", year=2025, reason="Dịch thủy đậu 2025")
    assert send(mark, place("P"), None).ok
    report(*this_week(1, cluster="a"), *this_week(2, cluster="a"))

    row = Alarm.objects.get(rule="AL-B1")
    assert '"years":[2024,2023,2022,2021]' in row.figures


def test_ears_finds_a_jump_where_no_year_can_be_compared(report):
    weeks = [WEEK.start - timedelta(weeks=n) for n in range(1, 12)]
    report(*series_of(dict.fromkeys(weeks, 1), "varicella", "D"), at=LONG_AGO.replace(month=10))

    report(*this_week(7))

    rules = {row[0] for row in alarms("EARS") if row[1] == WEEK.label}
    assert rules >= {"EARS-C1", "EARS-C2"}


def test_a_scan_of_what_changed_takes_the_same_queries_for_one_pair_and_many(report):
    report(*past(BASELINE), *past(BASELINE, "M", "mumps"), at=LONG_AGO)
    report(*this_week(1))
    pairs = [("varicella", place("D")), ("mumps", place("D")), ("mumps", place("N"))]

    def cost(chosen):
        with CaptureQueriesContext(connection) as captured:
            scan(on=TODAY, at=NOW, pairs=chosen)
        return len(captured)

    assert cost(pairs[:1]) == cost(pairs) <= 10


def triage(alarm, decision, *, by=PROGRAM, unit=None, **rest):
    payload = TriageAlarm(alarm=alarm.id, decision=decision, **rest)
    return send(payload, unit or alarm.commune_id, alarm.id, by=by)


@pytest.fixture
def alarm(report):
    report(*past(BASELINE), at=LONG_AGO)
    report(*this_week(4))
    return Alarm.objects.get(rule="AL-B1")


def test_whoever_answers_owns_the_alarm(alarm, holder):
    chief = holder(("station-head", place("stD")))

    receipt = triage(alarm, "verify", by=chief)

    alarm.refresh_from_db()
    assert receipt.ok, receipt.refusal
    assert (alarm.state, alarm.owner_id, alarm.answered_by_id) == (
        "verified",
        chief.user,
        chief.user,
    )


@pytest.mark.parametrize(
    ("why", "decision", "rest", "code"),
    [
        ("dismissed without a reason", "dismiss", {}, "surveillance.reason-needed"),
        ("at another commune", "verify", {"unit": place("M")}, "surveillance.unknown-alarm"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(alarm, why, decision, rest, code):
    assert triage(alarm, decision, **rest).refusal.code == code, why


def test_a_dismissed_alarm_comes_back_only_when_it_becomes_graver(alarm, report):
    triage(alarm, "dismiss", reason="Nhập trùng danh sách")
    report(*this_week(1))

    alarm.refresh_from_db()
    assert (alarm.observed, alarm.level, alarm.state) == (5, "above-2sd", "new")


def test_people_close_by_hand_and_the_program_by_its_rules(alarm, holder):
    chief = holder(("station-head", place("stD")))
    wrong = send(CloseAlarm(alarm=alarm.id, because="END-B"), place("D"), alarm.id, by=chief)
    right = send(
        CloseAlarm(alarm=alarm.id, because="by-hand", reason="Đã xử lý"),
        place("D"), alarm.id, by=chief,
    )  # fmt: skip

    assert wrong.refusal.code == "surveillance.bad-alarm"
    assert right.ok


def test_nobody_raises_an_alarm_by_hand(alarm, holder):
    from tuyen.apps.surveillance.operations import RaiseAlarm

    payload = RaiseAlarm(rule="AL-A", disease="plague", period=WEEK.label, level="alert",
                         observed=1, method="law/1")  # fmt: skip
    receipt = send(payload, place("D"), None, by=holder(("station-head", place("stD"))))

    assert receipt.refusal.code == "surveillance.program-only"
