"""``tuyen demo``: a synthetic province on the embedded store, and its console.

Nobody in it is real. The same people, years and seed make the same province, whenever and wherever
it is built; its clock stands at the day it was built for, and the time of day runs on.
"""

import argparse
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date
from pathlib import Path
from typing import Any

from tuyen.cli import compiled
from tuyen.cli.start import MARK, office
from tuyen.cli.terminal import DONE, bar, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

DAY = date(2026, 10, 25)
_WORDS = ("bến", "cầu", "đèo", "đồi", "gió", "hoa", "lúa", "mưa", "nắng", "ngô", "núi", "nương",
          "rừng", "sông", "suối", "thác", "trăng", "tre", "vải", "xuân")  # fmt: skip


class NotADemo(Refusal):
    code = "cli.not-a-demo"
    message = N_(
        "{home} holds an installation that is not a demo; choose another folder with --home."
    )


class BadSize(Refusal):
    code = "cli.bad-size"
    message = N_("{option} is {value}; expected {least} to {most}.")


def add_parsers(commands: Any) -> None:
    demo = commands.add_parser("demo", help=_("a synthetic province, and its console"))
    demo.add_argument("--people", type=int, default=60_000, help=_("residents (default 60,000)"))
    demo.add_argument("--years", type=int, default=5, help=_("years of history (default 5)"))
    demo.add_argument("--seed", type=int, default=1, help=_("another seed, another province"))
    demo.add_argument("--home", metavar="DIR", help=_("folder of the demo (default var/demo)"))
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--no-serve", action="store_true", help=_("build it and stop"))
    demo.add_argument("--fresh", action="store_true", help=_("build it anew"))
    demo.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Build the demo unless it is there already, print its logins, and serve it."""
    for option, value, least, most in (
        ("--people", args.people, 100, 2_000_000), ("--years", args.years, 1, 10),
        ("--seed", args.seed, 0, 2**31), ("--port", args.port, 1, 65535),
    ):  # fmt: skip
        if not least <= value <= most:
            raise BadSize(option=option, value=value, least=least, most=most)
    os.environ.pop("TUYEN_DATABASE_URL", None)  # never another store than the demo's own
    given = dict(os.environ)
    home = Path(args.home or "var/demo").resolve()
    wanted = {"people": args.people, "years": args.years, "seed": args.seed, "day": DAY.isoformat()}
    mark = _mark(home)
    if mark is None or args.fresh or {key: mark[key] for key in wanted} != wanted:
        with nullcontext() if args.no_serve else _compiling(home):
            mark = _build(home, wanted)
        if not args.no_serve:
            _start_anew(home, args, given)
    _introduce(mark, args.port)
    if args.no_serve:
        return DONE
    office(str(home))
    from tuyen.cli.platform import serve

    return serve("127.0.0.1", args.port, workers=2)


def _mark(home: Path) -> dict[str, Any] | None:
    """What is known of the demo in ``home``; None when the folder is new; refused when it holds
    something that is not a demo."""
    mark: Path = home / MARK
    if mark.exists():
        known: dict[str, Any] = json.loads(mark.read_text(encoding="utf-8"))
        return known
    if (home / "tuyen.sqlite3").exists():
        raise NotADemo(home=home)
    return None


def _build(home: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """Build in a folder beside ``home`` and put it in place when it is whole."""
    began = time.monotonic()
    building = home.with_name(home.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    os.environ["TUYEN_DEMO_DAY"] = wanted["day"]
    office(str(building), loopback=True)
    mark = {**wanted, "password": _password(), **_fill(wanted)}
    handle = os.open(building / MARK, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(mark, file, ensure_ascii=False, indent=1)
    _seal_passwords(mark)
    shutil.rmtree(home, ignore_errors=True)
    building.rename(home)
    say("Built in {seconds:.0f} s.", seconds=time.monotonic() - began)
    return mark


@contextmanager
def _compiling(home: Path) -> Iterator[None]:
    """Another process compiles meanwhile what the console will compute with. It works in a folder beside
    the demo, which is put in place with it; what is not done by then a server does."""
    given, beside = os.environ.get("NUMBA_CACHE_DIR"), home.with_name(home.name + ".compiled")
    if given or not compiled.wanted():
        yield
        return
    shutil.rmtree(beside, ignore_errors=True)
    child = compiled.start(NUMBA_CACHE_DIR=str(beside))
    try:
        yield
    finally:
        child.terminate()
        child.wait()
        with suppress(OSError):
            shutil.copytree(beside, home / "cache" / "numba", dirs_exist_ok=True)
        shutil.rmtree(beside, ignore_errors=True)


def _fill(wanted: dict[str, Any]) -> dict[str, Any]:
    from django.core.management import call_command

    from tuyen.cli.demo import load

    call_command("migrate", verbosity=0)
    load.hurry(on=True)
    made = load.build(
        people=wanted["people"], years=wanted["years"], seed=wanted["seed"],
        until=date.fromisoformat(wanted["day"]), bar=bar,
    )  # fmt: skip
    load.hurry(on=False)
    names = {name.ref: name.name for name in made.network.names}
    villages = made.network.villages
    names |= {
        f"village:{code}": name for code, name in zip(villages.code, villages.name, strict=True)
    }
    names |= {f"commune:{commune.code}": commune.name for commune in made.gazetteer.communes}
    return {
        "logins": [
            {"login": login.login, "title": login.title, "member": login.member,
             "name": made.staff.members[login.member].name, "unit": names.get(login.unit, "")}
            for login in made.staff.logins
        ],
        "outbreaks": [
            {"disease": made.epidemics.diseases[o.disease], "start": str(o.start), "end": str(o.end),
             "commune": made.gazetteer.communes[o.commune].name, "size": o.size, "shape": o.shape}
            for o in made.epidemics.outbreaks
        ],
    }  # fmt: skip


def _seal_passwords(mark: dict[str, Any]) -> None:
    """One password for the demo's logins, hashed once; everybody else has none."""
    from django.contrib.auth.hashers import make_password
    from django.db import connections

    from tuyen.apps.access import queries, services

    hashed = make_password(mark["password"])
    users = queries.ids_by_login([login["login"] for login in mark["logins"]])
    services.set_hashes(dict.fromkeys(users.values(), hashed))
    connections.close_all()


def _start_anew(home: Path, args: argparse.Namespace, environment: dict[str, str]) -> None:
    """Serve what was built in a program of its own: this one's settings and what it keeps compiled
    point at the folder in which it was built, which is no more."""
    sys.stdout.flush()
    same = [f"--{name}={getattr(args, name)}" for name in ("people", "years", "seed", "port")]
    again = [sys.executable, "-m", "tuyen", "demo", f"--home={home}", *same]
    os.execve(sys.executable, again, environment)  # noqa: S606  # ourselves


def _password() -> str:
    return "-".join(secrets.choice(_WORDS) for _ in range(4)) + f"-{secrets.randbelow(90) + 10}"


def _introduce(mark: dict[str, Any], port: int) -> None:
    say()
    say(
        "A synthetic province of {people:,} people on {day}. Nobody in it is real.",
        people=mark["people"], day=mark["day"],
    )  # fmt: skip
    say("Every login has the password  {password}", password=mark["password"])
    say()
    for login in mark["logins"]:
        say(f"  {login['login']:<11} {login['title']}, {login['unit']}")
    say(f"\nhttp://127.0.0.1:{port}/\n")
