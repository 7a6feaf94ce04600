"""A small demo province behind a real server, and people in a real browser.

One province is built for the whole run (a fifth of a minute) and served by the program itself on a
port of this machine. Each test gets a browser context of its own. What goes wrong in the browser
(a console error, a request to another host) fails the test that met it.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    TimeoutError,
    expect,
    sync_playwright,
)

from tests.demos import copy_of_demo
from tests.ports import free_port

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
PATIENCE = 60_000  # ms, of a machine that is beside other work; what comes sooner is not waited for
expect.set_options(timeout=PATIENCE)
NOBODY: dict[str, Any] = {"logins": [], "password": ""}

# A page is still when nothing that htmx asked for is on its way. Waiting for half a second without
# any request, as browsers' drivers offer, is what most of the time of a walk would be spent on.
STILL = """() => document.readyState === 'complete'
  && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"""


@dataclass
class Province:
    """The served demo: where it is, and who can sign in."""

    url: str
    home: Path
    password: str
    logins: dict[str, dict[str, Any]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """A demo, served until the session ends. Browsers that walk side by side have one each."""
    home = tmp_path_factory.mktemp("journeys") / "demo"
    copy_of_demo(home, tmp_path_factory)
    with served(home) as here:
        yield here


@contextmanager
def served(home: Path) -> Iterator[Province]:
    """An installation (a demo says who can sign in), behind a server of its own."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TUYEN_", "DJANGO_"))}
    environment["TUYEN_COMPILE"] = "0"  # a page that computes is waited for, not asked again
    marked = home / "demo.json"
    mark = json.loads(marked.read_text(encoding="utf-8")) if marked.exists() else NOBODY
    if mark is NOBODY:
        environment["TUYEN_LOOPBACK"] = "1"  # a demo brings its own leave to speak plain HTTP
    port = free_port()
    serve = ["-m", "tuyen", "serve", "--home", str(home), "--port", str(port), "--workers", "1"]
    log = (home / "server.log").open("w")
    server = subprocess.Popen([sys.executable, *serve], env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/sign-in/", server)
        logins = {login["login"]: login for login in mark["logins"]}
        yield Province(url, home, mark["password"], logins)
    finally:
        server.terminate()
        server.wait(timeout=120)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--disable-gpu", "--disable-background-networking", "--disable-sync",
                  "--disable-component-update", "--no-first-run", "--disable-quic"],
        )  # fmt: skip
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at a browser, and what the browser complained about."""

    page: Page
    province: Province
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.province.url + path, wait_until="load")
        try:
            self.page.wait_for_function(STILL)
        except TimeoutError as late:
            moving = self.page.eval_on_selector_all(
                ".htmx-request", "all => all.map(e => e.outerHTML.slice(0, 200))"
            )
            raise AssertionError(f"{path} does not come to rest: {moving}") from late
        return self.page

    def click(self, selector: str) -> Page:
        """Press what leads to another page (or the same one, answered), and wait for it."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.click(selector)
        self.page.wait_for_function(STILL)
        return self.page

    def sign_in(self, login: str) -> Page:
        self.open("/sign-in/")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", self.province.password)
        return self.click("main button[type=submit]")

    def speaks(self, language: str) -> None:
        """Switch the language as one would: by its button."""
        self.click(f"button[name=language][value={language}]")

    def check_accessible(self, *, contrast: bool = True) -> None:
        """No violation of WCAG 2.2 AA that axe can find.

        To find what lies behind every word takes as long as all else together.
        """
        rules = {
            "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
            "resultTypes": ["violations"],  # what is right need not be told node by node
            "rules": {"color-contrast": {"enabled": contrast}},
        }
        found = Axe().run(self.page, options=rules).response["violations"]
        assert found == [], self.page.url + ": " + str([
            (v["id"], v["help"], [node["html"][:160] for node in v["nodes"][:3]]) for v in found
        ])  # fmt: skip

    def check_fits(self) -> None:
        """Nothing sticks out sideways."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"


@pytest.fixture
def visit(browser: Browser, province: Province) -> Iterator[Callable[..., Visitor]]:
    """``visit(login, size)``: a signed-in person, or, without a login, somebody at the door."""
    contexts: list[tuple[BrowserContext, Visitor]] = []

    def make(login: str | None = None, size: dict[str, int] | None = None) -> Visitor:
        context = browser.new_context(
            viewport=size or DESK, locale="vi-VN", reduced_motion="reduce"
        )
        visitor = Visitor(context.new_page(), province)
        visitor.page.set_default_timeout(PATIENCE)
        _listen(visitor)
        contexts.append((context, visitor))
        if login:
            visitor.sign_in(login)
        return visitor

    yield make
    for context, visitor in contexts:
        context.close()
        assert visitor.complaints == []


# What htmx says when a page is left before its last request was answered; a request that fails is
# also told as htmx:sendError or htmx:responseError, and those are complaints.
LEFT_BEHIND = ("htmx:sendAbort", "htmx:afterRequest")


def _listen(visitor: Visitor) -> None:
    def on_console(message: Any) -> None:
        # A form with errors answers 422.
        expected = "status of 4" in message.text or message.text.startswith(LEFT_BEHIND)
        if message.type == "error" and not expected:
            visitor.complaints.append(f"console: {message.text}")

    def on_request(request: Any) -> None:
        if not request.url.startswith((visitor.province.url, "data:", "blob:")):
            visitor.complaints.append(f"a request to another host: {request.url}")

    visitor.page.on("console", on_console)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"page: {error}"))
    visitor.page.on("request", on_request)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(900):  # a busy machine takes its time to start
        assert server.poll() is None, "the server stopped while starting; see server.log"
        try:
            urllib.request.urlopen(url, timeout=30).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")
