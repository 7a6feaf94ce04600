"""Write docs/security.md: which check is proved by which test, and how it went last.

    security_table.py [junit.xml ...]   rewrite the table; without results the last ones stay
    security_table.py --check           fail when the table names other checks than the tests do

Checks are the marks ``@pytest.mark.check("AC-01")`` in ``tests``. ``./run test tests/security`` with
``--junitxml=FILE`` gives the results.
"""

import argparse
import ast
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "security.md"
REQUIREMENTS = ROOT / "ops" / "security_checks.csv"


class Proof(NamedTuple):
    """One test that proves a check, or a mutant that shows that the proof can fail."""

    check: str
    file: str
    test: str
    mutant: bool


def proofs(folder: Path) -> Iterator[Proof]:
    """Every mark in the tests below ``folder``."""
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.check":
                    mutant = any(word.arg == "mutant" for word in mark.keywords)
                    for arg in mark.args:
                        yield Proof(
                            str(ast.literal_eval(arg)),
                            str(path.relative_to(ROOT)),
                            node.name,
                            mutant,
                        )


def results(reports: list[Path]) -> dict[str, str]:
    """The worst outcome of each test, over its parameters."""
    order = ["passed", "skipped", "failed"]
    worst: dict[str, str] = {}
    for report in reports:
        for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 - our own file
            name = str(case.get("name")).partition("[")[0]
            bad = case.find("failure") is not None or case.find("error") is not None
            now = "failed" if bad else "skipped" if case.find("skipped") is not None else "passed"
            worst[name] = max(worst.get(name, "passed"), now, key=order.index)
    return worst


def last_results(page: str) -> dict[str, str]:
    """What the page said before."""
    return dict(re.findall(r"\| `(?:[^`]*::)?(test_\w+)` \|[^|]*\| (\w+) \|", page))


def requirements() -> dict[str, tuple[str, str]]:
    """(severity, what must hold) of every check, in order."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()[1:]
    return {id: (grade, text) for id, grade, text in (line.split(",", 2) for line in lines)}


def written(known: dict[str, str], on: str) -> str:
    """The page."""
    table, found = requirements(), list(proofs(ROOT / "tests"))
    proved = {proof.check for proof in found if not proof.mutant}
    unknown = proved - table.keys()
    if unknown:
        raise SystemExit(f"tests name checks that security_checks.csv does not: {sorted(unknown)}")
    lines = [
        "# Security checks", "",
        "Each check is a requirement, the tests that prove it, and a *mutant*: a defect put in on purpose"
        " that the check must find. This page is written by `ops/security_table.py` from the marks in the"
        " tests; do not edit it. At every change each role is tried at about every second address, and each"
        " route with two hostile values; at night (`./run test --nightly`) with all, and the mutants of the"
        " long walks are found then. A password is hashed by the program's own kind of hash, at a small part of"
        " its cost; what the program spends is asked beside it (CF-07).", "",
        f"Results of {on}. {len(proved)} of {len(table)} checks are proved here; those that are not are"
        " listed below.", "",
        "| Check | Severity | Must hold | Test | Kind | Last result |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for check, (grade, text) in table.items():
        for proof in (p for p in found if p.check == check):
            kind = "mutant" if proof.mutant else "proof"
            file = proof.file.removeprefix("tests/")
            lines.append(f"| {check} | {grade} | {text} | `{file}::{proof.test}` | {kind} |"
                         f" {known.get(proof.test, 'unknown')} |")  # fmt: skip
    lines += ["", "## Not proved yet", "", "| Check | Severity | Must hold |", "|---|---|---|"]
    lines += [f"| {c} | {g} | {t} |" for c, (g, t) in table.items() if c not in proved]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("reports", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if args.check:
        asked = {(p.check, p.test) for p in proofs(ROOT / "tests")}
        said = set(re.findall(r"^\| ([A-Z]{2}-\d\d) \|.*::(test_\w+)` \|", page, re.MULTILINE))
        for check, test in sorted(asked ^ said):
            print(f"docs/security.md and the tests differ on {check}: {test}")
        return 1 if asked != said else 0
    known = last_results(page) | results(args.reports)
    PAGE.write_text(written(known, f"{datetime.now(UTC):%Y-%m-%d}"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
