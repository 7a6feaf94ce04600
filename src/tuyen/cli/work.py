"""``tuyen work``: what people asked for on a screen and the program works out beside the server."""

import argparse
from typing import Any

from tuyen.cli.compiled import keep_compiled
from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_


def add_parsers(commands: Any) -> None:
    work = commands.add_parser(
        "work",
        help=_("work out what was asked for on a screen and takes long"),
        description=_(
            "Plan the months of mobile sessions that somebody asked for, and end. The server starts this"
            " by itself; run it by hand where a page says that nobody is at work."
        ),
    )
    work.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    work.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when everything that waited was answered, 1 when a search came to nothing."""
    office(args.home)
    keep_compiled()
    from tuyen.apps.access import clock
    from tuyen.apps.journal import working
    from tuyen.apps.network import tasks

    failed = 0
    with working.turn() as turn:
        if turn is None:
            say(N_("Another program waits for the work already."))
            return DONE
        for one in tasks.answer(clock.now, turn.at):
            if one.refused is not None:
                failed += 1
                complain(one.refused)
            elif one.plan is not None:
                say(N_("The month is planned: {plan}"), plan=one.plan)
            else:
                say(N_("The search {search} was stopped meanwhile."), search=one.search)
            turn.at(None, None)
    return FINDINGS if failed else DONE
