"""A course is planned, a head puts somebody forward, it is held and closed; the hours stand on their own page."""

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

TODAY = "25/10/2026"
TITLE = "Cập nhật xử trí cấp cứu tại trạm"


def test_a_course_is_planned_held_and_its_hours_stand_on_ones_own_page(visit):
    planner = visit("kehoach")
    page = planner.open("/workforce/training/new/")
    planner.check_accessible()
    page.fill("#title", TITLE)
    page.fill("#place", "Hội trường Sở Y tế")
    page.fill("#days", f"{TODAY} 8")
    page.fill("#seats", "5")
    page.get_by_label("Cấp cứu ban đầu").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Lập kế hoạch lớp").click()
    expect(page.locator("h1")).to_have_text(TITLE)
    course = page.url.replace(planner.province.url, "")

    head = visit("tramtruong", PHONE)
    me = head.open("/workforce/me/")
    name = me.locator("main h2").first.inner_text()
    seen = head.open("/workforce/training/")
    head.check_fits()
    head.check_accessible()
    with seen.expect_navigation():
        seen.get_by_role("link", name=TITLE).first.click()
    seen.locator("summary", has_text="Cử người đi học").click()
    seen.get_by_label(name).check()
    with seen.expect_navigation():
        seen.get_by_role("button", name="Cử đi học", exact=True).click()
    expect(seen.locator("tbody tr", has_text=name)).to_contain_text("được cử")
    head.check_fits()

    planner.open(course)
    page.locator(f"input[type=checkbox][aria-label='{name}']").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Xếp chỗ cho người được chọn").click()
    expect(page.locator("tbody tr", has_text=name)).to_contain_text("đã có chỗ")
    planner.check_accessible()
    page.locator("summary", has_text=TODAY).click()
    with page.expect_navigation():
        page.get_by_role("button", name="Lưu điểm danh").click()
    page.fill("#series", "GCN-SYT")
    with page.expect_navigation():
        page.press("#series", "Enter")
    expect(page.locator("tbody tr", has_text=name)).to_contain_text("/2026/GCN-SYT")
    planner.open(course + "certificates/")
    expect(page.locator(".course-paper")).to_contain_text(name)

    me = head.open("/workforce/me/")
    expect(me.locator(".papers li", has_text=TITLE).first).to_be_visible()
    expect(me.locator("main")).to_contain_text("GCN-SYT")
    head.check_fits()
    head.check_accessible()
