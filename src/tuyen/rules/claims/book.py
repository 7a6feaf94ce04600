"""The rules of the claim as plain values for the engine, and the law of a day."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from tuyen.rules.loader import BadRule, load, value

CHECKS = ("checks_money", "checks_dates", "checks_care")
LANGUAGES = ("vi", "en", "zh")
_TIERS = {f"tier-{number}": number for number in range(1, 7)}


@cache
def material() -> dict[str, Any]:
    """Tables, fields, lists, classes, forms, checks, derived columns and words, as the engine wants.

    Raises
    ------
    BadRule
        If a declared check lacks words in one of the languages, or repeats the code of another.
    """
    lets: dict[str, dict[str, str]] = {}
    checks: list[dict[str, Any]] = []
    for name in CHECKS:
        held = load(f"claims/{name}")
        for table, derived in held["let"].items():
            lets.setdefault(table, {}).update(derived)
        checks += [check for tier in _TIERS for check in _declared(held, tier)]
    _distinct(check["id"] for check in checks)
    return {
        "tables": load("claims/tables"),
        "fields": load("claims/fields"),
        "lists": [*load("claims/lists"), *_ethnic_groups()],
        "classes": load("claims/attendance_classes"),
        "forms": load("claims/forms")["forms"],
        "words": load("claims/words"),
        "days": _days_of_benefits(),
        "lets": lets,
        "checks": checks,
    }


def benefits(on: datetime.date) -> dict[str, Any]:
    """The law of a day: money in VND and percentages as Decimal; the first known before any."""
    held = load("claims/benefits")

    def of(name: str) -> Any:
        values = held[name]["values"]
        return value(values, max(on, values[0]["from"]))

    return {
        "base_salary": Decimal(of("base_salary")),
        "small_visit": Decimal(of("small_visit")),
        "levels": {level: Decimal(percent) for level, percent in of("card_levels").items()},
        "group_levels": dict(of("group_levels")),
        "classes": classes(on),
        "station_dispensing": of("station_dispensing"),
        "supply_ceiling": Decimal(of("supply_ceiling")),
        "donor_order": tuple(of("donor_order")),
    }


def early_supply() -> int:
    """Days before a supply ends from which the next of the same drug may be given."""
    return int(load("claims/benefits")["early_supply"]["values"][-1]["value"])


def once_a_day() -> frozenset[str]:
    """Groups of cost of which one service is done once a day."""
    return frozenset(load("claims/benefits")["once_a_day"]["values"][-1]["value"])


def without_check_in(on: datetime.date) -> frozenset[str]:
    """Classes of attendance of which no check-in is posted on a day."""
    values = load("claims/benefits")["check_in"]["values"]
    return frozenset(value(values, max(on, values[0]["from"])))


def classes(on: datetime.date) -> dict[str, Mapping[str, Any]]:
    """Classes of attendance in force on a day: the latest row of each."""
    latest: dict[str, Mapping[str, Any]] = {}
    for row in load("claims/attendance_classes"):
        if row["from"] <= on and (
            row["code"] not in latest or row["from"] > latest[row["code"]]["from"]
        ):
            latest[row["code"]] = row
    return latest


def groups() -> frozenset[str]:
    """First two letters of a card that are known."""
    return frozenset(row["code"] for row in load("registry/insurance_groups"))


def sources() -> Mapping[str, Any]:
    """The acts that rules name."""
    return load("claims/sources")


def diagnoses(on: datetime.date) -> list[Mapping[str, Any]]:
    """What is known of ranges of ICD-10 on a day, that of the end of a visit."""
    rows = load("claims/diagnoses")
    first = min(row["from"] for row in rows)
    return [row for row in rows if row["from"] <= max(on, first)]


def _ethnic_groups() -> list[dict[str, Any]]:
    return [{**row, "list": "ethnic"} for row in load("registry/ethnic_groups")]


def _days_of_benefits() -> list[datetime.date]:
    held = load("claims/benefits")
    return [
        entry["from"] for name in held if "values" in held[name] for entry in held[name]["values"]
    ]


def _declared(held: Mapping[str, Any], tier: str) -> Iterator[dict[str, Any]]:
    """Checks of a tier, one for each table that ``each`` names."""
    for check in held.get(tier, ()):
        lacking = [language for language in LANGUAGES if not check.get(language)]
        if lacking:
            raise BadRule(f"claims: {check['id']} has no words in {', '.join(lacking)}")
        for table in check.get("each") or (check["id"].partition(".")[0],):
            code = f"{table}.{check['id']}" if "each" in check else check["id"]
            yield {
                "id": code, "tier": _TIERS[tier], "table": table,
                "cells": tuple(check.get("cells") or (code.split(".")[1],)),
                "when": check.get("when", ""), "holds": check["holds"],
                "expect": check.get("expect", ""),
                "severity": check.get("severity", "error"),
                "source": check.get("source", held["source"]),
                "confidence": check.get("confidence", held["confidence"]),
                "since": check.get("from", held["from"]), "until": check.get("until"),
                **{language: check[language] for language in LANGUAGES},
            }  # fmt: skip


def _distinct(codes: Iterator[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise BadRule(f"claims: the check {code} is declared twice")
        seen.add(code)


def clocks(on: datetime.date) -> dict[str, int]:
    """Working days and days of the month by which something is due; the first known before any."""
    held = load("claims/benefits")["clocks"]
    told = {}
    for name, clock in held.items():
        first = clock["values"][0]["from"]
        told[name] = int(value(clock["values"], max(on, first)))
    return told
