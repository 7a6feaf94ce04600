"""The figures of a programme, by station, village or worker: each with its own denominator.

Definitions of WHO HEARTS (WHO/NMH/NVI/18.5). In one column of ``group`` everybody has one place, so a
figure of several groups is the sum of theirs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.clinical.programme import (
    CONTROLLED,
    LATE,
    LOST,
    LOST_MONTHS,
    MISSED,
    NOT_MEASURED,
    RECENT_MONTHS,
    UNCONTROLLED,
    VISITED,
    Codes,
    Contacts,
    Days,
    Definition,
    Flags,
    People,
    States,
    judge,
    kept,
    last_reading,
)
from tuyen.engines.clinical.spans import after

Counts = NDArray[np.int64]
OUTCOMES = (
    "controlled", "uncontrolled", "not-measured", "missed", "lost", "died", "moved", "left",
)  # fmt: skip
STILL, DIED, MOVED, LEFT = 0, 1, 2, 3
"""Why somebody is no longer in the programme."""
NOT_YET = -1
PARTS = (
    "registered", "under_care", "contacted", "late", "counted", "controlled", "uncontrolled",
    "not_measured", "missed", "old", "lost",
)  # fmt: skip
"""What a person may be one of, in the order of :class:`Figures`."""


class Figures(NamedTuple):
    """People of each group, each (g,).

    Of *monthly contact* ``contacted`` are of ``under_care``; of *control* ``controlled``,
    ``uncontrolled``, ``not_measured`` and ``missed`` make up ``counted`` (in the programme for 3
    months, under care); of *lost to follow-up* ``lost`` are of ``old`` (in it for 12 months).
    """

    registered: Counts
    under_care: Counts
    contacted: Counts
    late: Counts
    counted: Counts
    controlled: Counts
    uncontrolled: Counts
    not_measured: Counts
    missed: Counts
    old: Counts
    lost: Counts


def parts(found: States, people: People, on: np.datetime64) -> dict[str, Flags]:
    """Who is counted where, by the names of ``PARTS``: the rows behind each figure."""
    counted = found.under_care & found.settled
    seen = counted & (found.visited == VISITED)
    old = found.inside & (people.since <= after(on, -LOST_MONTHS))
    return {
        "registered": found.inside,
        "under_care": found.under_care,
        "contacted": found.under_care & (found.last >= on.astype("M8[M]").astype("M8[D]")),
        "late": found.under_care & (found.contact == LATE),
        "counted": counted,
        "controlled": seen & (found.reading == CONTROLLED),
        "uncontrolled": seen & (found.reading == UNCONTROLLED),
        "not_measured": seen & (found.reading == NOT_MEASURED),
        "missed": counted & (found.visited == MISSED),
        "old": old,
        "lost": old & (found.visited == LOST),
    }


def tally(
    found: States, people: People, on: np.datetime64, group: NDArray[np.int64], groups: int
) -> Figures:
    """The figures of each group, of which ``group`` (n,) names each person's; -1: of none."""
    which = parts(found, people, on)
    return Figures(*(_count(which[name], group, groups) for name in PARTS))


def outcomes(
    what: Definition, people: People, contacts: Contacts, why: Codes, months: int,
    on: np.datetime64,
) -> Codes:  # fmt: skip
    """What became of each person so many months after joining: an index of ``OUTCOMES``.

    ``why`` says of who is no longer there for what reason. The reading is the last of the three
    months before; :data:`NOT_YET` of those whose time has not come.
    """
    n = len(people.since)
    at = after(people.since, months)
    then, begin = at[contacts.person], people.since[contacts.person]
    ended = people.until[contacts.person]
    seen = kept(
        contacts, (contacts.day >= begin) & (contacts.day <= then) & ~(contacts.day >= ended)
    )
    recent = kept(seen, seen.day > after(at, -RECENT_MONTHS)[seen.person])
    reading = last_reading(judge(what.control, recent.values), recent.person, n)
    last: Days = people.since.copy()
    last[seen.person] = seen.day
    visited = np.zeros(n, bool)
    visited[recent.person] = True
    of_reading = np.array([1, 0, 2], np.int8)[reading]
    lost = last <= after(at, -LOST_MONTHS)
    found = np.where(visited, of_reading, np.where(lost, 4, 3))
    gone = people.until <= at
    found = np.where(gone, 4 + np.maximum(why, DIED), found)
    return np.where(at <= on, found, NOT_YET).astype(np.int8)


def cohort(outcome: Codes, group: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """People of each group by what became of them: (g, 8), in the order of ``OUTCOMES``."""
    columns = [_count(outcome == code, group, groups) for code in range(len(OUTCOMES))]
    return np.column_stack(columns)


def _count(which: Flags, group: NDArray[np.int64], groups: int) -> Counts:
    chosen = group[which]
    return np.bincount(chosen[chosen >= 0], minlength=groups).astype(np.int64)
