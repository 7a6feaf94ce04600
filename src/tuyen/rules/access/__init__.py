"""What each post may do: the table of roles, and the purposes some rights demand."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tuyen.rules import load
from tuyen.rules.loader import read_yaml

REACHES = ("own", "owned", "guided", "all")


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its names by language, and the rights it has over each reach of units."""

    code: str
    name: dict[str, str]
    grants: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class RoleTable:
    roles: dict[str, Role]
    purposes: dict[str, frozenset[str]]
    fresh: frozenset[str] = frozenset()
    """Rights that take a second factor proved just now."""

    @property
    def rights(self) -> frozenset[str]:
        """Every right that any role has; a right outside this set is unknown, so refused."""
        sets = [rights for role in self.roles.values() for rights in role.grants.values()]
        return frozenset().union(*sets)


@dataclass(frozen=True, slots=True)
class Contents:
    """Who reads what an operation says, and which of its fields need a right of their own."""

    readers: dict[str, str]
    fields: dict[str, str]
    named: frozenset[str]
    kinds: dict[str, dict[str, str]]

    def fields_of(self, kind: str) -> dict[str, str]:
        """The fields of an operation of ``kind`` that take a right of their own, and that right."""
        return self.fields | self.kinds.get(kind, {})

    def reader(self, right: str) -> str:
        """The right to read what was said in an operation that takes ``right``."""
        return self.readers.get(right, right)


@cache
def contents() -> Contents:
    """The table of readers in force."""
    raw = read_yaml((files(__package__) / "contents.yaml").read_text(encoding="utf-8"))
    return Contents(raw["contents"], raw["fields"], frozenset(raw["named"]), raw["kinds"])


@dataclass(frozen=True, slots=True)
class Discretion:
    """Diseases whose bearers are named only for a purpose, and the fields that would name them."""

    right: str
    readers: tuple[str, ...]
    diseases: frozenset[str]
    fields: frozenset[str]


@cache
def discretion() -> Discretion:
    """The table of discreet diseases in force."""
    raw = load("access/discreet")
    return Discretion(
        raw["right"], tuple(raw["readers"]), frozenset(raw["diseases"]), frozenset(raw["fields"])
    )


@cache
def role_table() -> RoleTable:
    """The table of roles in force."""
    raw = read_yaml((files(__package__) / "roles.yaml").read_text(encoding="utf-8"))
    roles = {
        code: Role(
            code,
            role["name"],
            {reach: frozenset(role["grants"][reach]) for reach in role["grants"]},
        )
        for code, role in raw["roles"].items()
    }
    for role in roles.values():
        unknown = set(role.grants) - set(REACHES)
        if unknown:
            raise ValueError(f"roles.yaml: {role.code} grants over unknown reach {unknown}")
    purposes = {right: frozenset(words) for right, words in raw["purposes"].items()}
    return RoleTable(roles, purposes, frozenset(raw["fresh"]))
