"""``tuyen fhir check FILE...``: resources of FHIR R4 judged before they are sent or taken in.

Needs no network, no database and no installation.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tuyen.cli.csv_files import spare, write_json
from tuyen.cli.terminal import DONE, FINDINGS, WRONG, bar, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from tuyen.engines.exchange.fhir import Problem

LARGEST = 256_000_000
"""Bytes of a file of one resource, and of one line."""

SHOWN = 200
"""Findings written to the terminal; the JSON holds all."""


class NoResources(Refusal):
    code = "cli.fhir-none"
    message = N_("{path}: no resource in this folder; expected files that end in .json or .ndjson.")


class TooLarge(Refusal):
    code = "cli.fhir-too-large"
    message = N_("{path}: a resource is larger than {limit} bytes.")


class Judged(NamedTuple):
    """One resource of a file: where it stands, what it is, what was found."""

    file: str
    line: int
    """Of an .ndjson, from 1; 0 where the file is one resource."""
    type: str
    id: str
    readable: bool
    findings: "list[Problem]"


def add_parsers(commands: Any) -> None:
    fhir = commands.add_parser("fhir", help=_("judge resources of FHIR R4"))
    verbs = fhir.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help=_("say what is wrong in resources, and where"))
    check.add_argument(
        "file",
        nargs="+",
        type=Path,
        metavar="FILE.json|.ndjson",
        help=_("files of one resource, of one a line, or folders of them"),
    )
    check.add_argument("--json", type=Path, metavar="OUT", help=_("all findings, for programs"))
    check.set_defaults(run=run_check)


def run_check(args: argparse.Namespace) -> int:
    """0 where no error was found, 1 with errors, 2 where something is no JSON."""
    files = list(_files(args.file))
    if args.json:
        spare(args.json, files)
    results: list[Judged] = []
    shown = errors = unreadable = 0
    move = bar(N_("files"), len(files))
    for number, path in enumerate(files, start=1):
        for judged in _judged(path):
            results.append(judged)
            unreadable += not judged.readable
            errors += sum(problem.severity == "error" for problem in judged.findings)
            for problem in judged.findings:
                shown += 1
                if shown <= SHOWN:
                    print(_told(judged, problem))
        move(number)
    if args.json:
        _write(args.json, results)
    if shown > SHOWN:
        say(N_("and {count} more"), count=shown - SHOWN)
    say(
        N_("{resources} resources, {errors} errors, {notes} warnings and notes"),
        resources=len(results), errors=errors, notes=shown - errors,
    )  # fmt: skip
    return WRONG if unreadable else FINDINGS if errors else DONE


def _files(given: list[Path]) -> Iterator[Path]:
    for path in given:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix in (".json", ".ndjson"))
        if not inside:
            raise NoResources(path=path)
        yield from inside


def _judged(path: Path) -> Iterator[Judged]:
    from tuyen.apps.exchange import r4

    for line, raw in _texts(path):
        tree, problems = r4.examine(raw)
        readable = tree is not None or all(problem.rule != "json" for problem in problems)
        said = tree or {}
        kind, id = (str(said.get(key, ""))[:64] for key in ("resourceType", "id"))
        yield Judged(_named(path), line, kind, id, readable, problems)


def _texts(path: Path) -> Iterator[tuple[int, bytes]]:
    """The resources of a file: its whole content, or its lines that are not blank."""
    with path.open("rb") as file:
        if path.suffix != ".ndjson":
            yield 0, _limited(file.read(LARGEST + 1), path)
            return
        number = 0
        while line := file.readline(LARGEST + 1):
            number += 1
            if line.strip():
                yield number, _limited(line, path)


def _limited(raw: bytes, path: Path) -> bytes:
    if len(raw) > LARGEST:
        raise TooLarge(path=path, limit=LARGEST)
    return raw


def _told(judged: Judged, problem: "Problem") -> str:
    place = f"{judged.file}:{judged.line}" if judged.line else judged.file
    where = f" {problem.location}:" if problem.location else ""
    said = f"{place}:{where} {problem.sentence(_)} [{problem.severity}, {problem.rule}]"
    return "".join(sign if sign.isprintable() else "�" for sign in said[:2_000])


def _named(path: Path) -> str:
    """A path as text that can be written; a name may hold bytes that are no UTF-8."""
    return str(path).encode("utf-8", "replace").decode()


def _write(path: Path, results: list[Judged]) -> None:
    """Every finding with its file, line and resource, and what was read at all."""
    about = [
        {
            "file": judged.file, "line": judged.line, "type": judged.type, "id": judged.id,
            "readable": judged.readable, "findings": len(judged.findings),
        }
        for judged in results
    ]  # fmt: skip
    findings = [
        {**problem.as_dict(_), "file": judged.file, "line": judged.line}
        for judged in results
        for problem in judged.findings
    ]
    answer = {"findings": findings, "resources": about}
    write_json(path, answer)
