"""A reorganisation by keyboard: one composes and proposes, another confirms, and it is undone alike."""

from tests.journeys.conftest import PHONE

BASIS = "Nghị quyết số 77/NQ-HĐND ngày 10/11/2026 của Hội đồng nhân dân tỉnh Điện Biên"


def choose(page, field, text):
    """Type a part of a name, take the first suggestion."""
    page.focus(f"[name={field}]")
    page.keyboard.type(text)
    page.wait_for_selector(f"#id_{field}_list:not([hidden]) [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value(f"[name={field}_id]")


def compose(planner):
    """A merger of two communes, by keyboard alone; ends at the preview."""
    page = planner.open("/reorganise/new/")
    page.focus("[name=on]")
    page.keyboard.type("01/01/2027")
    page.focus("[name=basis]")
    page.keyboard.type(BASIS)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    choose(page, "row-0-old", "xa na hy")
    choose(page, "row-1-old", "xa cha to")
    page.focus("[name=new]")
    page.keyboard.type("Xã Nà Hỳ Chà Tở")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".steps li").count() == 1
    planner.check_accessible()
    return planner.open("/reorganise/new/preview/")


def test_two_people_reorganise_and_two_undo_it(visit):
    planner = visit("kehoach")
    page = compose(planner)
    planner.check_accessible()

    with page.expect_navigation():
        page.locator(".offer button").first.press("Enter")  # one of two stations stays
    assert page.locator(".offer").count() == 0
    with page.expect_navigation():
        page.locator("form[action$='/propose/'] button").press("Enter")
    proposal = page.url.removeprefix(planner.province.url)
    assert page.locator("form[action$='/confirm/']").count() == 0, "not by the same person"
    planner.check_accessible()

    director = visit("giamdoc", PHONE)
    page = director.open(proposal)
    director.check_accessible()
    director.check_fits()
    with page.expect_navigation():
        page.click("form[action$='/confirm/'] button")
    decision = page.url.removeprefix(planner.province.url)
    assert "proposals" not in decision
    director.check_accessible()
    director.check_fits()

    page = planner.open(f"{decision}undo/")
    planner.check_accessible()
    page.fill("[name=reason]", "Hội đồng nhân dân tỉnh bãi bỏ")
    with page.expect_navigation():
        page.locator("[name=reason]").press("Tab")
        page.keyboard.press("Enter")
    assert page.locator("button[value=confirm]").count() == 0, "not by the same person"
    planner.check_accessible()
    page = director.open(f"{decision}undo/")
    director.check_accessible()
    director.check_fits()
    with page.expect_navigation():
        page.click("button[value=confirm]")
    page = planner.open(decision)
    assert page.locator("main .notice-warn").count() == 1
    assert page.locator("code").count() == 4, "a receipt for each of the four steps"
    planner.check_accessible()
    page = planner.open("/reorganise/")
    assert page.locator("tbody tr", has_text=BASIS).count() == 1
    planner.check_accessible()


def test_a_file_of_steps_names_its_wrong_rows_on_a_phone(visit):
    planner = visit("kehoach", PHONE)
    page = planner.open("/reorganise/new/")
    page.click("details.fold summary")
    rows = "old_code,new_code,kind,weight\nXã Nà Hỳ,Xã Chà Tở,merge,\n99999,Xã Chà Tở,merge,\n"
    file = {"name": "buoc.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.set_input_files("[name=file]", file)
    planner.click("form[action$='/file/'] button")

    assert page.locator("details[open] tbody tr").count() == 1
    assert "99999" in page.inner_text("details[open] tbody tr")
    planner.check_accessible()
    planner.check_fits()
    for kind in ("split", "transfer", "rename", "convert", "close"):
        planner.open(f"/reorganise/new/?kind={kind}")
        planner.check_accessible()
        planner.check_fits()
