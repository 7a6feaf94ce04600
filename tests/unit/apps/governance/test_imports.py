"""Payments from a file: each row says what is wrong with it; a file sent again changes nothing."""

from tests.unit.apps.governance.conftest import NOW, PROGRAM, TODAY, running
from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.governance import imports, queries
from tuyen.apps.governance.imports import Choices
from tuyen.engines.exchange.tabular import read_table

HEAD = "Dự án;Ngày giải ngân;Số tiền;Nguồn vốn;Số chứng từ;Năm kế hoạch\n"
NAME = "Nâng cấp trạm y tế vốn vay"
GOOD = (
    f"{NAME};15/01/2026;2.000.000.000;Vốn vay ODA;GRV-01;2025\n"
    f"{NAME.upper()};20/03/2026;1500000000;loan;GRV-02;\n"
)


def planned(text):
    table = read_table((HEAD + text).encode(), "chi.csv", vocabulary=imports.fields().vocabulary)
    return imports.plan(by=PROGRAM, table=table, on=TODAY, at=NOW, choices=Choices(unit=place("P")))


def codes(made):
    return [finding.refusal.code.removeprefix("governance.") for finding in made.findings]


def test_rows_become_payments_once(db):
    id = running()
    made = planned(GOOD)
    assert (codes(made), len(made.operations)) == ([], 2)
    done = imports.run(by=PROGRAM, plan=made, at=NOW)
    page = queries.project(by=PROGRAM, id=id, on=TODAY)

    assert (done.accepted, done.refused) == (2, 0)
    assert page.row.money.paid == 3_500_000_000
    assert [(one.voucher, one.year) for one in page.payments] == [
        ("GRV-02", 2026),
        ("GRV-01", 2025),
    ]
    again = planned(GOOD)
    assert (len(again.operations), len(again.already)) == (0, 2)


def test_each_row_says_what_is_wrong_with_it_and_the_service_has_the_last_word(db):
    running()
    made = planned(
        GOOD + "Dự án khác;15/01/2026;5;loan;1;\n" + f"{NAME};15/01/2026;5;xổ số;2;\n"
        + f"{NAME};15/01/2026;nhiều;loan;3;\n" + f"{NAME};15/01/2026;5;loan;GRV-01;\n"
        + f"{NAME};15/02/2026;140.000.000.000;loan;4;\n"
    )  # fmt: skip

    assert codes(made) == [
        "project-unknown", "source-unknown", "amount-unreadable", "voucher-twice"]  # fmt: skip
    done = imports.run(by=PROGRAM, plan=made, at=NOW, accept_good_rows=True)
    assert (done.accepted, done.refused) == (2, 1)
    assert codes(made)[-1] == "spent-beyond-source"
