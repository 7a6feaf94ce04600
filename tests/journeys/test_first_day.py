"""The first day: a new installation with a map and nobody in it, walked by its administrator."""

import os
import re
import subprocess
import sys

import pytest

from tests.journeys.conftest import DESK, PATIENCE, PHONE, Visitor, served
from tests.journeys.walking import walk

PASSWORD = "mot-mat-khau-dai-cua-rieng-toi"  # of an installation that ends with the test


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A fresh installation with the published map of one province, and its one-time link."""
    home = tmp_path_factory.mktemp("first-day") / "home"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TUYEN_", "DJANGO_"))}
    environment["TUYEN_LOOPBACK"] = "1"

    def tuyen(*words):
        command = [sys.executable, "-m", "tuyen", *words, "--home", str(home)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-1500:]
        return done.stdout

    tuyen("migrate")
    tuyen("import", "areas", "--province", "11")
    link = re.search(r"/welcome/#\S+", tuyen("invite"))
    assert link is not None
    with served(home) as here:
        yield here, link[0]


def test_the_first_administrator_walks_screens_on_which_there_is_nothing_yet(browser, installed):
    here, link = installed
    context = browser.new_context(viewport=DESK, locale="vi-VN", reduced_motion="reduce")
    visitor = Visitor(context.new_page(), here)
    visitor.page.set_default_timeout(PATIENCE)
    page = visitor.open(link)
    page.fill("[name=login]", "quantri")
    page.fill("[name=name]", "Nguyễn Thị Khởi Đầu")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    visitor.click("main form button[type=submit]")
    if "/sign-in/" in page.url:
        page.fill("[name=login]", "quantri")
        page.fill("[name=password]", PASSWORD)
        visitor.click("main button[type=submit]")

    def look(page, path):
        visitor.check_accessible()
        page.set_viewport_size(PHONE)
        visitor.check_fits()
        page.set_viewport_size(DESK)

    screens = walk(visitor, look)
    context.close()

    assert len(screens) > 8, screens
    assert visitor.complaints == []
