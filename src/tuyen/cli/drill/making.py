"""Making a drill: the walled copy, its people, its first day. Reality is only read."""

import argparse
import json
import os
import secrets
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID, uuid4

from tuyen.cli.drill.ports import free_port
from tuyen.cli.start import DRILL, OF_REALITY, office
from tuyen.cli.terminal import bar
from tuyen.rules.surveillance.drills import scenario as scenario_of

CODE = "TUYEN_DRILL_CODE"
"""In the environment of a start from a screen: the code, which ``--code`` would show to others."""
_WORDS = ("bến", "cầu", "đèo", "đồi", "gió", "hoa", "lúa", "mưa", "nắng", "ngô", "núi", "nương",
          "rừng", "sông", "suối", "thác", "trăng", "tre", "vải", "xuân")  # fmt: skip


def make(args: argparse.Namespace) -> tuple[Path, dict[str, Any]]:
    """Copy the installation of ``args.source`` and make it the drill that ``args`` ask for.

    The folder appears whole or not at all. Returns it, and what stands in its ``drill.json``.
    """
    scenario = scenario_of(args.scenario)
    office(args.source, owner=True)
    from django.conf import settings
    from django.db import connections

    from tuyen.apps.access import clock, world
    from tuyen.apps.immunization import tasks as immunization
    from tuyen.apps.journal.backup import walled
    from tuyen.apps.journal.backup.facts import check_shape
    from tuyen.apps.journal.backup.making import store_of
    from tuyen.cli.drill import preparing

    check_shape(connections["default"], settings.TUYEN_HOME)
    world.check(None)  # a drill is made of reality, not of another drill
    begins = clock.now().replace(second=0, microsecond=0)
    real = clock.real_now()
    name = f"{scenario.id}-{real:%Y%m%d-%H%M%S}"
    home = Path(args.home or Path(settings.TUYEN_HOME) / "drills" / name).expanduser().resolve()
    drill = uuid4()
    joint, seed, side = _together(args, drill, scenario.id)
    mark: dict[str, Any] = {
        "drill": str(drill), "scenario": scenario.id, "name": dict(scenario.name),
        "seed": seed, "side": side, "begins": begins.isoformat(),
        "ends": (begins + timedelta(days=scenario.days)).isoformat(), "speed": args.speed,
        "port": args.port or free_port(), "loopback": settings.LOOPBACK,
        "hosts": os.environ.get("TUYEN_HOSTS", ""), "password": _password(),
        "joint": joint,
    }  # fmt: skip
    building = home.with_name(f".{home.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    try:
        if home.exists():
            walled.check_free(home)
        followed = immunization.followed()
        move, source = bar("drill", None), store_of(settings.DATABASES["default"])
        walled.copy_out(
            store=source, home=building, mark=mark, at=begins,
            progress=move,
        )  # fmt: skip
        preparing.index_people(building / walled.STORE)
        preparing.follow_people(building / walled.STORE, followed, mark=mark, begins=begins)
        mark["logins"] = preparing.prepare(
            building / walled.STORE, scenario, mark=mark, begins=begins, real=real
        )
        _write(building / DRILL, mark)
        home.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if home.exists():
            home.rmdir()
        building.rename(home)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return home, mark


def become(words: list[str], **more: str) -> NoReturn:
    """Go on as another program, which was told nothing of reality: not its store, not its keys."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    command = [sys.executable, "-m", "tuyen", *words]
    os.execve(sys.executable, command, apart(**more))  # noqa: S606  # ourselves, our own words


def apart(**more: str) -> dict[str, str]:
    """An environment in which nothing is said of the real installation."""
    kept = {name: value for name, value in os.environ.items()
            if name not in OF_REALITY and name != "TUYEN_HOME"}  # fmt: skip
    return {**kept, **more}


def _together(
    args: argparse.Namespace, drill: UUID, scenario: str
) -> tuple[dict[str, Any] | None, int, str]:
    """What this drill has in common with the other side, the seed and the side: by a pairing file
    that the first makes and the second reads, or by a code from the one that waits for it."""
    if getattr(args, "join", None):
        from tuyen.apps.surveillance.drills.meeting import check_joint
        from tuyen.cli.drill.talking import join

        check_joint(scenario)

        code = os.environ.pop(CODE, "") or args.code or ""  # that of a screen stands in no list
        joint, seed = join(args.join, code, drill=drill, scenario=scenario)
        return joint, seed, "B"
    if not args.pair:
        return None, args.seed, args.side
    from tuyen.apps.surveillance.drills.pairing import read_or_make

    path = Path(args.pair).expanduser()
    joint = read_or_make(path, scenario=scenario, seed=args.seed, side=args.side)
    return joint, args.seed, args.side


def _password() -> str:
    return "-".join(secrets.choice(_WORDS) for _ in range(4)) + f"-{secrets.randbelow(90) + 10}"


def _write(path: Path, mark: dict[str, Any]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(mark, file, ensure_ascii=False, indent=1)
