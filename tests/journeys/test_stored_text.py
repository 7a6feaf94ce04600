"""Whatever somebody typed, a browser shows it and runs nothing of it: on every screen of every post.

A province is planted with text that would run (``planting.py``). Four things would tell: a dialog, a
mark left on the page, a complaint of the browser (its policy stopped what should not have been
there), an element of ours that nobody wrote.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.journeys.conftest import DESK, PATIENCE, Visitor, served
from tests.journeys.planting import MARK
from tests.journeys.walking import LEFT_OUT, shape

ROOT = Path(__file__).resolve().parents[2]
ASKED = [
    f"/{place}?q={MARK}" for place in (
        "accounts/", "people/", "households/", "palette/", "units/", "units/suggest/", "suggest/places/",
        "suggest/persons/", "cases/", "tablets/", "duplicates/like/",
    )
] + ["/cases/?view=dense", "/cases/export/", "/map/?show=people", "/operations/refused/", "/figures/"]  # fmt: skip
WATCH = """
document.addEventListener("securitypolicyviolation", event => console.error("policy: " + event.violatedDirective));
"""
STRANGE = """() => [
  ...document.querySelectorAll("iframe, object, embed, base, marquee, meta[http-equiv], details[ontoggle]"),
  ...[...document.querySelectorAll("script:not([src])")].filter(s => !/json/.test(s.type)),
  ...document.querySelectorAll("main style"),
  ...[...document.querySelectorAll("a[href], form[action]")].filter(
     e => /^\\s*(javascript|data|vbscript):/i.test(e.getAttribute("href") || e.getAttribute("action") || "")),
  ...[...document.querySelectorAll("*")].filter(e => [...e.attributes].some(a => /^on/.test(a.name))),
].map(e => e.outerHTML.slice(0, 120)).concat(window.zqxran ? ["the mark of something that ran"] : [])"""
FEW, MOST = 60, 600


@pytest.fixture(scope="module")
def planted(province, tmp_path_factory):
    """The demo of this run again, with the text planted, behind a server of its own."""
    home = tmp_path_factory.mktemp("planted") / "demo"
    shutil.copytree(province.home, home)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TUYEN_", "DJANGO_"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    done = subprocess.run([sys.executable, "-m", "tests.journeys.planting", str(home)], cwd=ROOT,
                          env=environment, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    with served(home) as here:
        yield here, json.loads(done.stdout.splitlines()[-1])["paths"]


class Detector:
    """Somebody's browser on the planted province, and whatever ran, or would have, by address."""

    def __init__(self, browser, province, login):
        self.found, self.shown, self.path = [], 0, ""
        self.context = browser.new_context(viewport=DESK, locale="vi-VN", reduced_motion="reduce")
        self.context.add_init_script(WATCH)
        visitor = Visitor(self.context.new_page(), province)
        self.page = visitor.page
        self.page.set_default_timeout(PATIENCE)
        self.page.on("dialog", lambda dialog: (self.note("a dialog"), dialog.dismiss()))
        self.page.on("pageerror", lambda error: self.note(f"an error: {error}"))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)
        self.url = province.url
        visitor.sign_in(login)

    def note(self, what):
        self.found.append(f"{self.path}: {what}")

    def _heard(self, message):
        if message.type == "error" and "status of 4" not in message.text:
            self.note(f"console: {message.text[:160]}")

    def _asked(self, request):
        if not request.url.startswith((self.url, "data:", "blob:")) or request.url.endswith("/x"):
            self.note(f"a request to {request.url[:80]}")

    def _opened(self, path):
        """The answer to a request; the browser's own page about a failed one may still be coming."""
        for _ in range(5):
            try:
                return self.page.goto(self.url + path, wait_until="load")
            except Error as error:
                if "interrupted by another navigation" not in str(error):
                    raise
                self.page.wait_for_timeout(500)
        return self.page.goto(self.url + path, wait_until="load")

    def look(self, path):
        """Open an address; returns the links of the page."""
        self.path = path
        try:
            answer = self._opened(path)
        except Error as error:
            assert "ERR_HTTP_RESPONSE_CODE_FAILURE" in str(error)  # noqa: PT017 - no page, no text
            return []
        assert answer is None or answer.status < 500, path
        self.shown += MARK in self.page.content()
        for what in self.page.evaluate(STRANGE):
            self.note(what)
        return self.page.eval_on_selector_all(
            "a[href]", "all => all.map(a => a.getAttribute('href'))"
        )


def crawl(detector, planted, each, most):
    """Every screen that links lead to, ``each`` of its addresses, and what was planted."""
    seen, waiting, visited = {}, ["/", *ASKED, *planted], set()
    while waiting and len(visited) < most:
        path = waiting.pop(0)
        if path in visited or seen.get(shape(path), 0) >= each + path.startswith(tuple(ASKED)):
            continue
        visited.add(path)
        seen[shape(path)] = seen.get(shape(path), 0) + 1
        for link in detector.look(path):
            if link.startswith("/") and not LEFT_OUT.search(link):
                waiting.append(link.split("#")[0])
    return visited


@pytest.mark.check("IN-04")
@pytest.mark.parametrize(
    "login",
    [pytest.param("tramtruong", marks=pytest.mark.nightly), "quantri"],  # a minute
)
def test_nothing_that_was_typed_runs_in_a_browser(login, browser, planted):
    here, paths = planted
    detector = Detector(browser, here, login)
    screens = crawl(detector, paths, each=1, most=FEW)
    detector.context.close()

    assert detector.found == []
    assert len(screens) > 15, screens
    assert detector.shown > 8


@pytest.mark.nightly
@pytest.mark.check("IN-04")
@pytest.mark.parametrize(
    "login", ["tramtruong", "quantri", "cdc", "kehoach", "giamdoc", "trungtam", "hosinh"]
)
def test_nothing_that_was_typed_runs_on_any_record(login, browser, planted):
    here, paths = planted
    detector = Detector(browser, here, login)
    screens = crawl(detector, paths, each=25, most=MOST)
    detector.context.close()

    assert detector.found == []
    assert len(screens) > 30
    assert detector.shown > 5


@pytest.mark.check("IN-04", mutant=True)
def test_mutant_a_page_that_believes_what_it_was_told_is_found(browser, planted):
    """Each planted text stands in the page as it was typed, as ``|safe`` would put it there."""
    here, _paths = planted
    detector = Detector(browser, here, "tramtruong")

    def believe(route):
        answer = route.fetch()
        told = re.sub(r"&lt;[^<>]*?zqx", lambda text: html.unescape(text[0]), answer.text())
        route.fulfill(response=answer, body=told)

    detector.page.route("**/cases/**", believe)
    detector.look("/cases/?view=dense")
    stopped = [what for what in detector.found if "console" in what]
    detector.context.close()

    assert len(detector.found) > 3
    assert stopped != [], "the policy of the page would have stopped it too"
