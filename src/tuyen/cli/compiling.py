"""``tuyen compile``: the compiled kernels of the engines, made once on a machine."""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

from tuyen.cli.compiled import ALL, PAGES, alone, keep_compiled, mark_compiled
from tuyen.cli.terminal import DONE, say
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
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compile part by part; what pages wait for comes first."""
    if args.beside:
        os.nice(LOW)
        Thread(target=_end_with, args=(args.beside,), daemon=True).start()
    if args.home:
        os.environ["TUYEN_HOME"] = args.home
    keep_compiled()
    held = alone()
    if held is None and args.beside:
        return DONE  # another one is at it, or nothing can be kept
    for told, parts in ((PAGES, _for_pages()), (ALL, _others())):
        for what, part in parts:
            began = time.monotonic()
            part()
            say("{what}: {seconds:.1f} s", what=_(what), seconds=time.monotonic() - began)
        mark_compiled(told)
    if held is not None:
        held.close()
    return DONE


def _end_with(parent: int) -> None:
    """Nobody compiles for a server that is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _for_pages() -> Iterator[tuple[str, Callable[[], None]]]:
    """What requests compute with, and what it is for."""
    from tuyen.engines.network import loading as network
    from tuyen.engines.surveillance import loading as surveillance

    yield N_("travel times"), network.ways
    yield N_("plans of the network"), network.decisions
    yield N_("alarms after a report"), surveillance.alarms


def _others() -> Iterator[tuple[str, Callable[[], None]]]:
    """What workers and the night compute with."""
    from tuyen.engines.network import loading as network
    from tuyen.engines.surveillance import loading as surveillance

    yield N_("rounds of mobile teams"), network.rounds
    yield N_("the night's forecasts and clusters"), surveillance.night
    yield N_("immunisation of a province"), _immunisation


def _immunisation() -> None:
    from tuyen.engines.immunization.definitions import compile_pack
    from tuyen.engines.immunization.loading import judging
    from tuyen.rules.immunization import schedules

    judging(compile_pack(schedules.definition(schedules.regimes()[0].code)))
