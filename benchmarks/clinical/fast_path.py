"""What a repeat visit costs the doctor, by keyboard, in a real browser: with the drugs handed out by
lot, the next appointment, and the payer of the claim.

``python -m benchmarks.clinical.fast_path``: takes people whom the demo's station of ``TUYEN_HOME``
expects these days through a visit with real keys: the scanned number or three letters, the blood
pressure, the sugar of those whose sugar is followed, the same drugs. A person for whom anything else
is needed fails the run, and so does a visit that is not in the record afterwards with its drugs, its
next day and its payer.

The time is that of the keystroke-level model (Card, Moran and Newell, CACM 1980; 23: 396-410): each
key K = 0.2 s, a hand that comes back to the keyboard H = 0.4 s, pointing P = 1.1 s, a decision M = 1.35 s;
and R, what the program took to answer, as measured here. Where three letters fit several who are
expected, the one is pointed at: a decision and a tap more. Two decisions are counted: who this is, and that the drugs
and the day that are proposed are right. Not counted is what no program shortens: the talk, the
measuring. A scan is one K: the reader types, and ends with Enter. Taps are what is pressed that is no
digit or letter of what is typed.
"""

import os
import time
from typing import Any

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note
from benchmarks.serving import served

K, H, M, P = 0.2, 0.4, 1.35, 1.1
LETTERS = 3
GOAL, TAPS, DIGITS = 15.0, 6, 10
PRESSURE, SUGAR = "13585", "7,2"
LOGIN = "tramtruong"


class Visit:
    """The operators that one visit took."""

    def __init__(self, page: Any) -> None:
        self.page, self.keys, self.digits, self.taps, self.answers = page, 0, 0, 0, 0.0
        self.choices = 0

    def types(self, text: str, *, scanned: bool = False) -> None:
        self.page.keyboard.type(text)
        self.keys += 0 if scanned else len(text)
        self.digits += 0 if scanned else sum(sign.isdigit() for sign in text)

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys, self.taps = self.keys + 1, self.taps + 1

    def sends(self, then: str) -> None:
        """Enter, and the time until the next field has the cursor."""
        began = time.perf_counter()
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.presses("Enter")
        self.page.wait_for_selector(f"{then}:focus")
        self.answers += time.perf_counter() - began

    def chooses(self, person: str) -> None:
        """Enter, and of the few whom the letters fit the one who sits there."""
        self.sends("#scan")
        chosen = self.page.locator(f"main a[href*='{person}']")
        began = time.perf_counter()
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            chosen.click()
        self.page.wait_for_selector("#id_pressure:focus")
        self.answers += time.perf_counter() - began
        self.taps, self.keys, self.choices = self.taps + 1, self.keys + 1, self.choices + 1

    @property
    def operator(self) -> float:
        """Seconds of the person alone, whatever the machine."""
        return self.keys * K + H + (2 + self.choices) * M + self.choices * (P + H)

    @property
    def seconds(self) -> float:
        return self.operator + self.answers


def main() -> None:
    given = measuring.arguments(("visits", 6), ("workers", 2))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop of its own
    demo = installation.opened()
    from playwright.sync_api import sync_playwright

    people = _wanted(given.visits)
    note(f"{len(people)} people are expected these days")
    with served(given.workers) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--disable-gpu", "--no-first-run"]
        )
        page = browser.new_page(base_url=f"http://127.0.0.1:{server.port}")
        sign_in(page, demo["password"])
        _through(page, people[:1], "scan")  # what is made at first use is made
        busy = server.busy()
        half = (len(people) + 1) // 2
        by_scan = _through(page, people[1 : half + 1], "scan")
        by_letters = _through(page, people[half + 1 :], "letters")
        busy = server.busy() - busy
        browser.close()
    measuring.tell({
        "operators": {"K": K, "H": H, "M": M, "goal_s": GOAL, "goal_taps": TAPS, "goal_digits": DIGITS},
        "scan": _told(by_scan), "letters": _told(by_letters),
        "server_cpu_ms_per_visit": round(1000 * busy / max(1, len(by_scan) + len(by_letters))),
    })  # fmt: skip


def sign_in(page: Any, password: str) -> None:
    page.goto("/sign-in/")
    page.fill("[name=login]", LOGIN)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    page.goto("/care/")


def _through(page: Any, people: list[dict[str, Any]], way: str) -> list[Visit]:
    """Take people through the visit, one after the other: the page of the last begins the next."""
    done = []
    for person in people:
        page.wait_for_selector("#scan:focus")
        visit = Visit(page)
        visit.types(person[way], scanned=way == "scan")
        if way == "scan" or person["alone"]:
            visit.sends("#id_pressure")
        else:
            visit.chooses(person["id"])
        visit.types(PRESSURE)
        if person["sugar"]:
            visit.presses("Tab")
            visit.types(SUGAR)
        visit.sends("#scan")
        _check(person, page.url)
        done.append(visit)
    return done


def _check(person: dict[str, Any], address: str) -> None:
    """What was typed is one visit of this person, with drugs, next day and payer."""
    from tuyen.apps.clinical.models import Visit as Row

    row = Row.objects.get(pk=address.split("/care/visit/")[1][:36])
    whole = (
        '"prescribed"' in row.content and '"dispensed"' in row.content and row.next_on and row.payer
    )
    if str(row.person_id) != person["id"] or not whole:
        raise SystemExit(f"the visit {row.pk} of {person['id']} is not whole")


def _wanted(most: int) -> list[dict[str, Any]]:
    """People of the station with drugs that go on, of whom the three letters mean nobody else."""
    from tuyen.apps.access import clock
    from tuyen.apps.access import queries as access
    from tuyen.apps.clinical import queries
    from tuyen.apps.registry import queries as registry
    from tuyen.apps.registry.models import Identifier
    from tuyen.kernel.text import fold
    from tuyen.web.clinical.views_find import fitting

    on = clock.today()
    by = access.actor_by_login(LOGIN, on=on, channel="web")
    if by is None:
        raise SystemExit(f"nobody signs in as {LOGIN}: build the demo anew")
    near = queries.expected(by=by, unit=by.posts[0].unit, around=on)
    people = registry.people(by=by, ids={one.person for one in near})
    held = Identifier.objects.filter(system="personal_number", until=None, person__in=list(people))
    numbers = dict(held.values_list("person_id", "value"))
    names = [row.name for row in people.values()]
    found: list[dict[str, Any]] = []
    for one in near:
        told = queries.last_prescription(by=by, person=one.person)
        row = people.get(one.person)
        if row is None or told is None or one.person not in numbers or len(found) == most + 1:
            continue
        words = fold(row.name).split()
        letters = "".join(word[0] for word in words)[:LETTERS]
        alone = sum(fitting(letters, name) for name in names) == 1
        sugar = "glucose_fasting" in queries.last_values(by=by, persons=[one.person])[one.person]
        found.append({"id": str(one.person), "scan": numbers[one.person], "letters": letters,
                      "alone": alone, "sugar": sugar})  # fmt: skip
    if len(found) < 3:
        raise SystemExit("too few people are expected: build the demo anew, with more people")
    return found


def _told(done: list[Visit]) -> Figures:
    if not done:
        return {"absent": "nobody is expected"}
    times = sorted(visit.seconds for visit in done)
    middle = len(done) // 2
    return {
        "visits": len(done), "operator_s_p50": round(sorted(v.operator for v in done)[middle], 2),
        "seconds_p50": round(times[middle], 2), "seconds_worst": round(times[-1], 2),
        "taps_worst": max(v.taps for v in done), "digits_worst": max(v.digits for v in done),
        "answers_p50_ms": round(1000 * sorted(v.answers for v in done)[middle]),
        "chosen_of_several": sum(v.choices for v in done),
        "within_goal": sum(
            v.seconds <= GOAL and v.taps <= TAPS and v.digits <= DIGITS for v in done
        ),
    }  # fmt: skip


if __name__ == "__main__":
    main()
