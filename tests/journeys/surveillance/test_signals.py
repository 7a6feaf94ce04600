"""Signals in a real browser: told by pictures on a phone, and answered from the inbox."""

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE


def test_a_sign_is_told_with_three_taps_on_a_phone(visit):
    visitor = visit("thonban", PHONE)
    page = visitor.open("/signals/new/")
    visitor.check_accessible()
    visitor.check_fits()

    page.locator(".sign", has=page.locator("[value=dead-poultry]")).click()  # what; where is chosen
    page.locator(".tap", has=page.locator("[value='10']")).click()  # how many
    with page.expect_navigation():
        page.locator("#send .button-primary").click()

    expect(page.locator(".receipt .reached")).to_have_count(3)
    with page.expect_navigation():
        page.get_by_role("link", name="Đến hộp tín hiệu").click()
    expect(page.locator(".alarm-title", has_text="Gà, vịt ốm chết nhiều")).to_have_count(1)
    first = page.locator(".alarm-title").first.bounding_box()
    assert first["y"] + first["height"] < PHONE["height"], "the first signal is on the first screen"
    page.locator(".fold-on-phone summary").click()
    expect(page.locator("#f-state")).to_be_visible()
    visitor.check_accessible()
    visitor.check_fits()


def test_from_alarm_to_assigned_response_in_three_interactions(visit):
    visitor = visit("cdc")
    page = visitor.open("/signals/")
    chosen = page.locator(".alarm-group").first
    title = chosen.locator(".alarm-title").inner_text()
    interactions = 0

    with page.expect_navigation():
        chosen.get_by_role("link", name="Đáp ứng…").click()
    interactions += 1
    lead = page.locator("#assignee option", has_text="Trưởng trạm y tế").first.inner_text()
    page.select_option("#assignee", label=lead)
    interactions += 1
    with page.expect_navigation():
        page.locator("#respond .button-primary").click()
    interactions += 1

    assert interactions == 3
    visitor.open("/signals/?state=outbreak")
    row = page.locator(".alarm-group", has=page.locator(".alarm-title", has_text=title))
    expect(row).to_have_count(1)
    expect(row).to_contain_text(lead.split(" · ")[0])  # the name of whoever it was given to


def test_the_inbox_is_walked_by_keys(visit):
    visitor = visit("cdc")
    page = visitor.open("/signals/")
    second = page.locator("[data-row]").nth(1)

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert "/signals/groups/" in page.url
    visitor.check_accessible()
