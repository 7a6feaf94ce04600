"""What every command has that reads a list from a file or writes one: the file and its columns, who
acts and for which unit, what would happen, what was found, and the rows to mend."""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
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


class Imported(NamedTuple):
    """What a kind of list brings: its fields, its plan and how that is carried out, what a person
    chooses, and the sentence that foretells it (``{new}``, ``{already}``, ``{bad}``)."""

    fields: Callable[[], Any]
    plan: Callable[..., Any]
    run: Callable[..., Any]
    choices: Callable[..., Any]
    foretold: str


def import_options(parser: argparse.ArgumentParser, unit: str) -> None:
    """The options of an import; ``unit``: what the unit that is named does."""
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
    parser.add_argument("--unit", metavar="CODE", help=unit)
    parser.add_argument(
        "--date-order", choices=("dmy", "mdy"), help=_("where a column leaves it open")
    )
    parser.add_argument("--sheet", help=_("the sheet of a workbook"))
    parser.add_argument("--convert", choices=("tcvn3", "vni"), help=_("convert legacy letters"))
    common(parser)


def common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="login", metavar="LOGIN", help=_("act as this person"))
    parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))


def carry_out(args: argparse.Namespace, of: Callable[[], Imported], **chosen: Any) -> int:
    """Read a file, say what would become of its rows, and unless it is a dry run take them: all, or
    with ``--accept-good-rows`` the good ones. 1 when rows have to be mended."""
    data = args.file.read_bytes()
    if args.errors is not None:
        suffix(args.errors)
    office(args.home)
    from tuyen.apps.access import clock, world
    from tuyen.engines.exchange.tabular import read_table

    kind = of()
    world.check_file(data)
    by, at = actor(args.login, "import"), clock.now()
    table = read_table(
        data, args.file.name, vocabulary=kind.fields().vocabulary, sheet=args.sheet,
        convert=args.convert,
    )  # fmt: skip
    choices = kind.choices(
        columns=mapping(args.mapping, kind.fields().by_id), date_order=args.date_order,
        unit=unit(args.unit, by.on) if args.unit else None, **chosen,
    )  # fmt: skip
    made = kind.plan(by=by, table=table, on=by.on, at=at, choices=choices)
    for match in made.columns.matches:
        say(f"{match.letter} ({match.header}) -> {match.field} [{match.how}]")
    for doubt in made.columns.doubts:
        complain(
            "{file}: columns {letters} may all be {field}; choose with --map",
            file=args.file.name, letters=", ".join(doubt.letters), field=doubt.field,
        )  # fmt: skip
    foretold = _foretold(made, kind.foretold)
    if args.dry_run:
        say(foretold)
    ready = not (made.refused or made.columns.doubts)
    willing = args.accept_good_rows or made.clean
    if ready and willing and not args.dry_run:
        done = kind.run(by=by, plan=made, at=at, accept_good_rows=args.accept_good_rows,
                        progress=bar("import", len(made.operations)))  # fmt: skip
        say(
            "{taken} taken, {already} already there, {refused} refused, {left} left out",
            taken=done.accepted, already=done.already, refused=done.refused, left=done.left_out,
        )  # fmt: skip
    elif not args.dry_run:
        say("nothing was taken: {why}", why=foretold)
    tell(args.file.name, made.findings)
    if args.errors is not None and made.bad_rows:
        write(args.errors, made.errors_file(form=args.errors.suffix.lower().lstrip(".")))
        say("{file}: {count} rows to mend", file=args.errors, count=len(made.bad_rows))
    return DONE if ready and not made.bad_rows else FINDINGS


def _foretold(made: Any, template: str) -> str:
    already = len(made.already) + len(made.repeated)
    counts = {"new": len(made.operations), "already": already, "bad": len(made.bad_rows)}
    return filled(template, counts)


def agreed(by: Any, request: UUID, what: str, at: Any) -> Any:
    """The request of ``by`` for a list of a kind; another's answers like none."""
    from tuyen.apps.access import exports
    from tuyen.apps.access.letting_out import UnknownExport

    each = exports.one(by=by, id=request, at=at)
    if each is None or each.author != by.user or each.what != what:
        raise UnknownExport(request=request)
    return each


def fetched(by: Any, request: UUID, rows: int, at: Any) -> None:
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


def tell(name: str, findings: Iterable[Any]) -> None:
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


def mapping(pairs: list[str], known: Iterable[str]) -> dict[str, str | None]:
    chosen: dict[str, str | None] = {}
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not sign or not column:
            raise BadMapping(value=pair, fields=", ".join(known))
        chosen[column.strip()] = field.strip() or None
    return chosen


def actor(login: str | None, channel: Any) -> Any:
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.access.queries import actor_by_login

    if login is None:
        return Actor.program(clock.today(), channel=channel)
    found = actor_by_login(login, on=clock.today(), channel=channel)
    if found is None:
        raise NoSuchPerson(login=login)
    return found


def unit(text: str, on: date) -> UUID:
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


def suffix(path: Path) -> str:
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise BadSuffix(value=path)
    return path.suffix.lower()


def write(path: Path, data: bytes) -> None:
    """Beside its place first, then there: a reader never meets half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
