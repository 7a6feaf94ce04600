"""``tuyen night``: everything that an installation works out by itself once a day."""

import argparse
from collections.abc import Iterator
from itertools import chain
from typing import Any

from tuyen.cli.compiled import keep_compiled
from tuyen.cli.lists import day_of
from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _


def add_parsers(commands: Any) -> None:
    night = commands.add_parser(
        "night",
        help=_("the night's work: judge all counts of a day, and look ahead"),
        description=_(
            "Judge every disease and commune of a day, look for clusters of communes, keep what is"
            " expected of the weeks to come, and look again at the children whom the calendar changed."
            " Running it again without anything new changes nothing."
        ),
    )
    night.add_argument("--on", metavar="DATE", help=_("the day (default: today)"))
    night.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    night.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do the night's work; 0 when done, 1 when the journal refused a part of it."""
    on = day_of(args.on)
    office(args.home)
    keep_compiled()
    from tuyen.apps.access import clock
    from tuyen.apps.immunization import tasks as immunization
    from tuyen.apps.surveillance.tasks import night

    now = clock.now()
    day, refused = on or now.date(), 0
    steps: Iterator[Any] = chain(immunization.night(on=day, at=now), night(on=day, at=now))
    for step in steps:
        say(step.template, **step.values)
        for receipt in step.refused:
            refused += 1
            complain(receipt.refusal.refusal() if receipt.refusal else str(receipt.id))
    return FINDINGS if refused else DONE
