"""The pages of the studio at 650,000 people: how long each takes, and how many statements.

``python -m benchmarks.network.studio [--people 650000] [--rounds 12]`` with TUYEN_HOME naming the folder of a demo (60,000
people): it is copied, plans are drafted, and its residents are written down again under other numbers until there are so
many (rows straight into the store). Every page is asked for as the planner asks, at the demo's own size and at the full
one, each in a process of its own: statements must not grow. *First* is the first request for the page in that process; the
others are the median and the 95th percentile of later ones, *work* what the thread did. SQLite. Prints a table.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import installation, measuring
from benchmarks.network.peers import table

HEAD = (
    "page",
    "goal",
    "first ms",
    "p50 ms",
    "p95 ms",
    "work ms",
    "statements",
    "at the demo's size",
)
GOAL = {
    "a plan beside the present": "1 s",
    "what-if: a site changed, with all indicators": "1 s, then 100 ms",
}
LOGINS = ("kehoach", "cdc", "giamdoc")
COPIES = {"registry_person": ("id", "number"), "registry_residence": ("id", "person_id")}
"""Tables that are written again, and the columns that become others in each copy."""


def main() -> None:
    given = measuring.arguments(("people", 650_000), ("rounds", 12), ("part", ""))
    if given.part:
        installation.opened()
        measuring.tell({"draft": drafted, "fill": lambda: fill(given.people),
                        "ask": lambda: asked(given.rounds)}[given.part]())  # fmt: skip
        return
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        home = Path(folder) / "home"
        shutil.copytree(os.environ["TUYEN_HOME"], home)
        run = _runner(home, given)
        run("draft")
        small = run("ask")
        filled = run("fill")
        large = run("ask")
    for line in table(HEAD, _rows(small["pages"], large["pages"])):
        print(line)
    print(f"\n{filled['people']:,} people; {large['peak_mb']:,} MB at most.")


def _runner(home: Path, given: Any) -> Any:
    def run(part: str) -> Any:
        measuring.note(part)
        words = [sys.executable, "-m", "benchmarks.network.studio", "--part", part, "--people",
                 str(given.people), "--rounds", str(given.rounds)]  # fmt: skip
        env = {**os.environ, "TUYEN_HOME": str(home)}
        done = subprocess.run(words, env=env, stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run


def _rows(small: Any, large: Any) -> Any:
    for name, one in large.items():
        was = small[name]
        if "said" in one:
            yield (name, GOAL.get(name, ""), one["said"], "", "", "", "", was.get("said", ""))
        else:
            yield (
                name, GOAL.get(name, ""), one["first_ms"], one["p50_ms"], one["p95_ms"],
                one["cpu_p50_ms"], one["statements"], f"{was.get('p50_ms')} ms, {was.get('statements')}",
            )  # fmt: skip


def drafted() -> list[str]:
    """Two plans: what the engine would do, and the present."""
    client, day = _client()
    return [_begun(client, origin, day) for origin in ("engine", "present")]


def _client() -> Any:
    """The browser of the first login that opens the plans, and the demo's day."""
    from django.test import Client

    from tuyen.apps.access import clock
    from tuyen.apps.access.models import User

    for login in LOGINS:
        client = Client(SERVER_NAME="localhost")
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(User.objects.get(login=login), backend=backend)
        if client.get("/network/frontier/").status_code == 200:
            return client, clock.today()
    raise SystemExit(f"none of {LOGINS} plans")


def _begun(client: Any, origin: str, day: Any) -> str:
    answer = client.post("/network/plans/new/", {
        "title": f"Measured, {origin}", "on": f"01/04/{day.year + 1}", "origin": origin,
    })  # fmt: skip
    if answer.status_code != 302:
        raise SystemExit(f"no plan was made: {answer.status_code}")
    return str(answer["Location"])


def fill(people: int) -> dict[str, int]:
    """Write residents again until there are so many."""
    from django.db import connection

    from tuyen.apps.access import guard
    from tuyen.apps.registry.models import Person

    had = Person.objects.count()
    with guard.opened("benchmark"), connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")  # a copy that is thrown away
        cursor.execute("PRAGMA cache_size = -600000")
        cursor.execute("SELECT max(number) FROM registry_person")
        most = cursor.fetchone()[0]
        for copy in range(1, max(1, round(people / had))):
            for name, others in COPIES.items():
                cursor.execute(f"SELECT name FROM pragma_table_info('{name}')")
                columns = [row[0] for row in cursor.fetchall()]
                listed = ", ".join(f'"{one}"' for one in columns)
                chosen = ", ".join(
                    _other(one, copy, most) if one in others else f'"{one}"' for one in columns
                )
                # The 13th letter of an id is its version: the demo's own are no 'f'.
                cursor.execute(
                    f'INSERT INTO "{name}" ({listed}) SELECT {chosen} FROM "{name}"'
                    " WHERE substr(id, 13, 1) <> 'f'"
                )
        cursor.execute("ANALYZE")
    return {"people": Person.objects.count()}


def _other(column: str, copy: int, most: int) -> str:
    if column == "number":
        return f"number + {copy * (most + 1)}"
    return f"substr({column}, 1, 12) || 'f' || substr({column}, 14, 3) || '{copy:x}' || substr({column}, 18)"


def asked(rounds: int) -> dict[str, Any]:
    """Every page, one after another."""
    client, _day = _client()
    return {
        "pages": {name: _one(name, ask, rounds) for name, ask in _pages(client).items()},
        "peak_mb": measuring.peak_mb(),
    }


def _pages(client: Any) -> dict[str, Any]:
    from tuyen.apps.network.models import NetworkPlan
    from tuyen.apps.registry.models import Reorganisation

    engine, present = (
        NetworkPlan.objects.get(title=f"Measured, {origin}").pk for origin in ("engine", "present")
    )
    plan = f"/network/plans/{engine}/"
    decision = Reorganisation.objects.order_by("-on").values_list("pk", flat=True).first()
    addresses = {
        "a plan beside the present": plan, "side by side with another": f"{plan}beside/?with={present}",
        "price of the decision": f"{plan}price/", "frontier, nine points": "/network/frontier/",
        "wishes and pins": f"{plan}wishes/", "what moves": f"{plan}moves/",
        "decision document": f"{plan}document/", "watch of a decision": f"/network/watch/{decision}/",
        "map of travel times": "/network/map/", "review of all sites": "/network/sites/",
        "plans": "/network/plans/",
    }  # fmt: skip
    asks = {name: lambda at=address: client.get(at) for name, address in addresses.items()}
    return asks | {"what-if: a site changed, with all indicators": _changing(client, plan, engine)}


def _changing(client: Any, plan: str, id: Any) -> Any:
    """A site takes another kind, and the plan is shown again with all that follows."""
    from tuyen.apps.network import planned
    from tuyen.apps.network.models import NetworkPlan
    from tuyen.apps.network.queries.plans import drawn_of

    drawn = drawn_of(NetworkPlan.objects.get(pk=id))
    site = next(unit for unit, choice in drawn.sites.items() if choice.kind != "main")
    commune = planned.communes_after(drawn)[site]
    kinds = itertools.cycle(("mobile", "satellite"))

    def change() -> Any:
        client.post(f"{plan}communes/{commune}/", {f"k-{site}": next(kinds)})
        return client.get(plan)

    return change


def _one(name: str, ask: Any, rounds: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    measuring.note(name)
    first = measuring.timed(ask)
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    statements = len(captured)  # later requests empty the log
    if answer.status_code != 200:
        return {"said": f"answered {answer.status_code}"}
    times = [measuring.timed_both(ask) for _ in range(rounds)]
    return measuring.spread_both(times) | {
        "first_ms": round(first * 1e3), "statements": statements,
    }  # fmt: skip


if __name__ == "__main__":
    main()
