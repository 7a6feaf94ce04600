"""The forms of certificates and what they draw on, as plain values for the engine."""

from collections.abc import Collection
from typing import Any

from tuyen.rules import loader

KEYS = {"eu_dcc": 1, "icvp": -6, "booklet": -70001}
"""Form -> its key inside the claim -260. 1 and -6 are registered; ours is of the private range."""


def forms() -> dict[int, Any]:
    """Form by its key inside the claim."""
    return {key: loader.load(f"certificates/{name}") for name, key in KEYS.items()}


def lists() -> dict[str, frozenset[str]]:
    """Lists that fields of the forms name."""
    eu = loader.load("certificates/eu_lists")
    named = {name: frozenset(eu[name]) for name in ("countries", "holders", "rapid_tests")}
    return {**named, "icvp_products": frozenset(products())}


def products() -> dict[str, Any]:
    """Products that WHO accepts in an international certificate, by their prequalification code."""
    return {row["code"]: row for row in loader.load("certificates/icvp_products")}


def limits() -> Any:
    """``limits`` (text, inflated, depth), ``picture`` (bytes, pixels), ``leeway``, ``issuing`` (days)."""
    return loader.load("certificates/hcert")


def products_with(antigens: Collection[str]) -> dict[str, Any]:
    """Those of `products` that hold one of ``antigens`` of our catalogue."""
    return {
        code: row for code, row in products().items()
        if not set(row["antigens"].split(" | ")).isdisjoint(antigens)
    }  # fmt: skip


def validity(disease: str) -> Any:
    """``begins_after`` (days) and ``lasts`` (days, or "life") of a dose against ``disease``."""
    return loader.load("certificates/icvp")["validity"][disease]
