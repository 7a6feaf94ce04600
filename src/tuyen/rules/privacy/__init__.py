"""What is kept of whom: the class of every field, with purpose, basis and keeping time."""

from dataclasses import dataclass
from functools import cache

from tuyen.rules.loader import load

CLASSES = ("basic", "sensitive", "secret", "none")
PERSONAL = ("basic", "sensitive", "secret")


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of people: why and on what basis it is kept, how many years after its rows ended, and
    the class of each of its fields."""

    purpose: str
    basis: str
    years: int
    fields: dict[str, str]

    def of(self, *classes: str) -> frozenset[str]:
        """The fields of some classes."""
        return frozenset(name for name, kind in self.fields.items() if kind in classes)


@dataclass(frozen=True, slots=True)
class Register:
    """Every table by its label: those of people, and those about nobody with the reason."""

    tables: dict[str, Kept]
    nobody: dict[str, str]


@cache
def register() -> Register:
    """The register in force.

    Raises
    ------
    ValueError
        If a field stands in two classes, or a basis is not one of those named.
    """
    raw = load("privacy/fields")
    tables = {}
    for label, entry in raw["tables"].items():
        pairs = [(name, kind) for kind in CLASSES for name in entry.get(kind, ())]
        if len(dict(pairs)) != len(pairs):
            raise ValueError(f"privacy/fields: a field of {label} stands in two classes")
        if entry["basis"] not in raw["bases"]:
            raise ValueError(f"privacy/fields: {label} has the basis {entry['basis']}")
        tables[label] = Kept(entry["purpose"], entry["basis"], entry["keep"], dict(pairs))
    return Register(tables, dict(raw["nobody"]))
