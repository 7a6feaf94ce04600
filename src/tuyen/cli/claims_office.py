"""``tuyen claims key | send | close | card | portal``: the key of a facility, its outbox, and a portal to rehearse with."""

import argparse
import json
import os
import sys
import time
from datetime import date, timedelta
from typing import Any

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_

_WHY = {"down": N_("the portal did not answer"), "shut": N_("the portal did not let us in")}


def add_verbs(verbs: Any) -> None:
    key = verbs.add_parser("key", help=_("make a key to rehearse signing with"))
    key.set_defaults(run=run_key)
    send = verbs.add_parser(
        "send",
        help=_("ask about cards, sign what was agreed to and offer the outbox to the portal"),
    )
    send.add_argument("--now", action="store_true", help=_("also before the pause is over"))
    send.set_defaults(run=run_send)
    close = verbs.add_parser("close", help=_("check every claim of a month that was not sent"))
    close.add_argument("month", metavar="YYYY-MM", type=_month)
    close.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N",
                       help=_("processes that check side by side"))  # fmt: skip
    close.set_defaults(run=run_close)
    card = verbs.add_parser("card", help=_("ask the portal about an insurance card"))
    card.add_argument("card", metavar="CARD")
    card.add_argument("name", metavar="NAME")
    card.add_argument("born", metavar="DD/MM/YYYY")
    card.set_defaults(run=run_card)
    portal = verbs.add_parser("portal", help=_("serve a portal to rehearse with, on this machine"))
    portal.add_argument("--port", type=int, default=8099, metavar="P")
    portal.add_argument("--username", default="20001_BV")
    portal.add_argument("--password", default="rehearsal")
    portal.set_defaults(run=run_portal)
    for verb in (key, send, close, card, portal):
        verb.add_argument("--home", metavar="DIR", help=_("folder of the installation"))


def run_key(args: argparse.Namespace) -> int:
    """0 with a key in place; one that is there stays."""
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.claims import signing

    folder = signing.make_test_key(clock.now())
    say(N_("{folder}: key.pem and certificate.pem, to rehearse with"), folder=folder)
    return DONE


def run_send(args: argparse.Namespace) -> int:
    """0 when the outbox is empty, 1 when files wait or were refused."""
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.claims import cards, outbox, settings, tasks
    from tuyen.apps.claims.portal import Client

    asked = cards.run(Client(settings.portal()), clock.now, at_once=args.now)
    if asked.good or asked.bad or asked.left:
        say(
            N_("cards: {good} confirmed, {bad} contradicted, {left} not confirmed yet {why}"),
            good=asked.good, bad=asked.bad, left=asked.left,
            why=f"({_(_WHY[asked.stopped])})" if asked.stopped in _WHY else asked.stopped,
        )  # fmt: skip
    tasks.check_in(None, clock.now())
    tasks.sign(None, clock.now())
    done = outbox.run(Client(settings.portal()), clock.now, at_once=args.now)
    say(
        N_("{accepted} taken, {refused} refused, {waiting} waiting {why}"),
        accepted=done.accepted, refused=done.refused, waiting=done.waiting,
        why=f"({_(_WHY[done.stopped])})" if done.stopped in _WHY else done.stopped,
    )  # fmt: skip
    return FINDINGS if done.waiting or done.refused else DONE


def run_close(args: argparse.Namespace) -> int:
    """0 when every claim of the month is without error, 1 when some are to be mended."""
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.claims import closing

    first = args.month
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    done = closing.close(first, last, clock.now(), workers=max(1, args.workers))
    say(
        N_("{checked} checked, {ready} ready to send, {faulty} to be mended"),
        checked=done.checked, ready=done.ready, faulty=done.faulty,
    )  # fmt: skip
    return FINDINGS if done.faulty else DONE


def _month(text: str) -> date:
    """The first day of a month that is written 2026-10."""
    return date.fromisoformat(f"{text}-01")


def run_card(args: argparse.Namespace) -> int:
    """0 when the card is good, 1 with what the portal says of it."""
    office(args.home)
    from tuyen.apps.claims import settings
    from tuyen.apps.claims.portal import Client
    from tuyen.cli.terminal import language
    from tuyen.rules.claims.lookup import said, says

    answer = Client(settings.portal()).card(args.card, args.name, args.born)
    code = str(answer.get("maKetQua", ""))
    print(said(code, language()))
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return DONE if says(code) == "good" else FINDINGS


def run_portal(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    office(args.home)
    from tuyen.apps.claims import signing
    from tuyen.apps.claims.refusals import NoKey
    from tuyen.apps.claims.standin import StandIn, opened

    try:
        certificate = signing.own_certificate()
    except NoKey:
        certificate = None
    with opened(
        StandIn(args.username, args.password, certificate, any_card=True), args.port
    ) as address:
        say(N_("a portal to rehearse with, at {address}; stop it with Ctrl-C"), address=address)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return DONE
