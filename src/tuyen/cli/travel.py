"""``tuyen travel``: travel surfaces from files, and minutes from files. ``build`` and ``minutes`` need no
database; ``load``, ``list`` and ``withdraw`` keep surfaces in the installation."""

import argparse
import datetime
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tuyen.cli import travel_store
from tuyen.cli.terminal import DONE, FINDINGS, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

MODES = ("motorbike", "foot", "car", "boat", "mixed")
SEASONS = ("dry", "wet")
SHOWN = 20
LIMITS = (15.0, 30.0, 60.0, 120.0)


class BadOption(Refusal):
    code = "cli.travel-bad-option"
    message = N_("{option} is {value}; expected {expected}.")


def add_parsers(commands: Any) -> None:
    travel = commands.add_parser(
        "travel", help=_("travel surfaces, and minutes to the nearest station")
    )
    kinds = travel.add_subparsers(dest="what", metavar="WHAT", required=True)
    build = kinds.add_parser("build", help=_("make a travel surface from files"))
    add_sources(build)
    build.add_argument("--out", required=True, type=Path, metavar="SURFACE.npz")
    build.set_defaults(run=run_build)
    minutes = kinds.add_parser("minutes", help=_("minutes from villages to the nearest site"))
    minutes.add_argument("sites", type=Path, metavar="SITES.csv", help=_("id, lon, lat"))
    minutes.add_argument(
        "villages",
        type=Path,
        metavar="VILLAGES.csv",
        help=_("id, lon, lat; name and people if known"),
    )
    ways = minutes.add_mutually_exclusive_group(required=True)
    ways.add_argument("--surface", type=Path, metavar="SURFACE.npz", help=_("ways over land"))
    ways.add_argument(
        "--roads", type=Path, metavar="FILE", help=_("ways on roads: .osm, .osm.pbf or .csv")
    )
    minutes.add_argument("--mode", choices=MODES, default="motorbike")
    minutes.add_argument("--season", choices=SEASONS, default="dry")
    minutes.add_argument(
        "--limit", type=float, default=math.inf, metavar="MIN", help=_("minutes at most")
    )
    minutes.add_argument("--pairs", action="store_true", help=_("every village with every site"))
    minutes.add_argument(
        "--crs", type=int, default=4326, metavar="EPSG", help=_("of x and y (4326)")
    )
    minutes.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    minutes.set_defaults(run=run_minutes)
    travel_store.add_parsers(kinds, add_sources)


def add_sources(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """The files that a surface is made from."""
    parser.add_argument(
        "--roads", required=required, type=Path, metavar="FILE", help=_(".osm, .osm.pbf or .csv")
    )
    parser.add_argument("--elevation", type=Path, metavar="FILE.tif", help=_("heights in metres"))
    parser.add_argument("--cover", type=Path, metavar="FILE.tif", help=_("land cover by class"))
    parser.add_argument(
        "--classes", choices=("worldcover", "own"), default="worldcover",
        help=_("what the codes of land cover mean (worldcover)"),
    )  # fmt: skip
    parser.add_argument(
        "--around", type=Path, metavar="POINTS.csv", help=_("the area: these points")
    )
    parser.add_argument(
        "--cell", type=float, default=250.0, metavar="M", help=_("metres a cell (250)")
    )


def build(args: argparse.Namespace) -> bytes:
    """The surface of the files as bytes; says what it holds."""
    import numpy as np

    from tuyen.cli import travel_files as files
    from tuyen.engines.network import building, country, projection

    if not 20 <= args.cell <= 5_000:
        raise BadOption(option="--cell", value=args.cell, expected=_("20 to 5,000 metres"))
    lines = files.read_lines(args.roads)
    heights = files.read_tiff(args.elevation) if args.elevation else None
    cover = files.read_tiff(args.cover) if args.cover else None
    if args.around:
        frame = projection.frame_around(files.read_points(args.around).at, args.cell)
    elif heights is not None:
        west, south, east, north = heights.bounds()
        corners = np.array([[west, south], [east, north]])
        frame = projection.frame_around(corners, args.cell, margin=0.0)
    else:
        frame = projection.frame_around(
            np.concatenate([road[1] for road in lines.roads]), args.cell
        )
    classes = building.OWN if args.classes == "own" else building.WORLDCOVER
    made = building.built(frame, lines, heights, cover, classes)
    say(
        N_("{rows} x {columns} cells of {cell:g} m; {roads} roads, {rivers} rivers."),
        rows=frame.rows, columns=frame.columns, cell=frame.cell, roads=len(lines.roads),
        rivers=len(lines.rivers),
    )  # fmt: skip
    if lines.broken:
        say(
            N_("Of {count} lines points are missing in the file; they end where it ends."),
            count=lines.broken,
        )
    if heights is None:
        say(N_("No heights were given (--elevation): the land is taken for a plain."))
    return country.written(made)


def run_build(args: argparse.Namespace) -> int:
    from tuyen.cli.csv_files import spare

    read = (args.roads, args.elevation, args.cover, args.around)
    spare(args.out, [path for path in read if path is not None])
    content = build(args)
    part = args.out.with_name(f".{args.out.name}.part")
    try:
        part.write_bytes(content)
        part.replace(args.out)
    finally:
        part.unlink(missing_ok=True)
    say(N_("Written to {path}."), path=args.out)
    return DONE


def run_minutes(args: argparse.Namespace) -> int:
    """0 with every village reached, 1 where some are not (the file has them all)."""
    import numpy as np

    from tuyen.cli import travel_files as files
    from tuyen.cli.csv_files import spare, write_rows

    if not args.limit > 0:
        raise BadOption(option="--limit", value=args.limit, expected=_("more than 0 minutes"))
    read = (args.sites, args.villages, args.surface, args.roads)
    spare(args.out, [path for path in read if path is not None])
    sites, villages = (files.read_points(path, args.crs) for path in (args.sites, args.villages))
    speeds = files.speeds_of(args.mode, args.season, datetime.date.max)
    reached = (_over_land if args.surface else _on_roads)(args, sites, villages, speeds)
    if args.pairs:
        table = reached.pairs(args.limit)
        rows: Iterable[Any] = (
            (villages.ids[v], sites.ids[s], round(float(table[v, s]), 2))
            for v in range(len(villages.ids)) for s in range(len(sites.ids)) if np.isfinite(table[v, s])
        )  # fmt: skip
        write_rows(args.out, ("village", "site", "minutes"), rows)
        minutes = table.min(axis=1)
    else:
        minutes, nearest = reached.nearest()
        minutes = np.where(minutes <= args.limit, minutes, np.inf)
        write_rows(args.out, ("village", "name", "people", "minutes", "site", "to_road_m"), (
            (id, name, people, round(float(m), 2) if np.isfinite(m) else None,
             sites.ids[s] if np.isfinite(m) else None, round(float(a)))
            for id, name, people, m, s, a in zip(villages.ids, villages.names, villages.people, minutes,
                                                 nearest, reached.away, strict=True)
        ))  # fmt: skip
    return _told(args, villages, minutes, reached)


class _Reached:
    """Ways that were found: asked for the nearest site or for all pairs; who is cut off, and why."""

    def __init__(self, away: Any, nearest: Any, pairs: Any, lost: Any) -> None:
        self.away, self.nearest, self.pairs, self.lost = away, nearest, pairs, lost


def _over_land(args: argparse.Namespace, sites: Any, villages: Any, speeds: Any) -> _Reached:
    from tuyen.cli import travel_files as files
    from tuyen.engines.network.country import surface
    from tuyen.engines.network.placing import Placed

    land = files.read_surface(args.surface)
    placed = Placed(land.frame, surface(land, speeds))
    at, to = placed.cells(villages.at), placed.cells(sites.at)

    def lost(which: int) -> str:
        if at.cell[which] is None:
            return _("it lies outside of the surface, or where nobody passes")
        return _("no way leads from there to a site")

    return _Reached(
        at.away, lambda: placed.nearest(at, to), lambda limit: placed.pairs(at, to, limit), lost
    )


def _on_roads(args: argparse.Namespace, sites: Any, villages: Any, speeds: Any) -> _Reached:
    import numpy as np

    from tuyen.cli import travel_files as files
    from tuyen.engines.network.projection import frame_around
    from tuyen.engines.network.roads import Network, joined

    lines = files.read_lines(args.roads)
    every = [road[1] for road in lines.roads]
    frame = frame_around(np.concatenate(every), 1_000.0)
    roads = joined([frame.metres(line) for line in every], [road[0] for road in lines.roads],
                   [road[3] for road in lines.roads])  # fmt: skip
    net = Network(roads, speeds.road, speeds.on_road)
    at, to = frame.metres(villages.at), frame.metres(sites.at)
    stranded = {one.place: one for one in net.stranded(at, to)}

    def lost(which: int) -> str:
        one = stranded.get(which)
        if one is None:
            return _("farther than --limit")
        if not math.isfinite(one.gap):
            return _("no site stands on any road")
        if one.away > net.reach:
            return _("the nearest road is {metres:.0f} m away").format(metres=one.away)
        return _("its road leads to no site; the nearest that does is {metres:.0f} m away").format(
            metres=one.gap
        )

    return _Reached(net.feet(at).away, lambda: net.nearest(at, to),
                    lambda limit: net.between(at, to, limit), lost)  # fmt: skip


def _told(args: argparse.Namespace, villages: Any, minutes: Any, reached: _Reached) -> int:
    """What came out in sentences; findings where somebody is not reached."""
    import numpy as np

    people = np.where(np.isfinite(villages.people), villages.people, 0)
    if villages.people_told:
        nobody = np.flatnonzero(~(people > 0))
        if nobody.size:
            say(
                N_("{count} villages have no people (first: {name}): they have minutes, and count for nobody."),
                count=nobody.size, name=villages.names[int(nobody[0])],
            )  # fmt: skip
        for limit in LIMITS:
            inside = float(people[minutes <= limit].sum())
            share = 100 * inside / people.sum() if people.sum() else 0
            say(N_("Within {limit:g} minutes: {people:.0f} people ({share:.1f} %)."), limit=limit,
                people=inside, share=share)  # fmt: skip
    say(N_("Written to {path}."), path=args.out)
    lost = np.flatnonzero(~np.isfinite(minutes))
    for n in lost[:SHOWN].tolist():
        complain(N_("{name} ({id}) reaches no site: {why}."), name=villages.names[n], id=villages.ids[n],
                 why=reached.lost(n))  # fmt: skip
    if lost.size:
        complain(N_("{count} of {of} villages reach no site."), count=lost.size, of=len(minutes))
        return FINDINGS
    return DONE
