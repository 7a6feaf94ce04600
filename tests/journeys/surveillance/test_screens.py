"""The screens of surveillance in a real browser: seen on a desk and on a phone, worked by keys."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE

SCREENS = (
    "/board/", "/board/reporting/", "/signals/", "/signals/new/", "/cases/", "/cases/new/", "/cases/export/",
    "/cases/import/",
)  # fmt: skip


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_each_screen_is_accessible_and_fits(visit, size):
    visitor = visit("cdc", size)  # signing in takes as long as judging a screen

    for path in SCREENS:
        visitor.open(path)
        visitor.check_accessible()
        visitor.check_fits()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_signal_and_a_case_are_accessible_and_fit(visit, size):
    visitor = visit("cdc", size)

    for listing, link in (("/signals/", ".alarm-title"), ("/cases/", "#list tbody th a")):
        visitor.open(listing)
        visitor.click(f"{link} >> nth=0")
        visitor.check_accessible()
        visitor.check_fits()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_board_speaks_the_other_languages(visit, language):
    visitor = visit("cdc")
    visitor.open("/board/")

    visitor.speaks(language)

    assert visitor.page.locator("html").get_attribute("lang") == language
    visitor.check_accessible()


def test_a_case_is_reported_by_keys_alone(visit):
    visitor = visit("tramtruong")
    page = visitor.open("/cases/new/")
    keys = page.keyboard

    page.focus("#id_disease")
    keys.type("soi", delay=40)
    page.wait_for_selector("#id_disease_list [role=option]")
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("20/10/2026")
    page.wait_for_selector("#side .due")
    while page.evaluate("document.activeElement.id") != "id_name":
        keys.press("Tab")
    keys.type("Lò Thị Thử Nghiệm")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    keys.type("8 tháng")
    keys.press("Enter")
    page.wait_for_url("**/cases/*-*/")

    expect(page.locator(".receipt .reached")).to_have_count(3)
    visitor.check_accessible()


def test_a_chosen_resident_fills_the_form(visit):
    page = visit("tramtruong").open("/cases/new/")

    page.focus("#id_name")
    page.keyboard.type("lo", delay=40)
    page.wait_for_selector("#id_name_list [role=option][data-value]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_age")).not_to_have_value("")

    assert page.locator("[name=sex]:checked").count() == 1
    assert page.input_value("#id_place_id")
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_the_map_changes_with_its_disease_and_its_day(visit):
    page = visit("cdc").open("/board/")
    new = page.locator("#where .shape").count()

    page.check("#where input[value=old]")
    expect(page.locator("#where .shape")).not_to_have_count(new)
    old = page.locator("#where .shape").count()
    with page.expect_response(lambda answer: "disease=" in answer.url):
        page.select_option("#map-disease", index=1)

    expect(page.locator("#where .shape")).to_have_count(old)
    assert old > new


def test_a_filter_changes_the_list_and_the_address(visit):
    page = visit("cdc").open("/cases/")

    page.select_option("#f-class", "confirmed")
    page.wait_for_url("**class=confirmed**")
    expect(page.locator("#list .sure-suspected")).to_have_count(0)

    assert page.locator("#list .sure-confirmed").count() > 0


def test_an_alarm_is_taken_on_from_the_inbox(visit):
    page = visit("cdc").open("/signals/")
    before = page.locator("button[value=take]").count()

    with page.expect_navigation():
        page.locator("button[value=take]").first.press("Enter")

    assert page.url.endswith("/signals/")
    expect(page.locator("button[value=take]")).to_have_count(before - 1)


def test_a_line_list_is_taken_in_and_already_had_the_second_time(visit, tmp_path):
    file = tmp_path / "ca-benh.csv"
    file.write_text(
        "DANH SÁCH CA BỆNH\n\nSTT,Họ tên,Giới,Tuổi,Xã,Chẩn đoán,Ngày khởi phát,Phân loại\n"
        "1,Lò Văn Nhập,Nam,12,Nà Hỳ,Sởi,15/10/2026,nghi ngờ\n"
        "2,Giàng A Sai,Nam,30,Xã Không Có,Sởi,17/10/2026,nghi ngờ\n",
        encoding="utf-8",
    )
    visitor = visit("tramtruong")
    for expected in ("1", "0"):
        page = visitor.open("/cases/import/")
        page.set_input_files("#file", file)
        visitor.click("main form .button-primary")
        visitor.check_accessible()
        visitor.click("main form .button-primary")
        page.wait_for_url("**/check/")
        visitor.check_accessible()
        assert page.locator(".stat-value").nth(1).inner_text() == expected
        if expected == "1":
            page.check("[name=good]")
            visitor.click("main form .button-primary")
            page.wait_for_selector(".receipt")
            visitor.check_accessible()


def test_everything_works_without_script(browser, province):
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(province.url + "/sign-in/")
    page.fill("[name=login]", "tramtruong")
    page.fill("[name=password]", province.password)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    page.goto(province.url + "/cases/new/")

    page.fill("#id_disease", "Sởi")
    page.fill("#id_onset_on", "18/10/2026")
    page.fill("#id_name", "Vàng Thị Không Mã")
    page.check("[name=sex][value=female]")
    page.fill("#id_age", "5")
    with page.expect_navigation():
        page.click(".report-send .button-primary")

    assert "/cases/new/" not in page.url
    expect(page.locator(".receipt .reached")).to_have_count(3)
    context.close()
