"""``tuyen import doses | export doses``: old doses in, and the fields of the national system out."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from tuyen.cli import lists
from tuyen.cli.lists import RequestAlone
from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_


def add_import_parsers(kinds: Any) -> None:
    doses = kinds.add_parser(
        "doses", help=_("old doses, CSV or XLSX: a row a dose or a row a child")
    )
    lists.import_options(doses, _("the unit that records the doses"))
    doses.set_defaults(run=run_import)


def add_export_parsers(kinds: Any) -> None:
    doses = kinds.add_parser(
        "doses",
        help=_("doses in the 44 fields of decision 3891, without what tells who somebody is"),
    )
    doses.add_argument("out", type=Path)
    doses.add_argument("--first", metavar="DATE", help=_("given from this day"))
    doses.add_argument("--last", metavar="DATE", help=_("given up to this day"))
    doses.add_argument(
        "--request", type=UUID, metavar="ID",
        help=_("a list with names that a second person agreed to; --as is who asked for it"),
    )  # fmt: skip
    lists.common(doses)
    doses.set_defaults(run=run_export)


def run_import(args: argparse.Namespace) -> int:
    def of() -> lists.Imported:
        from tuyen.apps.immunization import imports

        foretold = N_(
            "{new} doses would go in, {already} are already there, {bad} rows have to be mended"
        )
        return lists.Imported(imports.fields, imports.plan, imports.run, imports.Choices, foretold)

    return lists.carry_out(args, of)


def run_export(args: argparse.Namespace) -> int:
    """The fields of every dose, and how many doses lack each mandatory one; 1 when any does. With
    names only what two persons agreed to, once."""
    suffix = lists.suffix(args.out)
    first, last = lists.day_of(args.first), lists.day_of(args.last)
    names = args.request is not None
    if names and (args.login is None or first or last):
        raise RequestAlone()
    office(args.home)
    from tuyen.apps.access import clock, services, world
    from tuyen.apps.immunization import national
    from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx

    by, at = lists.actor(args.login, "cli"), clock.now()
    span = national.Span(first=first or date(1985, 1, 1), last=last or at.date())
    if names:
        span = national.Span.read(lists.agreed(by, args.request, national.WHAT, at).query)
    doses, people = national.count(by=by, span=span)
    services.allow_bulk(by=by, rows=people, at=at, agreed=names)
    if names:
        lists.fetched(by, args.request, doses, at)
    found = list(national.records(by=by, span=span, names=names))
    services.record_readings(
        by=by.stating("export"), subject="immunization.child", at=at, agreed=names,
        ids=dict.fromkeys(record.person for record in found),
    )  # fmt: skip
    header = [*national.header(by.language)[:-1], _("Lacks")]
    head, marked = world.marked(header, [national.cells(one, by.language) for one in found])
    rows = list(marked)
    if suffix == ".csv":
        data = write_csv(head, rows, title=world.titled())
    else:
        widths = [min(32, max(10, len(title) + 2)) for title in head]
        data = write_xlsx([SheetOut(_("Doses"), head, rows, widths, world.titled())])
    lists.write(args.out, data)
    say("{file}: {count} doses written", file=args.out, count=len(found))
    lacking = national.lacking(found)
    for code, count in lacking.most_common():
        complain("{count} doses lack the mandatory field {code}", count=count, code=code)
    return FINDINGS if lacking else DONE
