"""Everything that was ever printed, as one system of equations.

A reader forgets nothing: a weekly table, the month's, the cumulative one, the same counts on the new
map and a corrected edition are read together. The ledger keeps, per cell ever released, which
unknowns it sums and what was said of it (a number, a range, a mark).

An unknown is the count of one piece of the grid *at one state of the records*. Where a later
release finds another count in a piece (a late report, a case withdrawn), that piece gets a new
unknown; where it finds the same, the unknown stays. So the attacker is given *where* corrections
fell and not how large they were: more than readers have, which errs on the safe side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import sparse

from tuyen.engines.disclosure.tables import Flags, Ints, Label, Table
from tuyen.kernel.refusal import BadInput

UNBOUNDED = 2**62  # an upper bound that is none
MARK = -1  # printed in place of a number: "suppressed"


class Knowledge(NamedTuple):
    """What a reader knows: unknowns are whole and not negative; cells sum them and have bounds.

    No true count is in here: this is all that an attacker is given.
    """

    members: sparse.csr_array  # (m, n) 0/1
    lower: Ints  # (m,)
    upper: Ints  # (m,); UNBOUNDED where nothing was said

    @property
    def said(self) -> Flags:
        """(m,) True where the exact number was printed."""
        return np.equal(self.lower, self.upper)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The releases so far. Begin with :meth:`empty`; it is never changed, only added to."""

    parts: tuple[tuple[str, ...], ...]  # per axis
    unknown: Ints  # (N,) which unknown each piece of the grid is now
    place: Ints  # (n,) the piece of the grid that each unknown counts, or counted
    truth: Ints  # (n,) true value of each unknown; -1 before it was first counted
    members: sparse.csr_array  # (m, n)
    lower: Ints  # (m,)
    upper: Ints  # (m,)
    labels: tuple[tuple[str, Label], ...]  # (m,) release and cell
    printed: Ints  # (m,) the number that stands on the page; MARK where a mark stands

    @classmethod
    def empty(cls, parts: Sequence[Sequence[str]]) -> "Ledger":
        """Nothing printed yet, over a grid with these parts per axis."""
        size = int(np.prod([len(axis) for axis in parts], dtype=np.int64))
        none = np.zeros(0, np.int64)
        return cls(
            tuple(tuple(axis) for axis in parts),
            np.arange(size),
            np.arange(size),
            np.full(size, -1, np.int64),
            sparse.csr_array((0, size), dtype=np.int64),
            none,
            none,
            (),
            none,
        )

    @property
    def knowledge(self) -> Knowledge:
        return Knowledge(self.members, self.lower, self.upper)

    @property
    def where(self) -> Ints:
        """(n, axes) a place of each unknown on the grid."""
        shape = [len(names) for names in self.parts]
        return np.stack(np.unravel_index(self.place, shape), axis=1)

    def counted(self, table: Table) -> "Ledger":
        """The same ledger after the records were counted again: changed pieces get new unknowns."""
        if table.parts != self.parts:
            raise BadInput(
                what="The table is cut from another grid than the ledger; refine it first."
            )
        changed = np.flatnonzero(self.truth[self.unknown] != table.grid)
        spoken = np.diff(self.members.tocsc().indptr) > 0
        renewed = changed[spoken[self.unknown[changed]]]
        unknown = self.unknown.copy()
        unknown[renewed] = self.truth.size + np.arange(renewed.size)
        truth = np.concatenate([self.truth, np.full(renewed.size, -1, np.int64)])
        truth[unknown] = table.grid
        return replace(
            self,
            unknown=unknown,
            place=np.concatenate([self.place, renewed]),
            truth=truth,
            members=_widened(self.members, truth.size),
        )

    def rows(self, table: Table) -> sparse.csr_array:
        """(cells, unknowns) of a table just counted."""
        m = table.members
        shape = (m.shape[0], self.truth.size)
        rows = sparse.csr_array((m.data, self.unknown[m.indices], m.indptr), shape=shape)
        rows.sort_indices()
        return rows

    def said(self, release: str, table: Table, printed: Ints, lower: Ints, upper: Ints) -> "Ledger":
        """The ledger after ``release`` printed these numbers, which tell these bounds, per cell."""
        if any(name == release for name, _ in self.labels):
            raise BadInput(
                what=f"There is already a release {release}; an edition needs its own name."
            )
        now = self.counted(table)
        return replace(
            now,
            members=sparse.csr_array(sparse.vstack([now.members, now.rows(table)], format="csr")),
            lower=np.concatenate([now.lower, lower]),
            upper=np.concatenate([now.upper, upper]),
            printed=np.concatenate([now.printed, printed]),
            labels=now.labels + tuple((release, label) for label in table.labels),
        )

    def refine(self, axis: int, finer: Mapping[str, Sequence[str]], grid: Ints) -> "Ledger":
        """The same ledger over a grid whose ``axis`` is cut finer, as a split of a unit needs.

        Parameters
        ----------
        finer
            The pieces of each part that is cut; others stay as they are.
        grid : (...) int
            Today's counts of the finer grid. Where the pieces of a former piece do not sum to what
            it counted, the records have changed since, and they become new unknowns.
        """
        old = self.parts[axis]
        cut = [tuple(finer.get(part, (part,))) for part in old]
        parts = list(self.parts)
        parts[axis] = tuple(piece for pieces in cut for piece in pieces)
        shape = tuple(len(names) for names in parts)
        if np.shape(grid) != shape:
            raise BadInput(what=f"Counts of shape {np.shape(grid)} do not fit the finer {shape}.")
        source = np.repeat(np.arange(len(old)), [len(pieces) for pieces in cut])
        former = np.take(
            self.unknown.reshape(tuple(len(names) for names in self.parts)), source, axis=axis
        ).ravel()  # (N',) the unknown that each finer piece was part of
        counts = np.asarray(grid, np.int64).ravel()
        held = np.bincount(former, counts, self.truth.size).astype(np.int64)
        parted = np.bincount(former, minlength=self.truth.size)
        # Unknowns of the past stay; those in use now are replaced by their pieces.
        past = np.flatnonzero(parted == 0)
        column = np.concatenate([past, former])
        whole = sparse.csr_array(
            (np.ones(column.size, np.int64), (column, np.arange(column.size))),
            shape=(self.truth.size, column.size),
        )
        fits = (held == self.truth) | (self.truth < 0)
        pieces = np.where(fits[former], counts, _filled(self.truth, former, counts))
        truth = np.concatenate([self.truth[past], pieces])
        return replace(
            self,
            parts=tuple(parts),
            unknown=past.size + np.arange(former.size),
            place=np.concatenate([self._moved(past, axis, source), np.arange(former.size)]),
            truth=truth,
            members=sparse.csr_array(self.members @ whole),
        )

    def _moved(self, past: Ints, axis: int, source: Ints) -> Ints:
        """Where the pieces of past unknowns begin on a grid cut finer along ``axis``."""
        shape = [len(names) for names in self.parts]
        where = list(np.unravel_index(self.place[past], shape))
        where[axis] = np.searchsorted(source, where[axis])
        shape[axis] = source.size
        return np.ravel_multi_index(tuple(where), shape).astype(np.int64)


def _filled(wholes: Ints, former: Ints, counts: Ints) -> Ints:
    """Pieces as near ``counts`` as sum to the whole that was counted before the correction."""
    left = wholes.copy()
    pieces = np.zeros(former.size, np.int64)
    last = {whole: piece for piece, whole in enumerate(former.tolist())}
    for piece, whole in enumerate(former.tolist()):
        pieces[piece] = left[whole] if last[whole] == piece else min(counts[piece], left[whole])
        left[whole] -= pieces[piece]
    return pieces


def _widened(members: sparse.csr_array, columns: int) -> sparse.csr_array:
    shape = (members.shape[0], columns)
    return sparse.csr_array((members.data, members.indices, members.indptr), shape=shape)
