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

from tuyen.cli.platform import NoSuchLogin
from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.kernel.refusal import N_, Refusal

ORDERS = ("lock", "unlock", "wipe", "revoke")


class NoSuchDevice(Refusal):
    code = "cli.no-such-device"
    message = N_("There is no device {id}; `tuyen device list` shows them.")


class BadLine(Refusal):
    code = "cli.bad-operation-line"
    message = N_("{file}, line {line}: not an operation ({what}); expected one as JSON.")


def add_parsers(commands: Any) -> None:
    device = commands.add_parser("device", help="enrol, order and try out tablets")
    verbs = device.add_subparsers(dest="verb", metavar="VERB", required=True)
    enrol = verbs.add_parser("enrol", help="print a one-time code by which a login's tablet enrols")
    enrol.add_argument("login")
    enrol.set_defaults(run=run_enrol)
    listing = verbs.add_parser("list", help="tablets, their last contact and their orders")
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=run_list)
    for order in ORDERS:
        parser = verbs.add_parser(order, help=f"order a tablet: {order}")
        parser.add_argument("device", type=UUID)
        parser.add_argument("--reason", required=True, help="why; it is kept in the journal")
        parser.set_defaults(run=run_order, order=order)
        parser.add_argument("--home", metavar="DIR", help="folder of the installation")
    for parser in (enrol, listing):
        parser.add_argument("--home", metavar="DIR", help="folder of the installation")
    simulate = verbs.add_parser("simulate", help="be a tablet: enrol, send a file, receive")
    simulate.add_argument("--server", default="http://127.0.0.1:8000")
    simulate.add_argument("--code", required=True, help="from `tuyen device enrol`")
    simulate.add_argument("--label", default="tuyen device simulate")
    simulate.add_argument(
        "--operations", metavar="FILE", help="operations to send, one JSON a line"
    )
    simulate.add_argument("--out", metavar="FILE", help="write what was received, one JSON a line")
    simulate.add_argument("--loss", type=float, default=0.0, help="share of messages to lose (0)")
    simulate.add_argument("--seed", type=int, default=0, help="of the losses")
    simulate.set_defaults(run=run_simulate)


def run_enrol(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock, devices, queries

    actor = queries.actor_by_login(args.login, on=clock.today(), channel="cli")
    if actor is None:
        raise NoSuchLogin(login=args.login)
    code = devices.issue_code(by=actor, now=clock.real_now())
    say(f"{code}  (type it on the tablet within {devices.CODE_MINUTES} minutes, once)")
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
            seen = f"{row.seen_at:%Y-%m-%d %H:%M}" if row.seen_at else "never"
            done = f", {row.obeyed} obeyed" if row.obeyed else ""
            say(f"{row.id}  {row.login:16} {row.state:8} seen {seen}{done}  {row.label}")
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
    say(f"The device is told to {args.order} at its next contact, before anything else.")
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
    say(f"device {state.id}: {requests} requests, {len(state.documents)} documents held")
    say(f"{len(state.confirmed)} operations confirmed, {len(state.aside)} set aside,"
        f" {len(state.outbox)} still here")  # fmt: skip
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
