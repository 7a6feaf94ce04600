"""The cheapest complementary suppression, exactly, for a small table.

One binary per open cell says whether it is suppressed; each cell that must stay in doubt has two
moves of its own, whose difference at that cell is the width. A move may change an open cell only if
it is suppressed. This is the compact form of Fischetti and Salazar-González (Management Science 47,
2001), solved whole by HiGHS; their cuts would be needed where it does not fit, and there
:mod:`heuristic` takes over. Which suppressed cells need moves of their own is found as it goes:
a secondary cell that proves too narrow is added and the problem is solved again.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from tuyen.engines.disclosure.moves import SMALL, Moves, bounds, prove
from tuyen.engines.disclosure.system import System
from tuyen.engines.disclosure.tables import Flags, Ints

LARGEST = 5_000  # of targets times classes, two moves each
LIGHT = 100  # the same, for a programme that is not worth waiting for
_REACH = 4  # widths that a move may change a cell by
_SHORT = 1e5  # cost of one person of doubt that cannot be had, above any suppression


class TooLarge(Exception):
    """The exact problem does not fit; nothing is wrong with the table."""


class Chosen(NamedTuple):
    suppressed: Flags  # (m,) open cells to suppress
    exposed: Flags  # (m,) cells that no suppression here can keep in doubt


def optimal(system: System, width: int, largest: int = LARGEST) -> Chosen:
    """Suppressions of least total cost such that every suppressed cell is ``width`` wide.

    Raises
    ------
    TooLarge
        If targets times classes are more than ``largest``, or the programme was not solved
        within its node limit.
    """
    targets = np.flatnonzero(system.hidden)
    exposed = np.zeros(system.values.size, bool)
    while True:
        if targets.size * max(system.x.size, 1) > largest:
            raise TooLarge
        suppressed, short = _solve(
            system, width, targets, 20 * LARGEST if largest >= LARGEST else 100
        )
        exposed[short] = True
        shut = system.fixed | (system.open & ~suppressed)
        wanted = (system.hidden | suppressed) & ~exposed
        narrow = np.flatnonzero(prove(Moves(system), shut, wanted, width))
        new = np.setdiff1d(narrow, targets)
        exposed[np.setdiff1d(narrow, new)] = True
        if not new.size:
            return Chosen(suppressed, exposed)
        targets = np.concatenate([targets, new])


def _solve(system: System, width: int, targets: Ints, nodes: int) -> tuple[Flags, Ints]:
    m, n = system.members.shape
    openly = np.flatnonzero(system.open)
    if not targets.size:
        return np.zeros(m, bool), targets
    e, t = openly.size, targets.size
    reach = float(_REACH * width)
    a = system.members.astype(float)
    still = a[np.flatnonzero(system.fixed)]
    marked = np.flatnonzero(system.hidden & system.telling)
    keep = a[marked]
    may = a[openly]
    floor, ceiling = system.room
    # Columns: 2t moves of n classes, e binaries, t shortfalls.
    each = sparse.eye_array(2 * t)
    none_e, none_t = sparse.csr_array, sparse.csr_array

    def rows(block: sparse.csr_array, z: sparse.csr_array | None) -> sparse.csr_array:
        left = sparse.kron(each, block, format="csr")
        middle = z if z is not None else none_e((left.shape[0], e))
        return sparse.hstack([left, middle, none_t((left.shape[0], t))], format="csr")

    up, down = np.minimum(reach, ceiling[openly]), np.minimum(reach, -floor[openly])
    over = sparse.kron(np.ones((2 * t, 1)), sparse.diags_array(up), format="csr")
    under = sparse.kron(np.ones((2 * t, 1)), sparse.diags_array(down), format="csr")
    parts = [
        LinearConstraint(rows(still, None), 0, 0),
        LinearConstraint(
            rows(keep, None), np.tile(floor[marked], 2 * t), np.tile(ceiling[marked], 2 * t)
        ),
        LinearConstraint(rows(may, -over), -np.inf, 0),
        LinearConstraint(rows(may, under), 0, np.inf),
    ]
    gap = sparse.kron(
        sparse.eye_array(t, format="csr"), sparse.csr_array(np.array([[1.0, -1.0]])), format="csr"
    )
    aims = sparse.block_diag([a[[row]] for row in np.repeat(targets, 2).tolist()], format="csr")
    # A secondary target needs its width only if it is suppressed.
    place = {row: j for j, row in enumerate(openly.tolist())}
    own = sparse.lil_array((t, e))
    need = system.need[targets].astype(float)
    for i, row in enumerate(targets.tolist()):
        if row in place:
            own[i, place[row]] = -need[i]
            need[i] = 0.0
    parts.append(
        LinearConstraint(
            sparse.hstack([gap @ aims, own.tocsr(), sparse.eye_array(t)], format="csr"),
            need,
            np.inf,
        )
    )
    low, high = bounds(system, int(reach))
    answer = milp(
        np.concatenate([np.zeros(2 * t * n), system.cost[openly], np.full(t, _SHORT)]),
        constraints=[part for part in parts if part.A.shape[0]],
        bounds=Bounds(
            np.concatenate([np.tile(low, 2 * t), np.zeros(e + t)]),
            np.concatenate([np.tile(high, 2 * t), np.ones(e), np.full(t, float(width))]),
        ),
        integrality=np.ones(2 * t * n + e + t),
        options={"mip_rel_gap": 0.0, "node_limit": nodes},
    )
    if answer.status != 0:
        raise TooLarge
    z = answer.x[2 * t * n : 2 * t * n + e]
    suppressed = np.zeros(m, bool)
    suppressed[openly[z > 0.5]] = True
    return suppressed, targets[answer.x[2 * t * n + e :] > SMALL]
