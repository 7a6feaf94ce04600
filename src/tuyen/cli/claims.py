"""``tuyen claims check FILE... | rules | ...``: insurance claims judged before they are sent.

Checking needs no network and no database.
"""

import argparse
import gc
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuyen.apps.claims.judging import checker, words_of
from tuyen.cli.claims_office import add_verbs
from tuyen.cli.csv_files import spare, write_json
from tuyen.cli.terminal import DONE, FINDINGS, WRONG, bar, language, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

__all__ = ["add_parsers", "checker", "judge_files", "words_of"]

if TYPE_CHECKING:
    from tuyen.engines.claims.checker import Checker, Finding
    from tuyen.engines.claims.reader import Package, Visit

AT_ONCE, BYTES_AT_ONCE = 400, 64_000_000
"""Files judged together: enough for columns, little enough for memory."""

PIECES_FOR_MANY = 4
"""From so many pieces on, starting further processes costs less than it saves."""

SHOWN = 200
"""Findings written to the terminal; the JSON holds all."""


class NoClaims(Refusal):
    code = "cli.claims-none"
    message = N_("{path}: no claim in this folder; expected files whose name ends in .xml.")


class BadDay(Refusal):
    code = "cli.claims-bad-day"
    message = N_("{value} is not a day; write it as 2026-10-04.")


def add_parsers(commands: Any) -> None:
    claims = commands.add_parser("claims", help=_("judge insurance claims before they are sent"))
    verbs = claims.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = verbs.add_parser("check", help=_("say what is wrong in claim files, and where"))
    check.add_argument(
        "file", nargs="+", type=Path, metavar="FILE.xml", help=_("claim files, or folders of them")
    )
    check.add_argument("--json", type=Path, metavar="OUT", help=_("all findings, for programs"))
    check.set_defaults(run=run_check)
    rules = verbs.add_parser("rules", help=_("list what is checked, with its source"))
    rules.add_argument("text", nargs="?", default="", help=_("only rules whose code holds this"))
    rules.add_argument("--on", metavar="DAY", help=_("the rules of that day (the latest)"))
    rules.set_defaults(run=run_rules)
    add_verbs(verbs)


def run_check(args: argparse.Namespace) -> int:
    """0 where nothing was found, 1 with findings, 2 where a file cannot be read."""
    files = list(_files(args.file))
    if args.json:
        spare(args.json, files)
    judge = checker()
    results: list[dict[str, Any]] = []
    shown = [0]
    move = bar(N_("claims"), len(files))
    for some in _in_pieces(files):
        for result in some:
            results.append(result)
            _tell(result, shown)
        move(len(results))
    for result in _among_visits(judge, results):
        _tell(result, shown)
    if args.json:
        _write(args.json, results)
    if shown[0] > SHOWN:
        say(N_("and {count} more"), count=shown[0] - SHOWN)
    findings = sum(len(result["findings"]) for result in results)
    unreadable = sum(not result["readable"] for result in results)
    say(
        N_("{files} files, {findings} findings, {unreadable} unreadable"),
        files=len(results), findings=findings, unreadable=unreadable,
    )  # fmt: skip
    return WRONG if unreadable else FINDINGS if findings else DONE


def _in_pieces(files: list[Path]) -> Iterator[list[dict[str, Any]]]:
    """Results of files, a piece at a time and in order; many files on all processors."""
    pieces = list(_pieces(files))
    if len(pieces) < PIECES_FOR_MANY:
        yield from map(judge_files, pieces)
        return
    with ProcessPoolExecutor(min(len(pieces), os.cpu_count() or 1)) as pool:
        yield from pool.map(judge_files, pieces)


def _pieces(files: list[Path]) -> Iterator[list[Path]]:
    """Files in pieces of so many, or of so many bytes."""
    piece: list[Path] = []
    held = 0
    for path in files:
        size = path.stat().st_size if path.is_file() else 0
        if piece and (len(piece) >= AT_ONCE or held + size > BYTES_AT_ONCE):
            yield piece
            piece, held = [], 0
        piece.append(path)
        held += size
    if piece:
        yield piece


def judge_files(paths: list[Path]) -> list[dict[str, Any]]:
    """A result for each visit of the files, and for each file that cannot be read."""
    # What is built here has no cycles; looking for them costs an eighth of the time.
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    read = [(path, _read(path)) for path in paths]
    judged = iter(_judged(checker(), [(p, held) for p, held in read if not isinstance(held, dict)]))
    results: list[dict[str, Any]] = []
    for _path, held in read:
        if isinstance(held, dict):
            results.append(held)
        else:
            results += [next(judged) for _visit in held.visits]
    gc.set_threshold(*before)
    return results


def run_rules(args: argparse.Namespace) -> int:
    """0 with the rules, 1 where none has such a code, 2 for a day that is none."""
    from tuyen.rules.claims import book

    try:
        on = date.fromisoformat(args.on) if args.on else date.max
    except ValueError as error:
        raise BadDay(value=args.on) from error
    spoken, acts, shown = language(), book.sources(), 0
    for code, rule in checker().book(on).rules.items():
        if args.text.upper() in code.upper():
            shown += 1
            act = acts[rule.source]["act"]
            print(f"{code} · {rule.tier} · {rule.severity} · {rule.words[spoken]} [{act}]")
    say(N_("{count} rules"), count=shown)
    return DONE if shown else FINDINGS


def _files(given: list[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.suffix.lower() == ".xml" and p.is_file()
            )
            if not inside:
                raise NoClaims(path=path)
            yield from inside
        else:
            yield path


def _read(path: Path) -> "Package | dict[str, Any]":
    """The visits of a file; a result that says why not, where it cannot be read."""
    from tuyen.engines.claims.reader import Limits, Unreadable, read

    limits = Limits()
    try:
        with path.open("rb") as file:
            content = file.read(limits.file + 1)
        return read(content, checker().book(date.max).layouts, limits)
    except Unreadable as error:
        return _unreadable(path, f"file-{error.why}", error.detail)
    except FileNotFoundError:
        return _unreadable(path, "file-missing", "")
    except OSError as error:
        return _unreadable(path, "file-access", error.strerror or str(error))


def _unreadable(path: Path, code: str, detail: str) -> dict[str, Any]:
    from tuyen.rules.claims import book

    words = book.material()["words"].get(code, {})
    finding = {
        "code": code.replace("-", ".", 1), "severity": "error", "table": "", "row": 0, "field": "",
        "value": _printable(detail), "message": words.get(language(), _printable(detail)),
    }  # fmt: skip
    return {"file": _named(path), "readable": False, "visit": "", "findings": [finding]}


def _judged(judge: "Checker", waiting: "list[tuple[Path, Package]]") -> Iterator[dict[str, Any]]:
    from tuyen.engines.claims.checker import day_of

    visits = [(path, visit) for path, package in waiting for visit in package.visits]
    for (path, visit), findings in zip(visits, judge.check([v for _p, v in visits]), strict=True):
        yield {
            "file": _named(path),
            "readable": True,
            "visit": visit.header().get("MA_LK", "")[:100],
            "findings": [_as_json(judge, finding, day_of(visit)) for finding in findings],
            "stay": _stay(visit),
        }


def _as_json(judge: "Checker", finding: "Finding", on: date) -> dict[str, Any]:
    return {
        "code": finding.code, "severity": finding.severity, "table": finding.table,
        "row": finding.row, "field": finding.field, "value": finding.value,
        "message": judge.say(finding, language(), on),
    }  # fmt: skip


def _stay(visit: "Visit") -> Any:
    from tuyen.engines.claims.visits import stay_of

    return stay_of(visit)


def _among_visits(judge: "Checker", results: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What only the visits together show: added to the visit that it names, and given to be told."""
    from tuyen.engines.claims.visits import among
    from tuyen.rules.claims import book

    read = [result for result in results if result.get("stay")]
    stays = [result["stay"] for result in read]
    for place, finding in among(stays, book.early_supply(), book.once_a_day()):
        told = _as_json(judge, finding, date.max)
        read[place]["findings"].append(told)
        yield {**read[place], "findings": [told]}


def _tell(result: dict[str, Any], shown: list[int]) -> None:
    for finding in result["findings"]:
        shown[0] += 1
        if shown[0] > SHOWN:
            continue
        places = (finding["table"], str(finding["row"] or ""), _printable(finding["field"]))
        where = " ".join(part for part in places if part)
        value = f" = {_printable(finding['value'])}" if finding["value"] else ""
        found = f"{where}{value}: " if where or value else ""
        print(
            _printable(f"{result['file']}: {found}{finding['message']} [{finding['code']}]", 2_000)
        )


def _named(path: Path) -> str:
    """A path as text that can be written; a name may hold bytes that are no UTF-8."""
    return str(path).encode("utf-8", "replace").decode()


def _printable(text: str, longest: int = 200) -> str:
    """Foreign text without signs that steer a terminal."""
    return "".join(sign if sign.isprintable() else "�" for sign in text[:longest])


def _write(path: Path, results: list[dict[str, Any]]) -> None:
    """Every finding with its file and visit, and what was read at all; a file that is whole or not there."""
    answer = {
        "findings": [
            {**finding, "file": result["file"], "visit": result["visit"]}
            for result in results
            for finding in result["findings"]
        ],
        "visits": [
            {
                "file": result["file"], "visit": result["visit"], "readable": result["readable"],
                "findings": len(result["findings"]),
            }
            for result in results
        ],
    }  # fmt: skip
    write_json(path, answer)
