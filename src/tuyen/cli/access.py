"""``tuyen invite | access | api-key``: who gets in, decided by whoever holds the machine."""

import argparse
import os
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal


class NoSuchLogin(Refusal):
    code = "cli.no-such-login"
    message = N_("There is no account {login}; `tuyen invite` without a login makes the first one.")


class AlreadyInstalled(Refusal):
    code = "cli.already-installed"
    message = N_("This installation has accounts; name the login to be invited.")


def add_parsers(commands: Any) -> None:
    invite = commands.add_parser(
        "invite", help=_("print a one-time link: the first administrator's, or a login's")
    )
    invite.add_argument("login", nargs="?", help=_("whose password is to be chosen anew"))
    invite.set_defaults(run=run_invite)
    access = commands.add_parser("access", help=_("help somebody in who lost what opens the door"))
    kinds = access.add_subparsers(dest="what", required=True)
    reset = kinds.add_parser(
        "reset-factor",
        help=_(
            "forget a login's app, passkeys and recovery codes, and print a link for a new password"
        ),
    )
    reset.add_argument("login")
    reset.add_argument("--reason", required=True, help=_("why; it stands in the journal"))
    reset.set_defaults(run=run_reset_factor)
    key = commands.add_parser("api-key", help=_("print a key by which a program acts for a login"))
    key.add_argument("login")
    key.add_argument("--label", default="program", help=_("what the key is for"))
    key.add_argument("--days", type=int, default=90, help=_("how long it holds (default 90)"))
    key.add_argument("--revoke", action="store_true", help=_("end the keys of this label instead"))
    key.set_defaults(run=run_api_key)
    for parser in (invite, reset, key):
        parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))


def run_invite(args: argparse.Namespace) -> int:
    office(args.home)
    from django.utils import timezone

    from tuyen.apps.access import queries

    user = None
    if args.login:
        user = _user(args.login)
    elif queries.has_accounts():
        raise AlreadyInstalled()
    _print_link(user, timezone.now())
    return DONE


def run_reset_factor(args: argparse.Namespace) -> int:
    """What a colleague does by the console, for a sole administrator whom no colleague can help.

    It is an operation like theirs: the journal keeps that the program did it, and why.
    """
    office(args.home)
    from django.utils import timezone

    from tuyen.apps.access.actors import Actor
    from tuyen.apps.access.operations import ResetSecondFactor
    from tuyen.apps.journal.services import commit
    from tuyen.kernel.ids import NODE, uuid7
    from tuyen.kernel.operation import Operation

    user, now = _user(args.login), timezone.now()
    reset = Operation.of(
        ResetSecondFactor(user=user, reason=args.reason.strip()), id=uuid7(), unit=NODE,
        happened_on=timezone.localdate(), recorded_at=now,
    )  # fmt: skip
    by = Actor.program(timezone.localdate(), channel="cli")
    (receipt,) = commit(by=by, operations=[reset], at=now)
    if receipt.refusal is not None:
        raise receipt.refusal.refusal()
    say(
        "What {login} had enrolled is forgotten and every session of theirs has ended; they enrol"
        " again at their next sign-in.", login=args.login,
    )  # fmt: skip
    _print_link(user, now)
    return DONE


def _print_link(user: UUID | None, now: datetime) -> None:
    from tuyen.apps.access import services

    holds = services.lifetime(user)
    token = services.invite(user=user, now=now)
    host = os.environ.get("TUYEN_HOSTS", "localhost:8000").split(",")[0]
    scheme = "http" if os.environ.get("TUYEN_LOOPBACK") else "https"
    url = f"{scheme}://{host}/welcome/#{token}"
    if holds >= timedelta(days=1):
        say("Open this once within {days} days: {url}", days=holds.days, url=url)
    else:
        minutes = int(holds.total_seconds()) // 60
        say("Open this once within {minutes} minutes: {url}", minutes=minutes, url=url)


def run_api_key(args: argparse.Namespace) -> int:
    office(args.home)
    from django.utils import timezone

    from tuyen.apps.access import services

    user, now = _user(args.login), timezone.now()
    if args.revoke:
        ended = services.revoke_keys(user=user, label=args.label, now=now)
        say("{count} keys ended.", count=ended)
        return DONE
    say(services.issue_key(user=user, label=args.label, days=args.days, now=now))
    return DONE


def _user(login: str) -> UUID:
    from django.utils import timezone

    from tuyen.apps.access import queries

    actor = queries.actor_by_login(login, on=timezone.localdate(), channel="cli")
    if actor is None or actor.user is None:
        raise NoSuchLogin(login=login)
    return actor.user
