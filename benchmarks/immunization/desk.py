"""What a child costs the nurse at the desk of a session, by keyboard, in a real browser.

``python -m benchmarks.immunization.desk``: plans a session for those who are due in the demo of
``TUYEN_HOME``, opens it, and takes children through it with real keys: a few letters or the scanned
number, the temperature, the doses as they are proposed. Whether a step was understood is seen by
where the cursor stands next; a child for whom anything else is needed fails the run.

The time is that of the keystroke-level model (Card, Moran and Newell, CACM 1980; 23: 396-410): each
key K = 0.2 s (an average typist), a hand that comes back to the keyboard H = 0.4 s, a decision
M = 1.35 s; and R, what the program took to answer, as measured here. Two decisions are counted for
each child: who this is, and that what is proposed is right. Not counted is what no program shortens:
the talk with the family, the questions of the examination, the reading of the thermometer, the
injection. A scan is one K: the reader types, and ends with Enter.
"""

import os
import time
from typing import Any

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note
from benchmarks.serving import served

K, H, M = 0.2, 0.4, 1.35
GOAL = 6.0
TEMPERATURE = "36,8"
LOGIN = "tramtruong"


class Child:
    """The operators that one child took."""

    def __init__(self, page: Any) -> None:
        self.page, self.keys, self.decisions, self.answers = page, 0, 0, 0.0

    def types(self, text: str, *, scanned: bool = False) -> None:
        self.page.keyboard.type(text)
        self.keys += 1 if scanned else len(text)

    def sends(self, then: str) -> None:
        """Enter, and the time until the next field has the cursor."""
        self.keys += 1
        began = time.perf_counter()
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press("Enter")
        self.page.wait_for_selector(f"{then}:focus")
        self.answers += time.perf_counter() - began

    @property
    def operator(self) -> float:
        """Seconds of the person alone, whatever the machine."""
        return self.keys * K + H + self.decisions * M

    @property
    def seconds(self) -> float:
        return self.operator + self.answers


def main() -> None:
    given = measuring.arguments(("children", 12), ("workers", 2))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop of its own
    demo = installation.opened()
    from playwright.sync_api import sync_playwright

    with served(given.workers) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--disable-gpu", "--no-first-run"]
        )
        page = browser.new_page(base_url=f"http://127.0.0.1:{server.port}")
        _sign_in(page, demo["password"])
        names = _opened(page)
        note(f"{len(names)} people are expected")
        busy = server.busy()
        by_letters = _through(page, given.children, scanned=False)
        by_scan = _through(page, given.children, scanned=True)
        busy = server.busy() - busy
        browser.close()
    measuring.tell({
        "operators": {"K": K, "H": H, "M": M, "goal_s": GOAL},
        "letters": _told(by_letters), "scan": _told(by_scan),
        "server_cpu_ms_per_child": round(1000 * busy / max(1, len(by_letters) + len(by_scan))),
    })  # fmt: skip


def _sign_in(page: Any, password: str) -> None:
    page.goto("/sign-in/")
    page.fill("[name=login]", LOGIN)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.click("main button[type=submit]")


def _opened(page: Any) -> list[str]:
    """Go to the session of today to which people are called, and open it where it is only planned;
    the names of those who are expected."""
    page.goto("/immunization/sessions/")
    addresses = page.locator("main table tbody th a").evaluate_all("all => all.map(e => e.href)")
    for address in addresses:
        page.goto(address)
        opening = page.locator("main form[action$='/open/'] button")
        if opening.count():
            with page.expect_navigation():
                opening.click()
        if page.locator("#arrives").count() and _expected(page):
            page.goto(f"{address}?at=arrive")
            return _expected(page)
    raise SystemExit("nobody is expected at any session of today: build the demo anew")


def _expected(page: Any) -> list[str]:
    rows = page.locator(".expected-list form > span")
    return [text.strip() for text in rows.evaluate_all("all => all.map(e => e.firstChild.data)")]


def _through(page: Any, most: int, *, scanned: bool) -> list[Child]:
    """Take children through the session, one after the other."""
    done = []
    for text in _wanted(page, most, scanned=scanned):
        page.wait_for_selector("#arrives:focus")
        child = Child(page)
        child.decisions += 1  # who this is
        child.types(text, scanned=scanned)
        child.keys -= scanned  # the reader's own Enter
        child.sends("#waiting [name=temperature]")
        child.types(TEMPERATURE)
        child.sends("#passed button[data-next]")
        child.decisions += 1  # what is proposed, and of which lot, is right
        child.sends("#arrives")
        done.append(child)
    return done


def _wanted(page: Any, most: int, *, scanned: bool) -> list[str]:
    """What is typed or scanned for each of those who are expected and routine: old enough to need
    no weight, and due for something."""
    from datetime import timedelta

    from tuyen.apps.access import clock
    from tuyen.apps.immunization.models import ExpectedAt
    from tuyen.apps.registry.models import Identifier, Person
    from tuyen.web.immunization.arriving import fitting

    session = page.url.split("/sessions/")[1][:36]
    hoped = ExpectedAt.objects.filter(session_id=session).exclude(vaccines="")
    routine = Person.objects.filter(
        pk__in=list(hoped.values_list("person_id", flat=True)),
        born_on__lte=clock.today() - timedelta(days=60),
    )
    held = Identifier.objects.filter(system="personal_number", until=None, person__in=routine)
    numbers = dict(held.values_list("person_id", "value"))
    here, names = set(_expected(page)), dict(routine.values_list("pk", "name"))
    found = []
    for person, name in names.items():
        if name not in here or len(found) == most:
            continue
        if scanned:
            found += [numbers[person]] if person in numbers else []
            continue
        ways = (_initials(name), *(_initials(name) + name[-n:] for n in (2, 3)), name)
        words = next((w for w in ways if sum(fitting(w, one) for one in here) == 1), None)
        if words is not None:
            found.append(words)
            here.discard(name)
    return found


def _initials(name: str) -> str:
    from tuyen.kernel.text import fold

    return "".join(word[0] for word in fold(name).split())


def _told(done: list[Child]) -> Figures:
    if not done:
        return {"absent": "nobody routine is expected"}
    times = sorted(child.seconds for child in done)
    middle = len(done) // 2
    return {
        "children": len(done), "operator_s_p50": round(sorted(child.operator for child in done)[middle], 2),
        "seconds_p50": round(times[middle], 2), "seconds_worst": round(times[-1], 2),
        "keys_p50": sorted(child.keys for child in done)[middle], "decisions": done[0].decisions,
        "answers_p50_ms": round(1000 * sorted(child.answers for child in done)[middle]),
        "within_goal": sum(seconds <= GOAL for seconds in times),
    }  # fmt: skip


if __name__ == "__main__":
    main()
