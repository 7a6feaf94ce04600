"""A station loses its doctors: the gap is seen, somebody is proposed from elsewhere, and comes."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

DOCTORS = ("Bác sĩ", "Bác sĩ y học dự phòng")


def test_a_station_that_loses_its_doctors_is_given_one(visit):
    planner = visit("kehoach")
    page = planner.open("/workforce/")
    rows = page.locator("tbody tr").all()
    fewest = min(
        rows, key=lambda row: int(re.sub(r"\D.*", "", row.locator("td").nth(5).inner_text()) or 0)
    )
    station = fewest.locator("th a").get_attribute("href")
    unit = station.rstrip("/").rpartition("/")[2]

    for cadre in ("doctor", "preventive-doctor"):
        planner.open(f"/workforce/staff/?unit={unit}&cadre={cadre}")
        files = [one.get_attribute("href") for one in page.locator("tbody th a").all()]
        for file in files:
            planner.open(file)
            today = page.locator("summary", has_text="Kết thúc hoặc loại bỏ").first
            today.click()
            form = page.locator("details[open] form").first
            form.locator("[name=until]").fill("25/10/2026")
            form.locator("[name=reason]").fill("Nghỉ việc theo nguyện vọng")
            with page.expect_navigation():
                form.get_by_role("button", name="Kết thúc vị trí").click()
            expect(page.locator(".notice-good")).to_be_visible()

    planner.open(station)
    expect(page.locator(".notice-bad").first).to_contain_text("Bác sĩ")
    with page.expect_navigation():
        page.get_by_role("link", name="Ai có thể về?").click()
    name = page.locator("tbody tr", has_text="Bác sĩ").first.locator("th").inner_text()
    page.fill("#since", "25/10/2026")
    page.fill("#reason", "Trạm không còn bác sĩ")
    with page.expect_navigation():
        page.press("#reason", "Enter")
    proposed = page.locator("main li", has_text=name).first
    expect(proposed).to_contain_text("chờ trả lời")
    planner.check_accessible()
    with page.expect_navigation():
        proposed.get_by_role("button", name="Đồng ý", exact=True).click()
    expect(page.locator("main li", has_text=name).first).to_contain_text("đã đồng ý")
    planner.open(station)
    expect(page.locator(".notice-bad", has_text="Bác sĩ")).to_have_count(0)

    head = visit("tramtruong", PHONE)
    head.open("/workforce/me/")
    head.check_fits()
    head.check_accessible()
