"""Limits and words of screening for thalassaemia."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tuyen.rules.loader import load, value

_FILE = "clinical/thalassaemia"


def cuts(on: datetime.date) -> dict[str, Decimal]:
    """Where red cells are small and where a haemoglobin says what is carried; see the file."""
    return {key: Decimal(said) for key, said in _in_force("cuts", on).items()}


def limits(on: datetime.date) -> dict[str, tuple[Decimal, Decimal]]:
    """Measure -> lowest and highest that can be true."""
    said = _in_force("limits", on)
    return {key: (Decimal(low), Decimal(high)) for key, (low, high) in said.items()}


def words(part: str) -> Mapping[str, Mapping[str, str]]:
    """Names of "classes", "forms" or "prenatal" results: key -> names."""
    said: Mapping[str, Mapping[str, str]] = load(_FILE)[part]
    return said


def _in_force(name: str, on: datetime.date) -> Any:
    values = load(_FILE)[name]["values"]
    return value(values, max(on, values[0]["from"]))
