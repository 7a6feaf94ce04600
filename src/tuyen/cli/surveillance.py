"""``tuyen import cases | signals``, ``tuyen export cases``: lists in and out."""

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from tuyen.cli import lists
from tuyen.cli.lists import RequestAlone
from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_


def add_import_parsers(kinds: Any) -> None:
    cases = kinds.add_parser("cases", help=_("a line list of cases, CSV or XLSX"))
    cases.set_defaults(run=run_import)
    signals = kinds.add_parser("signals", help=_("a list of event signals, CSV or XLSX"))
    signals.set_defaults(run=run_import)
    for parser in (cases, signals):
        lists.import_options(parser, _("the unit that reports rows that name none"))
        parser.add_argument(
            "--accept-successors", action="store_true",
            help=_("take a former commune that was divided as its largest part"),
        )  # fmt: skip


def add_export_parsers(kinds: Any) -> None:
    cases = kinds.add_parser("cases", help=_("a line list of cases, CSV or XLSX"))
    cases.add_argument("out", type=Path)
    cases.add_argument("--first", metavar="DATE", help=_("onset from this day"))
    cases.add_argument("--last", metavar="DATE", help=_("onset up to this day"))
    cases.add_argument("--disease", action="append", default=[], metavar="ID")
    cases.add_argument(
        "--request", type=UUID, metavar="ID",
        help=_("a list with names that a second person agreed to; --as is who asked for it"),
    )  # fmt: skip
    lists.common(cases)
    cases.set_defaults(run=run_export)


def run_import(args: argparse.Namespace) -> int:
    def of() -> lists.Imported:
        from tuyen.apps.surveillance import imports

        kind = imports.signals if args.kind == "signals" else imports
        foretold = N_(
            "{new} rows would go in, {already} are already there, {bad} have to be mended"
        )
        return lists.Imported(kind.fields, kind.plan, imports.run, imports.Choices, foretold)

    return lists.carry_out(args, of, accept_successors=args.accept_successors)


def run_export(args: argparse.Namespace) -> int:
    """Without names, for whoever runs it; with names only what two persons agreed to, once."""
    suffix = lists.suffix(args.out)
    first, last = lists.day_of(args.first), lists.day_of(args.last)
    if args.request is not None and (args.login is None or first or last or args.disease):
        raise RequestAlone()
    office(args.home)
    from tuyen.apps.access import clock, services
    from tuyen.apps.surveillance import exports, queries

    by, at, names = lists.actor(args.login, "cli"), clock.now(), args.request is not None
    filters = queries.CaseFilters(diseases=tuple(args.disease), first=first, last=last)
    if names:
        filters = exports.read(lists.agreed(by, args.request, exports.WHAT, at).query)
    rows = list(queries.export_rows(by=by, filters=filters))
    services.allow_bulk(by=by, rows=len(rows), at=at, agreed=names)
    if names:
        lists.fetched(by, args.request, len(rows), at)
    services.record_readings(
        by=by.stating("export"), subject="surveillance.case", ids=[row.id for row in rows], at=at,
        agreed=names,
    )  # fmt: skip
    make = exports.csv_file if suffix == ".csv" else exports.xlsx_file
    lists.write(args.out, make(by=by, filters=filters, names=names))
    say("{file}: written", file=args.out)
    return DONE
