"""A table with all its margins, as sums of one grid of counts.

Every release, on whichever map and by whichever period, is cut from the same grid: the finest
pieces that any release tells apart (the overlaps of old and new communes, the days or weeks cut
at month ends). A cell of a table is the set of pieces that it sums, so two releases that speak of the
same people meet in the same pieces, and what one says of the other can be computed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from tuyen.kernel.refusal import BadInput

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Label = tuple[str, ...]

LARGEST = 2**40  # of a grid's sum: solvers work in float64


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of a table: its finest parts, and the groups of parts that are shown.

    A group is a named set of parts: a part by itself, a region, a month, "all". Groups may overlap
    in any way: a hierarchy is one case, old and new communes side by side another.
    """

    parts: tuple[str, ...]
    groups: tuple[tuple[str, tuple[int, ...]], ...]  # (name, places of its parts)

    @classmethod
    def of(
        cls,
        parts: Sequence[str],
        groups: Mapping[str, Iterable[str]] | None = None,
        *,
        each: bool = True,
        total: str | None = None,
    ) -> "Axis":
        """An axis that shows ``each`` part, then the named ``groups``, then a ``total`` of all.

        Raises
        ------
        BadInput
            If a name stands twice, or a group is empty or names a part that does not exist.

        Examples
        --------
        >>> Axis.of(["A", "B", "C"], {"east": ["A", "B"]}, total="all").names
        ('A', 'B', 'C', 'east', 'all')
        """
        place = {part: i for i, part in enumerate(parts)}
        if len(place) != len(parts):
            raise BadInput(what="A part of an axis is listed twice.")
        shown: list[tuple[str, tuple[int, ...]]] = []
        if each:
            shown += [(part, (i,)) for part, i in place.items()]
        for name, chosen in (groups or {}).items():
            unknown = sorted(set(chosen) - place.keys())
            if unknown:
                raise BadInput(what=f"{unknown[0]}, of the group {name}, is not a part.")
            shown.append((name, tuple(sorted(place[part] for part in set(chosen)))))
        if total is not None:
            shown.append((total, tuple(range(len(parts)))))
        if len({name for name, _ in shown}) != len(shown):
            raise BadInput(what="Two groups of an axis have the same name.")
        if not shown or not all(within for _, within in shown):
            raise BadInput(what="An axis needs a group, and a group needs a part.")
        return cls(tuple(parts), tuple(shown))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.groups)

    def incidence(self) -> sparse.csr_array:
        """(groups, parts) 0/1: which parts each group sums."""
        rows = np.repeat(np.arange(len(self.groups)), [len(within) for _, within in self.groups])
        columns = np.concatenate([np.array(within, np.int64) for _, within in self.groups])
        shape = (len(self.groups), len(self.parts))
        return sparse.csr_array((np.ones(rows.size, np.int64), (rows, columns)), shape=shape)


class Table(NamedTuple):
    """Cells of one release; rows follow ``labels``, columns the flattened grid."""

    axes: tuple[Axis, ...]
    labels: tuple[Label, ...]  # (m,) one group name per axis
    members: sparse.csr_array  # (m, N) 0/1
    grid: Ints  # (N,) counts of the finest pieces
    values: Ints  # (m,)

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        return tuple(axis.parts for axis in self.axes)


def tabulate(axes: Sequence[Axis], grid: ArrayLike) -> Table:
    """Every combination of the groups of ``axes``, summed from ``grid``.

    Parameters
    ----------
    axes
        One per dimension of the grid.
    grid : (len(axes[0].parts), len(axes[1].parts), ...) int
        Counts of persons or events; whole numbers from 0, together at most 2**40.

    Examples
    --------
    >>> area, sex = Axis.of(["A", "B"], total="all"), Axis.of(["F", "M"], total="both")
    >>> table = tabulate([area, sex], [[3, 1], [9, 0]])
    >>> dict(zip(table.labels, table.values.tolist()))[("all", "F")]
    12
    """
    counts = np.asarray(grid)
    shape = tuple(len(axis.parts) for axis in axes)
    if counts.shape != shape:
        raise BadInput(what=f"Counts of shape {counts.shape} do not fit axes of {shape} parts.")
    if counts.size and counts.dtype.kind not in "iu":
        raise BadInput(what=f"Counts must be whole numbers, not {counts.dtype}.")
    if counts.size and (counts.min() < 0 or counts.sum(dtype=np.float64) > LARGEST):
        raise BadInput(what="A count is negative, or they sum to more than 2**40.")
    members = sparse.csr_array(np.ones((1, 1), np.int64))
    for axis in axes:
        members = sparse.csr_array(sparse.kron(members, axis.incidence(), format="csr"))
    members.sort_indices()
    flat = counts.astype(np.int64).ravel()
    labels = tuple(product(*(axis.names for axis in axes)))
    return Table(tuple(axes), labels, members, flat, members @ flat)


def common_parts(*maps: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The pieces in which several maps of the same ground overlap.

    Each map names its units and the smallest places (villages, days) that each holds. The answer
    names every non-empty overlap ``"A|X"`` and its places; a place that a map leaves out stands
    under ``-``.

    Examples
    --------
    >>> common_parts({"A": ["v1", "v2"]}, {"X": ["v1"], "Y": ["v2"]})
    {'A|X': ('v1',), 'A|Y': ('v2',)}
    """
    holder: list[dict[str, str]] = []
    for units in maps:
        held: dict[str, str] = {}
        for unit, places in units.items():
            for place in places:
                if held.setdefault(place, unit) != unit:
                    raise BadInput(what=f"{place} is in {held[place]} and in {unit} on one map.")
        holder.append(held)
    pieces: dict[str, list[str]] = {}
    for place in sorted(set().union(*holder)):
        name = "|".join(held.get(place, "-") for held in holder)
        pieces.setdefault(name, []).append(place)
    return {name: tuple(pieces[name]) for name in sorted(pieces)}
