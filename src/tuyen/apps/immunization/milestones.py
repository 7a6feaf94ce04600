"""The doses that lists and indicators speak of by name, as ``rules/immunization`` defines them."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from tuyen.rules.immunization import lists, programme

MILESTONES = ("bcg_on", "hepb0_on", "dtp1_on", "dtp3_on", "mr1_on", "mr2_on")
"""Columns of a child: the day of the dose of that name."""

Days = Mapping[str, Sequence[date]]
"""Days of valid doses by vaccine group, oldest first."""


@lru_cache(maxsize=8)
def doses_of_names(on: date | None = None) -> dict[str, tuple[str, int]]:
    """Which dose, by antigen and number, each milestone is: those of the drop-outs that are
    followed, and the birth dose of hepatitis B."""
    pairs = programme.drop_outs(on or date.max)
    return {
        "bcg_on": pairs["bcg-mr1"].first,
        "hepb0_on": ("HepB-birth", 1),
        "dtp1_on": pairs["dtp1-dtp3"].first,
        "dtp3_on": pairs["dtp1-dtp3"].second,
        "mr1_on": pairs["mr1-mr2"].first,
        "mr2_on": pairs["mr1-mr2"].second,
    }


def group_of(antigen: str) -> str:
    """The vaccine group in which an antigen is forecast."""
    return lists.antigens()[antigen].group


def reached_on(valid: Days, milestone: str) -> date | None:
    """The day of a milestone, or None."""
    antigen, number = doses_of_names()[milestone]
    return nth(valid, antigen, number)


def nth(valid: Days, antigen: str, number: int) -> date | None:
    """The day of the nth valid dose against an antigen, or None."""
    days = valid.get(group_of(antigen), ())
    return days[number - 1] if len(days) >= number else None


def full_on(valid: Days, on: date) -> date | None:
    """The day on which the set of "fully immunised" was whole, by the definition of a day."""
    wanted = programme.fully_immunized(on).doses
    days = [nth(valid, antigen, number) for antigen, number in wanted.items()]
    return None if None in days else max(day for day in days if day is not None)
