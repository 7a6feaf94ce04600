"""Does a release keep what every release promised? Asked of the attacker, not of who chose the marks.

A choice of marks may come from anywhere: from :func:`~tuyen.engines.disclosure.suppress.suppress`,
from another version of a solver, from a programme that forgot something. What is judged here is the
choice itself, so the verdict does not depend on how it was found.
"""

import numpy as np
from scipy import sparse

from tuyen.engines.disclosure.attack import narrow, watched
from tuyen.engines.disclosure.ledger import Ledger
from tuyen.engines.disclosure.system import classes
from tuyen.engines.disclosure.tables import Ints, Label

GROUP = ("-", ("a group that the releases together tell apart",))


def given_away(
    ledger: Ledger, need: Ints, k: int, width: int, seed: int = 0
) -> list[tuple[str, Label]]:
    """(release, cell) of every mark whose doubt is narrower than was promised, from all print.

    Parameters
    ----------
    need : (m,) int
        The width promised to each cell of the ledger if it is a mark.
    k, width
        The smallest groups that the releases tell apart, of 1 to k - 1 persons, must be in doubt by
        ``width`` although no table shows them; one that is not stands as :data:`GROUP`.
    """
    of, first = classes(ledger.members)
    held = of >= 0
    x = np.bincount(of[held], ledger.truth[held], first.size).astype(np.int64)
    few = np.flatnonzero((x > 0) & (x < k))
    column = np.flatnonzero(held & np.isin(of, few))
    row = np.searchsorted(few, of[column])
    groups = sparse.csr_array(
        (np.ones(column.size, np.int64), (row, column)), shape=(few.size, ledger.truth.size)
    )
    known = watched(ledger.knowledge, groups)
    m = ledger.members.shape[0]
    promised = np.concatenate([need, np.full(few.size, width)])
    marks = np.flatnonzero(~ledger.knowledge.said)
    targets = np.concatenate([marks, m + np.arange(few.size)])
    if not targets.size:
        return []
    found = narrow(known, int(promised[targets].max()), seed, ledger.where, targets)
    broken = found.targets[found.width < promised[found.targets]]
    return list(dict.fromkeys(ledger.labels[n] if n < m else GROUP for n in broken.tolist()))
