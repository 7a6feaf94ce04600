"""A station loses its doctors: the gap is seen, next month's roster says it, somebody is asked for and comes."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

NEXT = "2026-11"


@pytest.mark.nightly  # half a minute and more in a browser: the checks have thirty
def test_a_station_that_loses_its_doctors_is_given_one_and_its_month_is_in_force(visit):
    centre = visit("trungtam")
    page = centre.open("/workforce/")
    rows = page.locator("tbody tr").all()
    fewest = min(
        rows, key=lambda row: int(re.sub(r"\D.*", "", row.locator("td").nth(5).inner_text()) or 0)
    )
    station = fewest.locator("th a").get_attribute("href")
    unit = station.rstrip("/").rpartition("/")[2]
    roster = f"/workforce/roster/?unit={unit}&month={NEXT}"

    # The posts of its doctors end.
    for cadre in ("doctor", "preventive-doctor"):
        centre.open(f"/workforce/staff/?unit={unit}&cadre={cadre}")
        for file in [one.get_attribute("href") for one in page.locator("tbody th a").all()]:
            centre.open(file)
            page.locator("summary", has_text="Kết thúc hoặc loại bỏ").first.click()
            form = page.locator("details[open] form").first
            form.locator("[name=until]").fill("25/10/2026")
            form.locator("[name=reason]").fill("Nghỉ việc theo nguyện vọng")
            with page.expect_navigation():
                form.get_by_role("button", name="Kết thúc vị trí").click()
            expect(page.locator(".notice-good")).to_be_visible()

    # The gap shows, and the month to come says in words what nobody there can cover.
    centre.open(station)
    expect(page.locator(".notice-bad").first).to_contain_text("Bác sĩ")
    centre.open(roster)
    expect(page.locator("main")).to_contain_text("Chưa ai lập lịch trực tháng 11/2026")
    expect(page.locator(".notice-bad")).to_have_count(0)
    centre.click("button:has-text('Xếp lịch')")
    lacks = page.locator(".notice-bad", has_text="Bác sĩ: thiếu 1")
    expect(lacks).to_contain_text("Đơn vị không có ai thuộc chức danh này")
    centre.check_accessible()

    # The unit that wants a doctor asks for one, and the side that gives agrees.
    centre.open(station)
    with page.expect_navigation():
        page.get_by_role("link", name="Ai có thể về?").click()
    name = page.locator("tbody tr", has_text="Bác sĩ").first.locator("th").inner_text()
    page.fill("#since", "25/10/2026")
    page.fill("#reason", "Trạm không còn bác sĩ")
    with page.expect_navigation():
        page.press("#reason", "Enter")
    expect(page.locator("main li", has_text=name).first).to_contain_text("chờ trả lời")
    department = visit("kehoach")
    given = department.open("/workforce/transfers/")
    asked = given.locator("main li", has_text=name).first
    department.check_accessible()
    with given.expect_navigation():
        asked.get_by_role("button", name="Đồng ý", exact=True).click()
    expect(given.locator("main li", has_text=name).first).to_contain_text("đã đồng ý")

    # The month is worked out with them, and put in force.
    centre.open(roster)
    centre.click("button:has-text('Xếp lịch')")
    expect(lacks).to_have_count(0)
    expect(page.locator("tbody tr", has_text=name)).to_have_count(1)
    centre.click("button:has-text('Ban hành')")
    expect(page.locator("main")).to_contain_text("Đang hiệu lực")
    centre.check_accessible()
    centre.check_fits()

    phone = visit("trungtam", PHONE)
    phone.open(roster)
    expect(phone.page.locator(".roster-days")).to_contain_text(name)
    phone.check_fits()
    phone.check_accessible()
    head = visit("tramtruong", PHONE)
    for path in ("/workforce/roster/", "/workforce/me/duty/"):
        head.open(path)
        head.check_fits()
        head.check_accessible()
