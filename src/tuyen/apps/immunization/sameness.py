"""When two entries are one dose: the same person, a shared antigen, the same day.

Which of them is counted follows from the entries alone, in whatever order they came: what a person
decided, then the unit that gave it over a copy, an exact day over an inexact one, the earlier entry.
"""

from collections.abc import Callable, Iterable
from typing import Any

Row = dict[str, Any]
Antigens = Callable[[str], frozenset[str]]
_RANK = {"keep": 0, "": 1, "apart": 1, "same": 2}
_MADE = ("duplicate_of_id", "duplicate", "counted")


def flag(doses: Iterable[Row], antigens: Antigens) -> list[Row]:
    """Say of each of a person's doses whether it is counted; returns those for which that changed.

    Both entries stay, whatever is said here; a void one is never counted.
    """
    changed: list[Row] = []
    heads: list[Row] = []
    for dose in sorted(doses, key=_preference):
        found = None
        if dose["voided_at"] is None and dose["decision"] != "apart":
            found = next((head for head in heads if alike(dose, head, antigens)), None)
        said: dict[str, Any] = {"duplicate_of_id": None, "duplicate": "", "counted": False}
        if found is not None:
            word = "same" if dose["decision"] == "same" else "suspected"
            said |= {"duplicate_of_id": found["id"], "duplicate": word}
        elif dose["voided_at"] is None:
            heads.append(dose)
            said["counted"] = True
        if any(dose[name] != said[name] for name in _MADE):
            changed.append(dose | said)
    return changed


def alike(one: Row, other: Row, antigens: Antigens) -> bool:
    """Whether two entries may be one dose. A day that is known by its month is the same as any day
    of it for the same vaccine; of one known by its year nothing is said."""
    if one["precision"] == other["precision"] == "day":
        return one["given_on"] == other["given_on"] and bool(
            antigens(one["vaccine"]) & antigens(other["vaccine"])
        )
    if "year" in (one["precision"], other["precision"]):
        return False
    months = {(row["given_on"].year, row["given_on"].month) for row in (one, other)}
    return len(months) == 1 and one["vaccine"] == other["vaccine"]


def _preference(dose: Row) -> tuple[Any, ...]:
    return (
        _RANK[dose["decision"]], dose["source"] != "given", dose["precision"] != "day",
        dose["received_at"], dose["id"],
    )  # fmt: skip
