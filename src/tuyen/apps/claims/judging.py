"""The checker and the law of a day, made once a process from the rules. Needs no store."""

import threading
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from tuyen.engines.claims.checker import Checker, Finding
from tuyen.engines.claims.entitlement import AttendanceClass, Benefits
from tuyen.engines.claims.functions import Diagnosis, functions
from tuyen.engines.claims.reader import Visit
from tuyen.rules.claims import book

_ONE = threading.Lock()


@cache
def checker() -> Checker:
    """The checker with the rules that ship, or those of the site."""
    return Checker(book.material(), words_of)


@cache
def benefits(on: date) -> Benefits:
    """The law of a day."""
    law = book.benefits(on)
    classes = {
        code: AttendanceClass(
            code, row["basis"], None if row["rate"] is None else Decimal(row["rate"]),
            row["inpatient_only"] == "yes",
        )
        for code, row in law.pop("classes").items()
    }  # fmt: skip
    return Benefits(classes=classes, **law)


def words_of(on: date) -> dict[str, Any]:
    """The words of the checks' language, bound to the law and lists of a day."""
    diagnoses = [
        Diagnosis(
            row["about"], row["first"], row["last"], int(row["sex"] or 0),
            int(row["youngest"] or 0), int(row["oldest"] or 200),
        )
        for row in book.diagnoses(on)
    ]  # fmt: skip
    return functions(benefits(on), diagnoses, book.groups())


def check(visits: Sequence[Visit]) -> list[list[Finding]]:
    """Findings of each visit; one check at a time in a process, for its columns are shared."""
    with _ONE:
        return checker().check(visits)


def say(finding: Finding, language: str, on: date | None = None) -> str:
    """A finding in a language of the rules (vi, en, zh)."""
    return checker().say(finding, language, on)
