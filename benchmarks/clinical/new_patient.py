"""What somebody new costs at the desk, by keyboard, in a real browser: from the code of a citizen card
to the saved first visit.

``python -m benchmarks.clinical.new_patient``: scans cards of people whom nobody has registered, whose
address is a village of the demo's station, registers them, measures them, and saves the visit with its
complaint. Nobody counts who is not in the register and in the record afterwards.

The time is that of the keystroke-level model, as in ``benchmarks.clinical.fast_path``; three decisions
are counted: that nobody has this card yet, that what the card filled in is right, and what to write. An
interaction is a scan, a press, or a field that is typed.
"""

import os
from typing import Any

from benchmarks import installation, measuring
from benchmarks.clinical.fast_path import LOGIN, PRESSURE, H, K, M, Visit, sign_in
from benchmarks.measuring import Figures, note
from benchmarks.serving import served

GOAL, INTERACTIONS = 40.0, 12
COMPLAINT = "đau đầu"


class First(Visit):
    """The operators of one registration with its visit."""

    fields = 0

    def fills(self, text: str, *, scanned: bool = False) -> None:
        self.fields += 1
        self.types(text, scanned=scanned)

    @property
    def operator(self) -> float:
        return self.keys * K + H + 3 * M

    @property
    def interactions(self) -> int:
        return self.fields + self.taps


def main() -> None:
    given = measuring.arguments(("people", 5), ("workers", 2))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop of its own
    demo = installation.opened()
    from playwright.sync_api import sync_playwright

    cards = _cards(given.people + 1)
    note(f"{len(cards)} cards of people whom nobody has registered")
    with served(given.workers) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--disable-gpu", "--no-first-run"]
        )
        page = browser.new_page(base_url=f"http://127.0.0.1:{server.port}")
        sign_in(page, demo["password"])
        _through(page, cards[:1])  # what is made at first use is made
        done = _through(page, cards[1:])
        browser.close()
    measuring.tell({
        "operators": {"K": K, "H": H, "M": M, "goal_s": GOAL, "goal_interactions": INTERACTIONS},
        "new_patient": _told(done),
    })  # fmt: skip


def _through(page: Any, cards: list[dict[str, str]]) -> list[First]:
    done = []
    for card in cards:
        page.wait_for_selector("#scan:focus")
        first = First(page)
        first.fills(card["code"], scanned=True)
        first.sends("main form button.button-primary")  # nobody has this card: register
        first.sends("main form button.button-primary")  # the card filled the form
        first.sends("#id_pressure")
        first.fills(PRESSURE)
        first.sends("#scan")
        _check(card, page.url)
        done.append(first)
    return done


def _check(card: dict[str, str], address: str) -> None:
    """The visit is of a person with the name and the number of the card."""
    from tuyen.apps.clinical.models import Visit as Row
    from tuyen.apps.registry.models import Identifier

    row = Row.objects.get(pk=address.split("/care/visit/")[1][:36])
    held = Identifier.objects.filter(value=card["number"], person=row.person_id)
    if not held.exists():
        raise SystemExit(f"the visit {row.pk} is not of {card['name']}")


def _cards(most: int) -> list[dict[str, str]]:
    """Codes of cards that nobody holds, with villages of the station's commune as addresses."""
    from tuyen.apps.access import clock
    from tuyen.apps.access import queries as access
    from tuyen.apps.registry import queries as registry
    from tuyen.apps.registry.models import Identifier

    on = clock.today()
    by = access.actor_by_login(LOGIN, on=on, channel="web")
    if by is None:
        raise SystemExit(f"nobody signs in as {LOGIN}: build the demo anew")
    atlas = registry.atlas()
    commune = atlas.commune_of(by.posts[0].unit, on)
    villages = [
        atlas.name(id, on)
        for id in atlas.units("village", on)
        if atlas.commune_of(id, on) == commune
    ]
    if not villages or commune is None:
        raise SystemExit("the station has no village: build the demo anew")
    taken, number = set(Identifier.objects.values_list("value", flat=True)), 0
    found: list[dict[str, str]] = []
    while len(found) < most:
        number += 1
        code = f"0110{84 + number % 10:02}{900000 + number:06}"
        if code in taken:
            continue
        name = f"Lường Thị Khánh {_letters(number)}"
        born = f"{1 + number % 28:02}{1 + number % 12:02}{1984 + number % 10}"
        place = f"{villages[number % len(villages)]}, {atlas.name(commune, on)}"
        found.append(
            {"number": code, "name": name, "code": f"{code}||{name}|{born}|Nữ|{place}|01072022"}
        )
    return found


def _letters(number: int) -> str:
    """A last name that nobody else of the run has."""
    return "".join(chr(ord("A") + int(digit)) for digit in str(number)).capitalize()


def _told(done: list[First]) -> Figures:
    times = sorted(first.seconds for first in done)
    middle = len(done) // 2
    return {
        "people": len(done), "operator_s_p50": round(sorted(v.operator for v in done)[middle], 2),
        "seconds_p50": round(times[middle], 2), "seconds_worst": round(times[-1], 2),
        "interactions_worst": max(v.interactions for v in done),
        "answers_p50_ms": round(1000 * sorted(v.answers for v in done)[middle]),
        "within_goal": sum(v.seconds <= GOAL and v.interactions <= INTERACTIONS for v in done),
    }  # fmt: skip


if __name__ == "__main__":
    main()
