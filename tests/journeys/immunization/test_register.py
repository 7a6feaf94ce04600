"""A birth, the doses that follow it, and the card that changes with each of them."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE
from tuyen.cli.demo import DAY

BOOKLET = [("BCG", 5), ("HepB", 0), ("DTP-HepB-Hib", 62), ("bOPV", 62), ("DTP-HepB-Hib", 93),
           ("bOPV", 93), ("DTP-HepB-Hib", 124), ("bOPV", 124)]  # fmt: skip


def born(nurse, days, name):
    """Register a child that many days old and open its card; returns the page."""
    page = nurse.open("/people/new/")
    page.fill("[name=name]", name)
    page.check("[name=sex][value='2']")
    page.fill("[name=born_on]", f"{DAY - timedelta(days=days):%d/%m/%Y}")
    page.focus("[name=place]")
    page.keyboard.type("pom hoc")
    page.wait_for_selector("#id_place_list:not([hidden]) [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return nurse.click("main a[href*='/immunization/children/']")


def test_a_due_dose_is_recorded_and_the_next_one_is_another(visit):
    nurse = visit("tramtruong", PHONE)
    page = born(nurse, 70, "Lò Thị Mủa Xuân")
    before = page.locator("main table").first.inner_text()
    assert page.locator(".dose-valid").count() == 0

    nurse.click("main a[href$='/record/']")
    nurse.check_accessible()
    nurse.click("main form .button-primary")  # without a screening nothing is taken
    assert page.locator("[aria-invalid], .error-summary").count() > 0
    page.check("[name=screened]")
    nurse.click("main form .button-primary")

    assert page.locator(".dose-valid").count() > 0
    assert page.locator("main table").first.inner_text() != before
    nurse.check_fits()
    nurse.check_accessible()


def test_a_booklet_comes_in_by_a_file_and_one_of_its_doses_is_corrected(visit):
    nurse, name = visit("tramtruong"), "Lò Thị Chum Sao"
    page = born(nurse, 200, name)
    card, day = page.url, f"{DAY - timedelta(days=130):%d/%m/%Y}"
    row = f"{name},{DAY - timedelta(days=200):%d/%m/%Y},198,{day}"
    sent = f"Họ tên,Ngày sinh,Vắc xin,Ngày tiêm\n{row}\n{row.replace('198', '999')}\n"
    page = nurse.open("/immunization/import/")
    page.set_input_files(
        "[name=file]",
        {"name": "so-tiem.csv", "mimeType": "text/csv", "buffer": sent.encode()},
    )
    for _ in range(2):  # the file is read, its columns are matched
        nurse.click("main form .button-primary")
    nurse.check_accessible()
    page.check("[name=good]")
    nurse.click("main form[action$='/accept/'] .button-primary")

    nurse.open(card.removeprefix(nurse.province.url))
    nurse.click("main a[href$='/amend/']")
    with page.expect_response("**/effect/"):
        page.fill("[name=on]", f"{DAY - timedelta(days=180):%d/%m/%Y}")
        page.keyboard.press("Tab")
    expect(page.locator(".diff del").first).to_have_text(day)
    page.fill("[name=reason]", "đọc nhầm tháng")
    nurse.check_accessible()
    nurse.click("main form .button-primary")
    page.locator("tr details.why > summary").last.click()
    expect(page.locator("tr details.why").last).to_contain_text("đọc nhầm tháng")


@pytest.mark.nightly
def test_from_birth_to_fully_immunised(visit):
    nurse = visit("tramtruong")
    page = born(nurse, 300, "Lò Thị Bó Phương")
    nurse.click("main a[href$='/history/']")
    for n, (vaccine, days) in enumerate(BOOKLET):
        page.select_option(f"[name=vaccine{n}]", vaccine)
        page.fill(f"[name=on{n}]", f"{DAY - timedelta(days=300 - days):%d/%m/%Y}")
    nurse.click("main form .button-primary")
    assert page.locator(".badge-good").count() > len(BOOKLET)
    nurse.check_accessible()

    card = page.url
    nurse.click("main a[href$='/record/']")
    chosen = [page.input_value(f"[name=vaccine{n}]") for n in range(4)]
    assert "Measles" in chosen
    page.check("[name=screened]")
    nurse.click("main form .button-primary")
    assert page.url == card

    page.locator("a[href$='/void/']").first.click()
    page.fill("[name=reason]", "Nhầm trẻ khác")
    nurse.click("main form .button-primary")
    assert page.locator("tr.row-void").count() == 1
    nurse.open("/immunization/coverage/")
    nurse.check_accessible()
    nurse.check_fits()
