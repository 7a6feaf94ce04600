"""Which rows of a list may leave the house: k-anonymity, l-diversity, and days told as weeks.

A row without a name still names somebody if nobody else looks like it. Rows are grouped by
their *quasi-identifiers*, what a neighbour may know (commune, age group, sex, week). A group is
released if it has at least ``k`` rows and at least ``l`` different values in each sensitive column
(the disease): else who is known to be in it is known to have that disease.

Sources: Sweeney, "k-anonymity: a model for protecting privacy", Int J Uncertain Fuzz 10 (2002)
557-570; Machanavajjhala et al., "l-diversity: privacy beyond k-anonymity", ACM TKDD 1 (2007) 3
(the distinct form).
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tuyen.engines.disclosure.tables import Flags, Ints
from tuyen.kernel.refusal import BadInput

Days = NDArray[np.datetime64]

_MONDAY = np.datetime64("1970-01-05")


class Group(NamedTuple):
    """Rows that look alike, and why they stay."""

    key: tuple[Hashable, ...]  # values of the quasi-identifiers, in their order
    rows: int
    diversity: int  # fewest different values in a sensitive column
    why: str  # "few rows" or "one answer"


class RowCheck(NamedTuple):
    allowed: Flags  # (n,) rows that may leave
    size: Ints  # (n,) rows that look like this one, itself included
    diversity: Ints  # (n,) different sensitive values among them; the fewest over the columns
    withheld: tuple[Group, ...]  # in the order of their first row

    @property
    def passes(self) -> bool:
        return not self.withheld


def check_rows(
    columns: Mapping[str, Sequence[Hashable]],
    quasi: Sequence[str],
    sensitive: Sequence[str],
    k: int,
    diversity: int = 1,
) -> RowCheck:
    """Group the rows of a list and say which groups are large and mixed enough to leave.

    A missing value is a value: it does not look like all others.

    Parameters
    ----------
    columns
        Name to n values.
    quasi, sensitive
        Names of columns.
    k, diversity
        Fewest rows of a group; fewest different values of each sensitive column in it.

    Examples
    --------
    >>> rows = {"week": [1, 1, 1, 2], "disease": ["flu", "flu", "dengue", "flu"]}
    >>> check_rows(rows, ["week"], ["disease"], k=2, diversity=2).allowed.tolist()
    [True, True, True, False]
    """
    lengths = {len(values) for values in columns.values()}
    missing = [name for name in (*quasi, *sensitive) if name not in columns]
    if missing or len(lengths) > 1:
        raise BadInput(
            what=f"There is no column {missing[0]}." if missing else "Columns differ in length."
        )
    if set(quasi) & set(sensitive):
        raise BadInput(what="A column cannot be both known to others and sensitive.")
    if k < 1 or diversity < 1:
        raise BadInput(what=f"k is {k} and diversity {diversity}; both must be at least 1.")
    n = lengths.pop() if lengths else 0
    groups: dict[tuple[Hashable, ...], list[int]] = {}
    for row in range(n):
        groups.setdefault(tuple(columns[name][row] for name in quasi), []).append(row)
    size, mixed = np.zeros(n, np.int64), np.zeros(n, np.int64)
    withheld = []
    for key, rows in groups.items():
        kinds = min(
            (len({columns[name][row] for row in rows}) for name in sensitive), default=len(rows)
        )
        size[rows], mixed[rows] = len(rows), kinds
        if len(rows) < k:
            withheld.append(Group(key, len(rows), kinds, "few rows"))
        elif sensitive and kinds < diversity:
            withheld.append(Group(key, len(rows), kinds, "one answer"))
    allowed = size >= k
    if sensitive:
        allowed &= mixed >= diversity
    return RowCheck(allowed, size, mixed, tuple(withheld))


def week_of(days: ArrayLike) -> Days:
    """(n,) the Monday of each day's week, as the ISO calendar and the statistical one have it.

    >>> week_of(["2026-07-01", "2026-07-06"]).astype(str).tolist()
    ['2026-06-29', '2026-07-06']
    """
    each = np.asarray(days, "M8[D]")
    since = (each - _MONDAY).astype(np.int64)
    weeks = (since // 7 * 7).astype("m8[D]") + _MONDAY
    return np.where(np.isnat(each), np.datetime64("NaT"), weeks)
