"""Round every count to a multiple of a base, so that sums still add up and no release undoes another.

Each smallest group that the releases tell apart is rounded once, up or down to the next multiple;
what is printed of a cell is the sum over its groups. So a table adds up to the last digit, weeks
add up to their month, and the old map's table agrees with the new one's. The
choices up or down are those that bring the printed sums nearest to the true ones; where that leaves a
choice, a keyed hash of the group decides, and no throw of dice: the same group is rounded alike in
every release, and who has not the key cannot repeat it.

Why it is safe: the printed numbers are themselves counts that satisfy everything known, and
every stated error bound leaves room for ``base - 1`` around them. Rounding cells anew in each release
would lose this: the errors average out.

Sources: Cox, "A constructive procedure for unbiased controlled rounding", JASA 82 (1987) 520-524;
Causey, Cox and Ernst, "Applications of transportation theory to statistical problems", JASA 80
(1985) 903-909 (two dimensions always round within one base); Fischetti and Salazar-González,
"Computational experience with the controlled rounding problem", JOS 14 (1998) 553-565 (beyond that
it may be impossible, and the least excess is sought).
"""

from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from tuyen.engines.disclosure.ledger import MARK, Ledger
from tuyen.engines.disclosure.system import classes
from tuyen.engines.disclosure.tables import Flags, Ints, Table
from tuyen.kernel.refusal import BadInput

_EXCESS = 100.0  # price of a person of error beyond the base, in choices against the hash


class Rounded(NamedTuple):
    """One release in rounded numbers. Rows follow ``table.labels``."""

    release: str
    table: Table
    printed: Ints  # (m,) multiples of the base
    error: int  # no printed number is further from the truth than this; print it below the table
    ledger: Ledger
    parts: Ints  # (m,) smallest groups that the releases tell apart in each cell


def round_table(ledger: Ledger, release: str, table: Table, base: int, key: bytes) -> Rounded:
    """Round a release, consistently with all rounded releases of the ledger.

    Parameters
    ----------
    base
        2 or more; 3 and 5 are usual. The same for every release of one ledger.
    key
        Secret, kept as long as the ledger, up to 64 bytes.

    Notes
    -----
    ``error`` is ``base - 1`` for a table of two dimensions printed first, and can be more where
    several dimensions, or earlier releases, leave no choice: then a total of 40 weeks that were
    printed before is their sum.
    """
    if base < 2:
        raise BadInput(what=f"The base is {base}; it must be at least 2.")
    now = ledger.counted(table)
    before = np.flatnonzero((now.printed != MARK) & (now.lower < now.upper))
    if (now.printed[before] % base).any():
        raise BadInput(what=f"Earlier releases of this ledger were not rounded to {base}.")
    rows = now.rows(table)
    past = _linked(now.members[before].tocsr(), rows)
    both = sparse.csr_array(sparse.vstack([now.members[before][past], rows], format="csr"))
    of, first = classes(both)
    x = np.bincount(of[of >= 0], now.truth[of >= 0], first.size).astype(np.int64)
    members = both[:, first].tocsr()
    names = [_name(now, place) for place in now.place[first].tolist()]
    up = _choose(
        members[past.size :],
        members[: past.size],
        now.printed[before][past],
        x,
        base,
        _hashes(names, key),
    )
    printed = members[past.size :] @ (x // base * base + base * up)
    return _printed(now, release, table, printed, base, np.diff(members[past.size :].indptr))


def printed_rounded(
    ledger: Ledger, release: str, table: Table, printed: Ints, base: int
) -> Rounded:
    """The ledger after a release printed these rounded numbers, whoever chose them.

    ``printed`` (m,) are what stands in the table. What is printed of a cell that earlier releases
    and this one tell apart no further is known to within ``base - 1``; of the others, to within the
    error printed below the table.
    """
    now = ledger.counted(table)
    before = np.flatnonzero((now.printed != MARK) & (now.lower < now.upper))
    rows = now.rows(table)
    past = _linked(now.members[before].tocsr(), rows)
    both = sparse.csr_array(sparse.vstack([now.members[before][past], rows], format="csr"))
    members = both[:, classes(both)[1]].tocsr()
    parts = np.diff(members[past.size :].indptr)
    return _printed(now, release, table, np.asarray(printed, np.int64), base, parts)


def _printed(
    now: Ledger, release: str, table: Table, printed: Ints, base: int, parts: Ints
) -> Rounded:
    away = np.abs(printed - table.values)
    error = int(max(base - 1, away.max(initial=0)))
    bound = np.where(parts == 1, np.maximum(base - 1, away), error)
    after = now.said(release, table, printed, np.maximum(printed - bound, 0), printed + bound)
    return Rounded(release, table, printed, error, after, parts)


def _linked(past: sparse.csr_array, rows: sparse.csr_array) -> Ints:
    """Earlier cells that share groups with the new ones, directly or through each other."""
    reach: Flags = np.asarray(rows.sum(axis=0)).ravel() > 0
    while True:
        touching = np.flatnonzero(past @ reach.astype(np.int64))
        wider = reach.copy()
        wider[past[touching].indices] = True
        if (wider == reach).all():
            return touching
        reach = wider


def _choose(
    cells: sparse.csr_array,
    past: sparse.csr_array,
    printed: Ints,
    x: Ints,
    base: int,
    hashes: NDArray[np.float64],
) -> Ints:
    """(n,) 1 where a group is rounded up. Multiples stay as they are."""
    up = np.zeros(x.size, np.int64)
    loose = np.flatnonzero(x % base)
    if not loose.size:
        return up
    rest = (x % base)[loose] / base
    price = np.where(rest > hashes[loose], -1.0, 1.0) * (0.05 + np.abs(rest - hashes[loose]))
    down = x // base * base
    sums = np.flatnonzero(np.diff(cells.indptr) > 1)
    short = (cells @ x - cells @ down)[sums]  # (s,) what rounding all down would lose
    inner = cells[sums][:, loose] * float(base)
    eye = sparse.eye_array(sums.size, format="csr")
    held = past[:, loose].tocsr()
    constraints = [
        LinearConstraint(
            sparse.hstack([inner, eye, -eye], format="csr"),
            short - (base - 1.0),
            short + (base - 1.0),
        ),
        LinearConstraint(
            sparse.hstack([held, sparse.csr_array((held.shape[0], 2 * sums.size))], format="csr"),
            (printed - past @ down) / base,
            (printed - past @ down) / base,
        ),
    ]
    answer = milp(
        np.concatenate([price, np.full(2 * sums.size, _EXCESS)]),
        constraints=[part for part in constraints if part.A.shape[0]],
        bounds=Bounds(0, np.concatenate([np.ones(loose.size), np.full(2 * sums.size, np.inf)])),
        integrality=np.concatenate([np.ones(loose.size), np.zeros(2 * sums.size)]),
        options={"mip_rel_gap": 1e-3, "node_limit": 1000},
    )
    if answer.x is None:
        raise BadInput(what="No rounding agrees with what was printed before.")
    up[loose] = np.round(answer.x[: loose.size]).astype(np.int64)
    return up


def _name(ledger: Ledger, place: int) -> str:
    where = np.unravel_index(place, [len(names) for names in ledger.parts])
    return "\x1f".join(names[int(i)] for names, i in zip(ledger.parts, where, strict=True))


def _hashes(names: list[str], key: bytes) -> NDArray[np.float64]:
    """(n,) in [0, 1), repeatable by who has the key."""
    digests = [blake2b(name.encode(), digest_size=6, key=key).digest() for name in names]
    return np.array([int.from_bytes(digest, "big") / 2**48 for digest in digests])
