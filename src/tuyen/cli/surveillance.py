"""``tuyen import cases | signals``, ``tuyen export cases``: lists in and out."""

import argparse
import os
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, bar, complain, filled, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

_SHOWN = 40


class BadMapping(Refusal):
    code = "cli.bad-mapping"
    message = N_("{value} is not COLUMN=FIELD; write a letter or header, then one of: {fields}.")


class NoSuchPerson(Refusal):
    code = "cli.no-such-person"
    message = N_("There is no account {login}; name a login that holds a post today.")


class NoSuchUnit(Refusal):
    code = "cli.no-such-unit"
    message = N_(
        "{value} is not the code of a unit in operation on {on}; give the insurer's code, the"
        " 13-digit code, the id, or the code of the commune whose station reports."
    )


class BadDay(Refusal):
    code = "cli.bad-day"
    message = N_("{value} is not a day; write it as 2026-10-25.")


class RequestAlone(Refusal):
    code = "cli.request-alone"
    message = N_(
        "A list that was agreed to is what was agreed to: give --request with --as LOGIN, the one who"
        " asked for it, and no filters."
    )


class BadSuffix(Refusal):
    code = "cli.bad-suffix"
    message = N_("{value} must end in .csv or .xlsx.")


def add_import_parsers(kinds: Any) -> None:
    cases = kinds.add_parser("cases", help=_("a line list of cases, CSV or XLSX"))
    cases.set_defaults(run=run_import)
    signals = kinds.add_parser("signals", help=_("a list of event signals, CSV or XLSX"))
    signals.set_defaults(run=run_import)
    for parser in (cases, signals):
        _import_options(parser)


def _import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--map", action="append", default=[], metavar="COLUMN=FIELD", dest="mapping",
        help=_("say which field a column (letter or header) is; COLUMN= leaves it out"),
    )  # fmt: skip
    parser.add_argument(
        "--dry-run", action="store_true", help=_("show what would happen; write nothing")
    )
    parser.add_argument(
        "--accept-good-rows",
        action="store_true",
        help=_("take the good rows even if others are bad"),
    )
    parser.add_argument("--errors", type=Path, metavar="OUT", help=_("write the rows to mend here"))
    parser.add_argument(
        "--unit", metavar="CODE", help=_("the unit that reports rows that name none")
    )
    parser.add_argument(
        "--date-order", choices=("dmy", "mdy"), help=_("where a column leaves it open")
    )
    parser.add_argument(
        "--accept-successors", action="store_true",
        help=_("take a former commune that was divided as its largest part"),
    )  # fmt: skip
    parser.add_argument("--sheet", help=_("the sheet of a workbook"))
    parser.add_argument("--convert", choices=("tcvn3", "vni"), help=_("convert legacy letters"))
    _common(parser)


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
    _common(cases)
    cases.set_defaults(run=run_export)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="login", metavar="LOGIN", help=_("act as this person"))
    parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))


def run_import(args: argparse.Namespace) -> int:
    data = args.file.read_bytes()
    if args.errors is not None:
        _suffix(args.errors)
    office(args.home)
    from tuyen.apps.access import clock, world
    from tuyen.apps.surveillance import imports
    from tuyen.apps.surveillance.imports import Choices, run
    from tuyen.engines.exchange.tabular import read_table

    of_signals = args.kind == "signals"
    fields = imports.signals.fields if of_signals else imports.fields
    plan = imports.signals.plan if of_signals else imports.plan

    world.check_file(data)
    by, at = _actor(args.login, "import"), clock.now()
    table = read_table(
        data, args.file.name, vocabulary=fields().vocabulary, sheet=args.sheet, convert=args.convert
    )
    choices = Choices(
        columns=_mapping(args.mapping, fields().by_id),
        date_order=args.date_order,
        unit=_unit(args.unit, by.on) if args.unit else None,
        accept_successors=args.accept_successors,
    )
    made = plan(by=by, table=table, on=by.on, at=at, choices=choices)
    for match in made.columns.matches:
        say(f"{match.letter} ({match.header}) -> {match.field} [{match.how}]")
    for doubt in made.columns.doubts:
        complain(
            "{file}: columns {letters} may all be {field}; choose with --map",
            file=args.file.name, letters=", ".join(doubt.letters), field=doubt.field,
        )  # fmt: skip
    if args.dry_run:
        say(_foretold(made))
    ready = not (made.refused or made.columns.doubts)
    willing = args.accept_good_rows or made.clean
    if ready and willing and not args.dry_run:
        done = run(by=by, plan=made, at=at, accept_good_rows=args.accept_good_rows,
                   progress=bar("import", len(made.operations)))  # fmt: skip
        say(
            "{taken} taken, {already} already there, {refused} refused, {left} left out",
            taken=done.accepted, already=done.already, refused=done.refused, left=done.left_out,
        )  # fmt: skip
    elif not args.dry_run:
        say("nothing was taken: {why}", why=_foretold(made))
    _tell(args.file.name, made.findings)
    if args.errors is not None and made.bad_rows:
        _write(args.errors, made.errors_file(form=args.errors.suffix.lower().lstrip(".")))
        say("{file}: {count} rows to mend", file=args.errors, count=len(made.bad_rows))
    return DONE if ready and not made.bad_rows else FINDINGS


def run_export(args: argparse.Namespace) -> int:
    """Without names, for whoever runs it; with names only what two persons agreed to, once."""
    suffix = _suffix(args.out)
    first, last = day_of(args.first), day_of(args.last)
    if args.request is not None and (args.login is None or first or last or args.disease):
        raise RequestAlone()
    office(args.home)
    from tuyen.apps.access import clock, services
    from tuyen.apps.surveillance import exports, queries

    by, at, names = _actor(args.login, "cli"), clock.now(), args.request is not None
    filters = queries.CaseFilters(diseases=tuple(args.disease), first=first, last=last)
    if names:
        filters = _agreed(by, args.request, at)
    rows = list(queries.export_rows(by=by, filters=filters))
    services.allow_bulk(by=by, rows=len(rows), at=at, agreed=names)
    if names:
        _fetched(by, args.request, len(rows), at)
    services.record_readings(
        by=by.stating("export"), subject="surveillance.case", ids=[row.id for row in rows], at=at,
        agreed=names,
    )  # fmt: skip
    make = exports.csv_file if suffix == ".csv" else exports.xlsx_file
    _write(args.out, make(by=by, filters=filters, names=names))
    say("{file}: written", file=args.out)
    return DONE


def _agreed(by: Any, request: UUID, at: Any) -> Any:
    """The filters of a list that ``by`` asked for."""
    from tuyen.apps.access import exports
    from tuyen.apps.access.letting_out import UnknownExport
    from tuyen.apps.surveillance import exports as lists

    each = exports.one(by=by, id=request, at=at)
    if each is None or each.author != by.user or each.what != lists.WHAT:
        raise UnknownExport(request=request)
    return lists.read(each.query)


def _fetched(by: Any, request: UUID, rows: int, at: Any) -> None:
    """Note that the list leaves, or say why it may not."""
    from tuyen.apps.access import exports
    from tuyen.apps.access.operations import FetchExport
    from tuyen.apps.journal.services import commit
    from tuyen.kernel.operation import Operation

    each = exports.one(by=by, id=request, at=at)
    assert each is not None
    said = FetchExport(request=request, rows=rows)
    made = Operation.of(said, unit=each.unit, happened_on=at.date(), recorded_at=at)
    (receipt,) = commit(by=by, operations=[made], at=at)
    if receipt.refusal is not None:
        raise receipt.refusal.refusal()


def _foretold(made: Any) -> str:
    return filled(
        N_("{new} rows would go in, {already} are already there, {bad} have to be mended"),
        {
            "new": len(made.operations),
            "already": len(made.already) + len(made.repeated),
            "bad": len(made.bad_rows),
        },
    )


def _tell(name: str, findings: Iterable[Any]) -> None:
    """One line for each finding, the first forty of them."""
    found = list(findings)
    for finding in found[:_SHOWN]:
        place = [name]
        if finding.row:
            place.append(filled(N_("row {row}"), {"row": finding.row}))
        if finding.letter:
            column = {"letter": finding.letter, "header": finding.header}
            place.append(filled(N_("column {letter} ({header})"), column))
        value = f' "{finding.value}"' if str(finding.value) else ""
        said = " ".join(finding.parts(_))
        complain(f"{', '.join(place)}{value}: {said} [{finding.severity} {finding.code}]")
    if len(found) > _SHOWN:
        complain(
            "{file}: {count} more findings; --errors OUT writes them all",
            file=name, count=len(found) - _SHOWN,
        )  # fmt: skip


def _mapping(pairs: list[str], known: Iterable[str]) -> dict[str, str | None]:
    chosen: dict[str, str | None] = {}
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not sign or not column:
            raise BadMapping(value=pair, fields=", ".join(known))
        chosen[column.strip()] = field.strip() or None
    return chosen


def _actor(login: str | None, channel: Any) -> Any:
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.access.queries import actor_by_login

    if login is None:
        return Actor.program(clock.today(), channel=channel)
    found = actor_by_login(login, on=clock.today(), channel=channel)
    if found is None:
        raise NoSuchPerson(login=login)
    return found


def _unit(text: str, on: date) -> UUID:
    from tuyen.apps.registry.queries import atlas

    map_ = atlas()
    if (unit := _as_id(text)) is not None and map_.unit(unit) is not None:
        return unit
    for system in ("insurer", "facility13"):
        if (unit := map_.by_code(system, text, on)) is not None and map_.valid(unit, on):
            return unit
    commune = map_.by_code("administrative.commune", text, on)
    stations = [
        unit for unit in map_.units(type="station", on=on)
        if commune is not None and map_.commune_of(unit, on) == commune
    ]  # fmt: skip
    if len(stations) != 1:
        raise NoSuchUnit(value=text, on=on)
    return stations[0]


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def day_of(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadDay(value=text) from None


def _suffix(path: Path) -> str:
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise BadSuffix(value=path)
    return path.suffix.lower()


def _write(path: Path, data: bytes) -> None:
    """Beside its place first, then there: a reader never meets half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
