"""Moves that a reader would not see, found by linear and integer programmes."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from tuyen.engines.disclosure.system import System, restrict
from tuyen.engines.disclosure.tables import Flags, Ints

Floats = NDArray[np.float64]

SMALL = 1e-6


class Moves:
    """Moves kept as proof: each is a column that says what it does to every cell."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.down = np.zeros(system.values.size, np.int64)  # (m,) farthest seen
        self.up = np.zeros(system.values.size, np.int64)
        self.kept: list[tuple[Ints, Ints]] = []  # rows, steps

    def add(self, move: Ints, columns: Ints | None = None) -> bool:
        """Keep a move of the classes ``columns`` (all by default), if it really is one."""
        system = self.system
        step = (system.members if columns is None else system.members[:, columns]) @ move
        x = system.x if columns is None else system.x[columns]
        rows = np.flatnonzero(step)
        steps = step[rows]
        if (x + move < 0).any() or system.fixed[rows].any():
            return False
        down, up = system.room
        if (steps < down[rows]).any() or (steps > up[rows]).any():
            return False
        if rows.size:
            self.kept.append((rows, steps))
            self.down[rows] = np.minimum(self.down[rows], steps)
            self.up[rows] = np.maximum(self.up[rows], steps)
        return True

    @property
    def width(self) -> Ints:
        """(m,) how far apart each cell has been seen."""
        return self.up - self.down

    @property
    def narrow(self) -> Flags:
        """(m,) True where that is not far enough for a suppressed cell."""
        return np.less(self.width, self.system.need)

    def table(self) -> sparse.csc_array:
        """(moves, m)"""
        shape = (len(self.kept), self.system.values.size)
        if not self.kept:
            return sparse.csc_array(shape, dtype=np.int64)
        number = np.repeat(np.arange(len(self.kept)), [rows.size for rows, _ in self.kept])
        rows = np.concatenate([rows for rows, _ in self.kept])
        steps = np.concatenate([steps for _, steps in self.kept])
        return sparse.csc_array((steps, (number, rows)), shape=shape)


def bounds(system: System, limit: int) -> tuple[Floats, Floats]:
    """Each class between nobody and ``limit`` more than in truth."""
    return -np.minimum(system.x, limit).astype(float), np.full(system.x.size, float(limit))


def farthest(system: System, shut: Flags, aim: Floats, limit: int, gap: float = 0.0) -> Ints | None:
    """The move that goes farthest in the direction ``aim`` (n,) while cells ``shut`` stay.

    Cells that are marked keep what a mark says. None if the solver gave no whole move.
    """
    rows = np.flatnonzero(shut & (np.diff(system.members.indptr) > 0))
    marked = np.flatnonzero(~shut & system.telling)
    block = sparse.vstack([system.members[rows], system.members[marked]], format="csr")
    down, up = system.room
    least = np.concatenate([np.zeros(rows.size), down[marked]])
    most = np.concatenate([np.zeros(rows.size), up[marked]])
    low, high = bounds(system, limit)
    single = np.flatnonzero(np.diff(system.members.indptr)[rows] == 1)
    stay = system.members[rows[single]].indices
    low[stay] = high[stay] = 0.0
    keep = np.flatnonzero(high > low)
    if not keep.size:
        return np.zeros(system.x.size, np.int64)
    inner = block[:, keep]
    used = np.flatnonzero(np.diff(inner.indptr) > 0)
    answer = milp(
        -aim[keep],
        constraints=[LinearConstraint(inner[used].astype(float), least[used], most[used])]
        if used.size
        else [],
        bounds=Bounds(low[keep], high[keep]),
        integrality=np.ones(keep.size),
        options={"mip_rel_gap": gap, "node_limit": 2000},
    )
    if answer.x is None:
        return None
    move = np.zeros(system.x.size, np.int64)
    move[keep] = np.round(answer.x).astype(np.int64)
    return move


def explore(
    moves: Moves,
    shut: Flags,
    wanted: Flags,
    width: int,
    rng: np.random.Generator,
    columns: Ints,
) -> None:
    """Widen what is known of the cells ``wanted`` by moves of ``columns`` in random directions.

    One move serves every cell on its way, which is why a province needs hundreds of small
    programmes and not two large ones per cell.
    """
    part, rows = restrict(moves.system, columns)
    vain = 0
    narrow = np.flatnonzero(wanted[rows] & moves.narrow[rows])
    while narrow.size and vain < 2:
        toward = rng.choice([-1.0, 1.0], narrow.size)
        for sign in (1.0, -1.0):
            aim = sign * (part.members[narrow].T @ toward)
            move = farthest(part, shut[rows], aim, 2 * width, gap=0.05)
            if move is not None:
                moves.add(move, columns)
        left = np.flatnonzero(wanted[rows] & moves.narrow[rows])
        vain = 0 if left.size < narrow.size else vain + 1
        narrow = left


def prove(moves: Moves, shut: Flags, wanted: Flags, width: int) -> Flags:
    """As :func:`explore`, exactly: each cell alone, as far down and up as it goes."""
    system = moves.system
    for row in np.flatnonzero(wanted).tolist():
        if not moves.narrow[row]:
            continue
        aim = system.members[[row]].toarray().ravel().astype(float)
        for sign in (-1.0, 1.0):
            move = farthest(system, shut, sign * aim, 4 * width)
            if move is not None:
                moves.add(move)
    return wanted & moves.narrow
