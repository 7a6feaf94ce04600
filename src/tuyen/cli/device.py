"""``tuyen device enrol | list | lock | unlock | wipe | revoke | simulate``: the tablets."""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from tuyen.cli.access import NoSuchLogin
from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, complain, filled, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

ORDERS = {
    "lock": N_("show nothing on a tablet until it is unlocked"),
    "unlock": N_("let a locked tablet work again"),
    "wipe": N_("have a tablet send what it holds, then forget everything"),
    "revoke": N_("never speak to a tablet again"),
}


class NoSuchDevice(Refusal):
    code = "cli.no-such-device"
    message = N_("There is no device {id}; `tuyen device list` shows them.")


class BadLine(Refusal):
    code = "cli.bad-operation-line"
    message = N_("{file}, line {line}: not an operation ({what}); expected one as JSON.")


def add_parsers(commands: Any) -> None:
    device = commands.add_parser("device", help=_("enrol, order and try out tablets"))
    verbs = device.add_subparsers(dest="verb", metavar="VERB", required=True)
    enrol = verbs.add_parser(
        "enrol", help=_("print a one-time code by which a login's tablet enrols")
    )
    enrol.add_argument("login")
    enrol.set_defaults(run=run_enrol)
    listing = verbs.add_parser("list", help=_("tablets, their last contact and their orders"))
    listing.add_argument("--json", action="store_true", help=_("for programs"))
    listing.set_defaults(run=run_list)
    for order, purpose in ORDERS.items():
        parser = verbs.add_parser(order, help=_(purpose))
        parser.add_argument("device", type=UUID)
        parser.add_argument("--reason", required=True, help=_("why; it is kept in the journal"))
        parser.set_defaults(run=run_order, order=order)
        parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    for parser in (enrol, listing):
        parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    simulate = verbs.add_parser("simulate", help=_("be a tablet: enrol, send a file, receive"))
    simulate.add_argument("--server", default="http://127.0.0.1:8000")
    simulate.add_argument("--code", required=True, help=_("from `tuyen device enrol`"))
    simulate.add_argument("--label", default="tuyen device simulate")
    simulate.add_argument(
        "--operations", metavar="FILE", help=_("operations to send, one JSON a line")
    )
    simulate.add_argument(
        "--out", metavar="FILE", help=_("write what was received, one JSON a line")
    )
    simulate.add_argument(
        "--loss", type=float, default=0.0, help=_("share of messages to lose (0)")
    )
    simulate.add_argument("--seed", type=int, default=0, help=_("of the losses"))
    simulate.set_defaults(run=run_simulate)


def run_enrol(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock, devices, queries

    actor = queries.actor_by_login(args.login, on=clock.today(), channel="cli")
    if actor is None:
        raise NoSuchLogin(login=args.login)
    code = devices.issue_code(by=actor, now=clock.real_now())
    say(
        "{code}  (type it on the tablet within {minutes} minutes, once)",
        code=code, minutes=devices.CODE_MINUTES,
    )  # fmt: skip
    return DONE


def run_list(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock, devices
    from tuyen.apps.access.actors import Actor

    rows = devices.devices(by=Actor.program(clock.today(), channel="cli"))
    for row in rows:
        if args.json:
            say(msgspec.json.encode(row).decode())
        else:
            seen = f"{row.seen_at:%Y-%m-%d %H:%M}" if row.seen_at else _("never")
            told = filled(N_("seen {when}"), {"when": seen})
            if row.obeyed:
                told += ", " + filled(N_("{order} obeyed"), {"order": row.obeyed})
            say(f"{row.id}  {row.login:16} {row.state:8} {told}  {row.label}")
    return DONE


def run_order(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock, devices
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.access.operations import OrderDevice
    from tuyen.apps.journal.services import commit
    from tuyen.kernel.operation import Operation

    by = Actor.program(clock.today(), channel="cli")
    unit = {row.id: row.unit for row in devices.devices(by=by)}.get(args.device)
    if unit is None:
        raise NoSuchDevice(id=args.device)
    wish = OrderDevice(device=args.device, order=args.order, reason=args.reason)
    made = Operation.of(wish, unit=unit, happened_on=by.on, recorded_at=clock.now())
    (receipt,) = commit(by=by, operations=[made], at=clock.now())
    if receipt.refusal is not None:
        complain(receipt.refusal.refusal())
        return FINDINGS
    say("The device gets the order at its next contact, before anything else: {order}.",
        order=args.order)  # fmt: skip
    return DONE


def run_simulate(args: argparse.Namespace) -> int:
    """Be a tablet on a bad line until everything is sent and received; say what came of it."""
    from tuyen.cli import tablet
    from tuyen.engines.sync.tablet import Recorded

    send = tablet.over_http(args.server)
    device = tablet.enrol(send, code=args.code, label=args.label)
    lines = list(_lines(args.operations)) if args.operations else []
    for id, line in lines:
        device.step(Recorded(tablet.saved(id, line)))
    requests = tablet.talk(device, send, chance=random.Random(args.seed), loss=args.loss)  # noqa: S311
    state = device.state
    if args.out:
        with Path(args.out).open("w", encoding="utf-8") as out:
            for document in state.documents.values():
                out.write(json.dumps(document[:4], ensure_ascii=False) + "\n")
    say(
        "device {id}: {requests} requests, {documents} documents held",
        id=state.id, requests=requests, documents=len(state.documents),
    )  # fmt: skip
    say(
        "{confirmed} operations confirmed, {aside} set aside, {left} still here",
        confirmed=len(state.confirmed), aside=len(state.aside), left=len(state.outbox),
    )  # fmt: skip
    for saved, code in state.aside.values():
        print(f"{saved.id}: {code}", file=sys.stderr)
    return FINDINGS if state.aside or state.outbox else DONE


def _lines(name: str) -> Iterator[tuple[str, bytes]]:
    from tuyen.kernel.operation import Operation

    for number, line in enumerate(Path(name).read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            operation = msgspec.json.decode(line, type=Operation)
        except msgspec.DecodeError as error:
            raise BadLine(file=name, line=number, what=error) from None
        yield str(operation.id), line
