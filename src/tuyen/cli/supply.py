"""``tuyen stock check``, ``tuyen import readings | medicines``: the ledger proved, files read in."""

import argparse
from pathlib import Path
from typing import Any

from tuyen.cli import lists
from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

_SHOWN = 40


class NoSuchEquipment(Refusal):
    code = "cli.no-such-equipment"
    message = N_("{value} is no equipment on record; give its serial number or its id: {known}.")


def add_parsers(commands: Any) -> None:
    stock = commands.add_parser("stock", help=_("the vaccine stock"))
    acts = stock.add_subparsers(dest="act", metavar="ACT", required=True)
    check = acts.add_parser("check", help=_("recount the ledger from its movements"))
    check.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    check.set_defaults(run=run_check)


def add_import_parsers(kinds: Any) -> None:
    readings = kinds.add_parser("readings", help=_("the file of a temperature logger"))
    readings.add_argument("file", type=Path)
    readings.add_argument("--equipment", required=True, help=_("serial number or id of the fridge"))
    for name, text in (
        ("moment", _("column (letter or header) of the day and time")),
        ("clock", _("column of the time, if apart")),
        ("celsius", _("column of the temperature")),
    ):
        readings.add_argument(f"--{name}", metavar="COLUMN", default="", help=text)
    readings.add_argument(
        "--dry-run", action="store_true", help=_("show what would happen; write nothing")
    )
    readings.add_argument(
        "--accept-good-rows", action="store_true",
        help=_("take the good rows even if others are bad"),
    )  # fmt: skip
    readings.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    readings.set_defaults(run=run_readings)
    medicines = kinds.add_parser(
        "medicines", help=_("what lies on the shelf, CSV or XLSX: a row a lot")
    )
    lists.import_options(medicines, _("the place that receives it"))
    medicines.set_defaults(run=run_medicines)


def run_medicines(args: argparse.Namespace) -> int:
    """Receive what a list says lies on the shelf; 1 when a row has to be mended."""

    def of() -> lists.Imported:
        from tuyen.apps.supply import imports

        foretold = N_(
            "{new} lots would be received, {already} are already there, {bad} rows have to be mended"
        )
        return lists.Imported(imports.fields, imports.plan, imports.run, imports.Choices, foretold)

    return lists.carry_out(args, of)


def run_check(args: argparse.Namespace) -> int:
    """Recount every account; 1 when one of them is not what its movements add up to."""
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.supply import queries

    found = queries.recount(by=Actor.program(clock.today()))
    for one in found.wrong[:_SHOWN]:
        complain(
            N_("lot {lot}, {state} at {holder}: {kept} kept, {counted} by its movements"),
            lot=one.number, state=one.state, holder=one.holder, kept=one.kept, counted=one.counted,
        )  # fmt: skip
    for number in found.lots[:_SHOWN]:
        complain(N_("lot {lot}: its accounts do not sum to zero"), lot=number)
    say(
        N_("{accounts} accounts recounted from {movements} movements: {wrong} wrong"),
        accounts=found.accounts, movements=found.movements, wrong=len(found.wrong) + len(found.lots),
    )  # fmt: skip
    return FINDINGS if found.wrong or found.lots else DONE


def run_readings(args: argparse.Namespace) -> int:
    """Read a logger's file in; 1 when a row is wrong and the good ones were not asked for."""
    data = args.file.read_bytes()
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.journal.services import commit
    from tuyen.apps.supply import loggers, queries
    from tuyen.apps.supply.operations import ImportReadings
    from tuyen.apps.supply.operations.cold import MOST_READINGS
    from tuyen.kernel.operation import Operation

    by, now = Actor.program(clock.today(), channel="cli"), clock.now()
    piece = _piece(queries.equipment(by=by, on=clock.today()), args.equipment)
    table = loggers.opened(data, args.file.name)
    guessed = loggers.guess(table)
    mapping = loggers.Mapping(
        args.moment or guessed.moment, args.celsius or guessed.celsius,
        args.clock or ("" if args.moment else guessed.clock),
    )  # fmt: skip
    found = loggers.read(table, mapping, now)
    for problem in found.problems[:_SHOWN]:
        complain(problem)
    say(
        N_("{good} of {rows} rows can be taken, {bad} cannot"),
        good=len(found.minutes), rows=found.rows, bad=len(found.problems),
    )  # fmt: skip
    if args.dry_run or (found.problems and not args.accept_good_rows):
        return FINDINGS if found.problems else DONE
    operations = [
        Operation.of(
            ImportReadings(
                equipment=piece.id, minutes=found.minutes[n : n + MOST_READINGS],
                celsius=found.celsius[n : n + MOST_READINGS], file=args.file.name[:120],
            ),
            unit=piece.unit, happened_on=now.date(), recorded_at=now,
        )
        for n in range(0, len(found.minutes), MOST_READINGS)
    ]  # fmt: skip
    refused = [r for r in commit(by=by, operations=operations, at=now) if r.refusal is not None]
    for receipt in refused:
        complain(receipt.refusal.refusal())  # type: ignore[union-attr]
    return FINDINGS if refused or found.problems else DONE


def _piece(known: Any, wanted: str) -> Any:
    for row in known:
        if wanted in (row.serial, str(row.id)) and wanted:
            return row
    serials = ", ".join(row.serial for row in known if row.serial)[:300]
    raise NoSuchEquipment(value=wanted, known=serials or "–")
