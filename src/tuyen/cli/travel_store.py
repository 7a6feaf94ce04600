"""``tuyen travel load | list | withdraw | ways``: surfaces of an installation, and who loaded them."""

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal


class NotASurfaceId(Refusal):
    code = "cli.travel-not-an-id"
    message = N_("{value} is no surface; take its number from `tuyen travel list`.")


def add_parsers(kinds: Any, sources: Any) -> None:
    load = kinds.add_parser("load", help=_("take a travel surface into the installation"))
    sources(load, required=False)
    load.add_argument(
        "--surface", type=Path, metavar="SURFACE.npz", help=_("one that is built already")
    )
    load.add_argument("--title", metavar="TEXT", help=_("what it is called on the pages"))
    load.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    load.set_defaults(run=run_load)
    shown = kinds.add_parser("list", help=_("the surfaces of the installation"))
    shown.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    shown.set_defaults(run=run_list)
    away = kinds.add_parser("withdraw", help=_("do not measure on a surface any more"))
    away.add_argument("surface", metavar="ID")
    away.add_argument("--reason", required=True, metavar="TEXT")
    away.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    away.set_defaults(run=run_withdraw)
    ways = kinds.add_parser("ways", help=_("compute the ways that pages wait for"))
    ways.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    ways.set_defaults(run=run_ways)


def run_load(args: argparse.Namespace) -> int:
    """Build or take a file, keep it by its hash, and note who loaded it, of which files."""
    import io

    from tuyen.cli import travel
    from tuyen.cli import travel_files as files
    from tuyen.engines.network import country

    if (args.surface is None) == (args.roads is None):
        raise travel.BadOption(
            option="--surface", value=args.surface, expected=_("--surface or --roads")
        )
    if args.surface:
        files.read_surface(args.surface)
        content = args.surface.read_bytes()
    else:
        content = travel.build(args)
    land = country.read(io.BytesIO(content), "surface")
    used = [(role, getattr(args, role)) for role in ("surface", "roads", "elevation", "cover")
            if getattr(args, role, None)]  # fmt: skip
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.network import ways
    from tuyen.apps.network.operations import LoadSurface, SurfaceFile

    said = LoadSurface(
        title=(args.title or used[0][1].stem).strip()[:120].ljust(3, "·"), sha256=ways.put(content),
        files=tuple(
            SurfaceFile(role=role, name=path.name[:255], sha256=files.fingerprint(path),  # type: ignore[arg-type]
                        size=path.stat().st_size) for role, path in used
        ),
        west=land.frame.west, north=land.frame.north, cell=land.frame.cell, rows=land.frame.rows,
        columns=land.frame.columns,
    )  # fmt: skip
    return _committed(said, clock.today()) or run_ways(args)


def _committed(payload: Any, on: Any, unit: UUID | None = None) -> int:
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.journal.services import commit
    from tuyen.apps.network import queries
    from tuyen.kernel.operation import Operation

    by, at = Actor.program(on, channel="import"), clock.now()
    made = Operation.of(
        payload, unit=unit or queries.province(by=by, on=on), happened_on=on, recorded_at=at
    )
    refused = [r.refusal for r in commit(by=by, operations=[made], at=at) if r.refusal is not None]
    for refusal in refused:
        complain(refusal.refusal())
    if not refused:
        say(N_("Done: {id}."), id=made.id)
    return FINDINGS if refused else DONE


def run_list(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.network import queries

    rows = queries.surfaces(by=Actor.program(clock.today()))
    for one in rows:
        state = (
            _("in use")
            if one.in_use
            else _("stands")
            if one.state == "standing"
            else _("withdrawn")
        )
        say(
            N_("{id}  {on}  {rows} x {columns} cells of {cell:g} m  {state}  {title}  ({files})"),
            id=one.id, on=one.loaded_on, rows=one.rows, columns=one.columns, cell=one.cell, state=state,
            title=one.title, files=", ".join(file["name"] for file in one.files),
        )  # fmt: skip
        if not one.here:
            complain(
                N_("The file of {title} is not on this machine: load it again."), title=one.title
            )
    if not rows:
        say(N_("No travel surface is loaded."))
    return DONE


def run_withdraw(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.network import queries
    from tuyen.apps.network.operations import WithdrawSurface

    on = clock.today()
    found = next(
        (s for s in queries.surfaces(by=Actor.program(on)) if str(s.id) == args.surface), None
    )
    if found is None:
        raise NotASurfaceId(value=args.surface)
    return _committed(WithdrawSurface(surface=found.id, reason=args.reason[:500]), on, found.unit)


def run_ways(args: argparse.Namespace) -> int:
    """Compute and keep the ways of the usual means in both seasons, however long it takes."""
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.network import queries

    found = queries.compute_ways(by=Actor.program(clock.today()), on=clock.today())
    say(N_("{count} ways are kept."), count=found)
    return DONE
