"""A drill from its button to its record: the walled copy, its frame, its clock, a case, its score."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Province

WORDS = "BUỔI DIỄN TẬP · DRILL · 演练"


@pytest.fixture
def drills(province: Province) -> Iterator[Path]:
    """Where drills of the served demo lie; what was started there is stopped again, by its id."""
    folder = province.home / "drills"
    yield folder
    for path in folder.glob("*/drill.pid"):
        os.kill(int(path.read_text(encoding="ascii")), signal.SIGTERM)


def wait_for(found, seconds=150):
    for _ in range(seconds * 5):
        if hit := found():
            return hit
        time.sleep(0.2)
    raise AssertionError("it did not come")


@pytest.mark.nightly  # an installation of its own; drills are played without a browser at every change
def test_a_drill_is_started_played_ended_and_kept(visit, province, drills, browser):
    real = visit("cdc")
    real.open("/drills/")
    real.check_accessible()
    real.page.check("#s-measles_village")
    real.page.fill("#d-seed", "3")  # whose first case is told on the third day
    with real.page.expect_navigation():
        real.page.click("#start button")
    pid = wait_for(lambda: next(drills.glob("*/drill.pid"), None))
    mark = json.loads((pid.parent / "drill.json").read_text(encoding="utf-8"))
    wait_for(lambda: (pid.parent / "clock.json").exists())

    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(30_000)
    url = f"http://127.0.0.1:{mark['port']}"
    wait_for(lambda: reached(page, f"{url}/sign-in/"))
    expect(page.locator(".demo-drill")).to_contain_text(WORDS)
    page.fill("[name=login]", "cdc")
    page.fill("[name=password]", province.password)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    expect(page.locator("[name=password]")).to_be_visible()  # no login of reality opens it

    page.fill("[name=login]", "dt-cdc")
    page.fill("[name=password]", mark["password"])
    with page.expect_navigation():
        page.click("main button[type=submit]")
    for _ in range(4):  # to the fourth day, on which the first case is told
        page.goto(f"{url}/drills/")
        page.select_option("#c-hours", "24")
        with page.expect_navigation():
            page.click("button[name=what][value=jump]")
    expect(page.locator(".drill-frame")).to_have_count(1)
    told = wait_for(
        lambda: reached(page, f"{url}/cases/") and page.get_by_text("DIỄN TẬP 0").count()
    )
    assert told > 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.goto(f"{url}/drills/")
    page.fill("#e-reason", "đã đủ")
    with page.expect_navigation():
        page.click("#end button")
    expect(page.locator(".stat-value").first).to_be_visible()
    context.close()

    wait_for(lambda: (pid.parent / "result.json").exists())
    real.open("/drills/")
    assert real.page.locator(".demo-drill").count() == 0
    with real.page.expect_navigation():
        real.page.click("#made form button")
    expect(real.page.locator("#findings")).to_be_visible()
    real.check_accessible()
    real.open("/cases/?text=DI%E1%BB%84N")
    assert real.page.get_by_text("DIỄN TẬP 0").count() == 0


def reached(page, address):
    try:
        return page.goto(address).ok
    except Exception:
        return False
