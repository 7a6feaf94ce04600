"""``tuyen compile``: the compiled kernels of the engines, made once on a machine.

Each part is compiled by a process of its own: the compiler gets slower with all that it has compiled
before (the last part took three times as long in one process as it takes alone).
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any

from tuyen.cli.compiled import ALL, PAGES, alone, keep_compiled, mark_compiled
from tuyen.cli.terminal import DONE, WRONG, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_

LOW = 15
"""How far the priority is lowered beside a server."""


def add_parsers(commands: Any) -> None:
    parser = commands.add_parser(
        "compile",
        help=_("compile what computes, once on a machine"),
        description=_(
            "Compile the parts of the engines that need it and keep them in the installation's folder, so"
            " that no page waits for it. Done again it loads them. A server does this by itself."
        ),
    )
    parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    parser.add_argument("--beside", type=int, metavar="PID", help=argparse.SUPPRESS)
    parser.add_argument("--part", choices=[*_FOR_PAGES, *_OTHERS], help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compile part by part; what pages wait for comes first. 2 where a part cannot be compiled."""
    if args.beside:
        Thread(target=_end_with, args=(args.beside,), daemon=True).start()
    if args.home:
        os.environ["TUYEN_HOME"] = args.home
    keep_compiled()
    if args.part:
        (_FOR_PAGES | _OTHERS)[args.part][1]()
        return DONE
    if args.beside:
        os.nice(LOW)
    held = alone()
    if held is None and args.beside:
        return DONE  # another one is at it, or nothing can be kept
    for told, parts in ((PAGES, _FOR_PAGES), (ALL, _OTHERS)):
        if not _compiled(parts):
            return WRONG
        mark_compiled(told)
    if held is not None:
        held.close()
    return DONE


def _compiled(parts: Mapping[str, tuple[str, Callable[[], None]]]) -> bool:
    """Compile the parts, one after another; False where one of them cannot be, which has said why."""
    for name, (what, _part) in parts.items():
        began = time.monotonic()
        words = ["-m", "tuyen", "compile", "--part", name, "--beside", str(os.getpid())]
        done = subprocess.run(  # noqa: S603  # ourselves
            [sys.executable, *words], stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            return False
        say("{what}: {seconds:.1f} s", what=_(what), seconds=time.monotonic() - began)
    return True


def _end_with(parent: int) -> None:
    """Nobody compiles for a server that is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _ways() -> None:
    from tuyen.engines.network import loading

    loading.ways()


def _plans() -> None:
    from tuyen.engines.network import loading

    loading.decisions()


def _alarms() -> None:
    from tuyen.engines.surveillance import loading

    loading.alarms()


def _rounds() -> None:
    from tuyen.engines.network import loading

    loading.rounds()


def _night() -> None:
    from tuyen.engines.surveillance import loading

    loading.night()


def _immunisation() -> None:
    from tuyen.engines.immunization.definitions import compile_pack
    from tuyen.engines.immunization.loading import judging
    from tuyen.rules.immunization import schedules

    judging(compile_pack(schedules.definition(schedules.regimes()[0].code)))


_FOR_PAGES = {
    "ways": (N_("travel times"), _ways), "plans": (N_("plans of the network"), _plans),
    "alarms": (N_("alarms after a report"), _alarms),
}  # fmt: skip
"""What requests compute with: what it is for, and what loads or compiles it."""
_OTHERS = {
    "rounds": (N_("rounds of mobile teams"), _rounds),
    "night": (N_("the night's forecasts and clusters"), _night),
    "immunisation": (N_("immunisation of a province"), _immunisation),
}
"""What workers and the night compute with."""
