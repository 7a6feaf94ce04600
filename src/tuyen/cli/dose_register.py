"""``tuyen import doses | export doses``: old doses in, and the fields of the national system out."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from tuyen.cli.start import office
from tuyen.cli.surveillance import _actor, _common, _mapping, _suffix, _tell, _unit, _write, day_of
from tuyen.cli.terminal import DONE, FINDINGS, bar, complain, say
from tuyen.cli.terminal import gettext as _


def add_import_parsers(kinds: Any) -> None:
    doses = kinds.add_parser(
        "doses", help=_("old doses, CSV or XLSX: a row a dose or a row a child")
    )
    doses.add_argument("file", type=Path)
    doses.add_argument(
        "--map", action="append", default=[], metavar="COLUMN=FIELD", dest="mapping",
        help=_("say which field a column (letter or header) is; COLUMN= leaves it out"),
    )  # fmt: skip
    doses.add_argument(
        "--dry-run", action="store_true", help=_("show what would happen; write nothing")
    )
    doses.add_argument(
        "--accept-good-rows", action="store_true",
        help=_("take the good rows even if others are bad"),
    )  # fmt: skip
    doses.add_argument("--errors", type=Path, metavar="OUT", help=_("write the rows to mend here"))
    doses.add_argument("--unit", metavar="CODE", help=_("the unit that records the doses"))
    doses.add_argument(
        "--date-order", choices=("dmy", "mdy"), help=_("where a column leaves it open")
    )
    doses.add_argument("--sheet", help=_("the sheet of a workbook"))
    doses.add_argument("--convert", choices=("tcvn3", "vni"), help=_("convert legacy letters"))
    _common(doses)
    doses.set_defaults(run=run_import)


def add_export_parsers(kinds: Any) -> None:
    doses = kinds.add_parser(
        "doses",
        help=_("doses in the 44 fields of decision 3891, without what tells who somebody is"),
    )
    doses.add_argument("out", type=Path)
    doses.add_argument("--first", metavar="DATE", help=_("given from this day"))
    doses.add_argument("--last", metavar="DATE", help=_("given up to this day"))
    _common(doses)
    doses.set_defaults(run=run_export)


def run_import(args: argparse.Namespace) -> int:
    data = args.file.read_bytes()
    if args.errors is not None:
        _suffix(args.errors)
    office(args.home)
    from tuyen.apps.access import clock, world
    from tuyen.apps.immunization.imports import Choices, fields, plan, run
    from tuyen.engines.exchange.tabular import read_table

    world.check_file(data)
    by, at = _actor(args.login, "import"), clock.now()
    table = read_table(
        data, args.file.name, vocabulary=fields().vocabulary, sheet=args.sheet, convert=args.convert
    )
    choices = Choices(
        columns=_mapping(args.mapping, fields().by_id), date_order=args.date_order,
        unit=_unit(args.unit, by.on) if args.unit else None,
    )  # fmt: skip
    made = plan(by=by, table=table, on=by.on, at=at, choices=choices)
    for match in made.columns.matches:
        say(f"{match.letter} ({match.header}) -> {match.field} [{match.how}]")
    for doubt in made.columns.doubts:
        complain(
            "{file}: columns {letters} may all be {field}; choose with --map",
            file=args.file.name, letters=", ".join(doubt.letters), field=doubt.field,
        )  # fmt: skip
    ready = not (made.refused or made.columns.doubts)
    if args.dry_run or not ready or not (made.clean or args.accept_good_rows):
        say(
            "{new} doses would go in, {already} are already there, {bad} rows have to be mended",
            new=len(made.operations), already=len(made.already) + len(made.repeated), bad=len(made.bad_rows),
        )  # fmt: skip
    else:
        done = run(by=by, plan=made, at=at, accept_good_rows=args.accept_good_rows,
                   progress=bar("import", len(made.operations)))  # fmt: skip
        say(
            "{taken} taken, {already} already there, {refused} refused, {left} left out",
            taken=done.accepted, already=done.already, refused=done.refused, left=done.left_out,
        )  # fmt: skip
    _tell(args.file.name, made.findings)
    if args.errors is not None and made.bad_rows:
        _write(args.errors, made.errors_file(form=args.errors.suffix.lower().lstrip(".")))
        say("{file}: {count} rows to mend", file=args.errors, count=len(made.bad_rows))
    return DONE if ready and not made.bad_rows else FINDINGS


def run_export(args: argparse.Namespace) -> int:
    """The fields of every dose, and how many doses lack each mandatory one; 1 when any does."""
    suffix = _suffix(args.out)
    first, last = day_of(args.first), day_of(args.last)
    office(args.home)
    from tuyen.apps.access import clock, services, world
    from tuyen.apps.immunization import national
    from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx

    by, at = _actor(args.login, "cli"), clock.now()
    span = national.Span(first=first or date(1985, 1, 1), last=last or at.date())
    found = list(national.records(by=by, span=span))
    people = dict.fromkeys(record.person for record in found)
    services.record_readings(
        by=by.stating("export"), subject="immunization.child", ids=people, at=at
    )
    header = [*national.header(by.language)[:-1], _("Lacks")]
    head, marked = world.marked(header, [national.cells(one, by.language) for one in found])
    rows = list(marked)
    if suffix == ".csv":
        data = write_csv(head, rows, title=world.titled())
    else:
        widths = [min(32, max(10, len(title) + 2)) for title in head]
        data = write_xlsx([SheetOut(_("Doses"), head, rows, widths, world.titled())])
    _write(args.out, data)
    say("{file}: {count} doses written", file=args.out, count=len(found))
    lacking = national.lacking(found)
    for code, count in lacking.most_common():
        complain("{count} doses lack the mandatory field {code}", count=count, code=code)
    return FINDINGS if lacking else DONE
