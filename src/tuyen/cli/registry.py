"""``tuyen import areas | boundaries`` and ``tuyen export areas``: the map in and out."""

import argparse
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, bar, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.text import fold

_BATCH = 500
_SHOWN = 20


class UnknownProvince(Refusal):
    code = "cli.unknown-province"
    message = N_("{value} is not the two-digit code of a province of today; one of: {known}.")


class NoProvince(Refusal):
    code = "cli.no-province"
    message = N_("Say which provinces to load: --province CODE (again for more), or --all.")


class NotADay(Refusal):
    code = "cli.not-a-day"
    message = N_("{value} is not a day; write it as 2025-07-01.")


class NoSuchArea(Refusal):
    code = "cli.no-such-area"
    message = N_(
        "Feature {feature} names {value}, which is no area on {on}; the nearest is {suggestion}."
    )


class CodeOfAnother(Refusal):
    code = "cli.code-of-another"
    message = N_(
        "Feature {feature} has the code {value} and the name {name}, but on {on} that code is of"
        " {holder}; give the day of the map by --on."
    )


class NotTabular(Refusal):
    code = "cli.areas-suffix"
    message = N_("{value} must end in .csv or .geojson.")


def add_import_parsers(kinds: Any) -> None:
    areas = kinds.add_parser("areas", help=_("provinces and communes, before and after 2025-07-01"))
    areas.add_argument(
        "--province", action="append", default=[], metavar="CODE", help=_("two digits, as 11")
    )
    areas.add_argument("--all", action="store_true", help=_("the whole country"))
    areas.add_argument(
        "--no-outlines", action="store_true", help=_("leave the derived outlines of communes out")
    )
    areas.add_argument("--dry-run", action="store_true", help=_("say what would be loaded"))
    areas.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    areas.set_defaults(run=run_import_areas)
    outlines = kinds.add_parser("boundaries", help=_("real outlines of areas, GeoJSON in WGS 84"))
    outlines.add_argument("file", type=Path)
    outlines.add_argument("--on", metavar="DATE", help=_("whose codes they are (default: today)"))
    outlines.add_argument(
        "--source", metavar="TEXT", help=_("where they come from (default: file)")
    )
    outlines.add_argument("--code-property", metavar="NAME", help=_("property that holds the code"))
    outlines.add_argument("--name-property", metavar="NAME", help=_("property that holds the name"))
    outlines.add_argument("--dry-run", action="store_true", help=_("check the file; write nothing"))
    outlines.add_argument(
        "--accept-good-rows",
        action="store_true",
        help=_("take the good features even if others are bad"),
    )
    outlines.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    outlines.set_defaults(run=run_import_boundaries)


def add_export_parsers(kinds: Any) -> None:
    areas = kinds.add_parser("areas", help=_("the areas of a day, CSV or GeoJSON"))
    areas.add_argument("out", type=Path, help=_("ends in .csv or .geojson"))
    areas.add_argument("--on", metavar="DATE", help=_("whose map (default: today)"))
    areas.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    areas.set_defaults(run=run_export_areas)


def run_import_areas(args: argparse.Namespace) -> int:
    if not (args.province or args.all):
        raise NoProvince()
    from tuyen.rules.registry import gazetteer

    known = [province.code for province in gazetteer.load().provinces]
    for code in args.province:
        if code not in known:
            raise UnknownProvince(value=code, known=", ".join(known))
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.registry import areas

    at = clock.now()
    codes = known if args.all else list(dict.fromkeys(args.province))
    operations = areas.area_operations(None, at) if args.all else []
    if not args.all:
        for code in codes:
            operations += areas.area_operations(code, at)
    if not args.no_outlines:
        for code in codes:
            operations += areas.outline_operations(code, at)
    if args.dry_run:
        say(
            "{count} operations for {provinces} provinces; nothing was written",
            count=len(operations), provinces=len(codes),
        )  # fmt: skip
        return DONE
    return _commit(operations, at, "areas")


def run_import_boundaries(args: argparse.Namespace) -> int:
    content = args.file.read_bytes()
    day = _day(args.on) if args.on else None
    from tuyen.engines.registry.boundaries import read_boundaries

    found = read_boundaries(content, args.code_property, args.name_property)
    office(args.home)
    from tuyen.apps.access import clock, world
    from tuyen.apps.registry import queries
    from tuyen.apps.registry.outlines import fitted

    world.check_file(content)
    at, on = clock.now(), day or clock.today()
    source = args.source or args.file.name
    atlas = queries.atlas()
    errors = list(found.errors)
    operations = []
    for feature in found.features:
        unit = _area(atlas, feature, on)
        if isinstance(unit, Refusal):
            errors.append(unit)
        else:
            operations.append(fitted(unit, feature.geometry, source=source, on=on, at=at))
    for note in found.notes[:_SHOWN]:
        say(note.spoken(_) if isinstance(note, Refusal) else str(note))
    for error in errors[:_SHOWN]:
        complain(error)
    if len(errors) > _SHOWN:
        complain("and {count} more", count=len(errors) - _SHOWN)
    if args.dry_run or (errors and not args.accept_good_rows):
        say(
            "{good} of {all} outlines can be taken; nothing was written",
            good=len(operations), all=len(operations) + len(errors),
        )  # fmt: skip
        return FINDINGS if errors else DONE
    done = _commit(operations, at, "outlines")
    return FINDINGS if errors else done


def run_export_areas(args: argparse.Namespace) -> int:
    if args.out.suffix.lower() not in (".csv", ".geojson"):
        raise NotTabular(value=args.out.name)
    office(args.home)
    from tuyen.apps.access import clock, world
    from tuyen.apps.registry import queries

    on = _day(args.on) if args.on else clock.today()
    atlas = queries.atlas()
    rows = [_described(atlas, unit, on) for unit in atlas.units(on=on, kind="area")]
    if args.out.suffix.lower() == ".csv":
        from tuyen.engines.exchange.write import write_csv

        head, body = world.marked(
            list(rows[0]) if rows else ["code"], [list(r.values()) for r in rows]
        )
        content = write_csv(head, body, title=world.titled())
    else:
        content = _geojson(atlas, rows, on)
    _replace(args.out, content)
    say("{file}: {count} areas of {on}", file=args.out, count=len(rows), on=on)
    return DONE


def _commit(operations: Sequence[Operation], at: datetime, label: str) -> int:
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.journal.services import commit

    by = Actor.program(at.date(), channel="import")
    move = bar(label, len(operations))
    counts = {"accepted": 0, "already-had": 0, "refused": 0}
    for start in range(0, len(operations), _BATCH):
        part = operations[start : start + _BATCH]
        for receipt in commit(by=by, operations=part, at=at):
            counts[receipt.status] += 1
            if receipt.refusal is not None and counts["refused"] <= _SHOWN:
                complain(receipt.refusal.refusal())
        move(start + len(part))
    say(
        "{taken} taken, {already} already there, {refused} refused",
        taken=counts["accepted"], already=counts["already-had"], refused=counts["refused"],
    )  # fmt: skip
    return FINDINGS if counts["refused"] else DONE


def _area(atlas: Any, feature: Any, on: date) -> UUID | Refusal:
    """The area a feature names, by code and else by a name that leaves no doubt."""
    unit: UUID | None = None
    if feature.code:
        unit = atlas.by_code("administrative", feature.code, on)
        if unit is not None and atlas.valid(unit, on):
            names = {fold(atlas.name(unit, on)), fold(atlas.full_name(unit, on))}
            if feature.name and fold(feature.name) not in names:
                return CodeOfAnother(
                    feature=feature.number, value=feature.code, name=feature.name, on=on,
                    holder=atlas.full_name(unit, on),
                )  # fmt: skip
            return unit
    text = feature.name or feature.code or ""
    found = atlas.find(text, on, limit=2)
    sure = [each for each in found if each.current and each.score >= 0.95]
    if not feature.code and len(sure) == 1:
        return UUID(str(sure[0].unit))
    suggestion = ", ".join(
        f"{atlas.full_name(each.unit, on)} ({atlas.code(each.unit, 'administrative', on) or '—'})"
        for each in found
    )
    value = feature.code or feature.name
    return NoSuchArea(feature=feature.number, value=value, on=on, suggestion=suggestion or "—")


def _described(atlas: Any, unit: UUID, on: date) -> dict[str, Any]:
    facts, point = atlas.unit(unit), atlas.point(unit, on) or (None, None)
    province = atlas.province_of(unit, on)
    return {
        "code": atlas.code(unit, "administrative", on),
        "name": atlas.name(unit, on),
        "full_name": atlas.full_name(unit, on),
        "type": atlas.type(unit, on),
        "province_code": atlas.code(province, "administrative", on),
        "province": atlas.name(province, on),
        "lon": point[0],
        "lat": point[1],
        "since": facts.since,
        "until": facts.until,
        "id": str(unit),
    }


def _geojson(atlas: Any, rows: Sequence[dict[str, Any]], on: date) -> bytes:
    features = []
    for row in rows:
        outline = atlas.boundary(UUID(row["id"]), on)
        if outline is None:
            continue
        shape = {name: outline[name] for name in ("type", "coordinates")}
        about = {name: str(v) if isinstance(v, date) else v for name, v in row.items()}
        about |= {"source": outline["source"], "derived": outline["derived"]}
        features.append({"type": "Feature", "properties": about, "geometry": shape})
    whole: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    from tuyen.apps.access import world

    if mark := world.titled():
        whole["drill"] = mark
    return json.dumps(whole, ensure_ascii=False).encode()


def _replace(out: Path, content: bytes) -> None:
    """Write beside, then move: nothing half-written is left behind."""
    beside = out.with_name(f".{out.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(value=text) from None
