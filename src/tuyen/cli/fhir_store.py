"""``tuyen import fhir`` and ``tuyen export health-book``: resources of other systems in, a record out."""

import argparse
import gc
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, bar, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

_SHOWN = 20
_LARGEST = 256 * 1024 * 1024


class NoSuchUnit(Refusal):
    code = "cli.fhir-no-such-unit"
    message = N_("{value} is no unit of today's map; give the id of the station that keeps them.")


class NotPatient(Refusal):
    code = "cli.fhir-not-a-patient"
    message = N_("{value} is nobody here; give a personal number or the id of a patient.")


def add_import_parsers(kinds: Any) -> None:
    parser = kinds.add_parser(
        "fhir", help=_("resources of FHIR R4: transaction bundles, resources, .ndjson, .gz")
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--unit", required=True, metavar="ID", help=_("the station that keeps them")
    )
    parser.add_argument("--dry-run", action="store_true", help=_("check the files; write nothing"))
    parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    parser.set_defaults(run=run_import)


def add_export_parsers(kinds: Any) -> None:
    parser = kinds.add_parser("health-book", help=_("a patient's summary, a FHIR document (IPS)"))
    parser.add_argument("patient", help=_("personal number, or the id of the patient"))
    parser.add_argument("out", type=Path, metavar="OUT.json")
    parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    parser.set_defaults(run=run_export)


def run_import(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.exchange.importing import Import

    unit = _unit(args.unit)
    work = Import(Actor.program(clock.today(), channel="import"), unit, clock.now())
    # A bundle is a tree of many small things that are all in use until it is kept: to look for garbage
    # among them at every 700th is a tenth of the time.
    gc.set_threshold(100_000, 20, 50)
    kept, wrong, shown = 0, 0, 0
    remarks: Counter[str] = Counter()
    move = bar("resources", len(args.files))
    for number, file in enumerate(args.files, start=1):
        for body in _pieces(file):
            done = work.take(body, dry_run=args.dry_run)
            kept += done.kept
            wrong += len(done.refusals)
            remarks.update(why.code for why in done.remarks)
            for refusal in done.refusals[: max(0, _SHOWN - shown)]:
                complain("{file}: {what}", file=file.name, what=refusal.spoken(_))
                shown += 1
        move(number)
    if args.dry_run:
        say(
            "{kept} resources can be kept, {wrong} entries are refused; nothing was written",
            kept=kept, wrong=wrong,
        )  # fmt: skip
    else:
        say("{kept} resources kept, {wrong} entries refused", kept=kept, wrong=wrong)
        filed = remarks.pop("exchange.filed", 0)
        say("{filed} of them filed with visits and doses", filed=filed)
        for code, count in remarks.most_common():
            say("  {count} {code}", count=count, code=code)
    return FINDINGS if wrong else DONE


def run_export(args: argparse.Namespace) -> int:
    office(args.home)
    from tuyen.apps.access import clock, services, world
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.exchange import documents
    from tuyen.apps.registry import queries as registry

    by = Actor.program(clock.today(), channel="cli")
    held = registry.holders(by=by, values=[args.patient])
    id = str(held.get(args.patient, args.patient))
    try:
        made = documents.summary(by=by, id=id, at=clock.now(), base="urn:tuyen:fhir")
    except Refusal:
        raise NotPatient(value=args.patient) from None
    whom = {row.whom for row in made.rows if row.whom}
    services.record_readings(by=by, subject="exchange.fhir", ids=sorted(whom), at=clock.now())
    content = made.body
    if mark := world.sign():
        said = json.loads(content)
        said["meta"] = {"tag": [{"system": "urn:tuyen:drill", "code": mark}]}
        content = json.dumps(said, ensure_ascii=False).encode()
    beside = args.out.with_name(f".{args.out.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(args.out)
    finally:
        beside.unlink(missing_ok=True)
    say("{file}: {count} resources", file=args.out, count=len(made.rows) + 1)
    return DONE


def _unit(text: str) -> UUID:
    from tuyen.apps.registry import queries as registry

    try:
        unit = UUID(text)
    except ValueError:
        raise NoSuchUnit(value=text) from None
    if registry.atlas().unit(unit) is None:
        raise NoSuchUnit(value=text)
    return unit


def _pieces(file: Path) -> Iterator[bytes]:
    """The JSON texts of a file: one, or one a line. What unfolds beyond any file is cut off."""
    if file.suffix == ".gz":
        with gzip.open(file) as packed:
            content = packed.read(_LARGEST + 1)
    else:
        content = file.read_bytes()
    from tuyen.apps.access import world

    world.check_text(content)
    if len(content) > _LARGEST:
        from tuyen.apps.exchange.refusals import TooLarge

        raise TooLarge(type=file.name, size=len(content), limit=_LARGEST)
    if ".ndjson" in file.suffixes:
        yield from (line for line in content.splitlines() if line.strip())
    else:
        yield content
