"""Which cells may not be printed as they are: the primary suppression.

A count below ``k`` that is not 0 points at few people. Two more tell of a person although they look
large, where the population of the cell is known: a count that leaves fewer than ``k`` people
*outside* (all but two of a village were ill), and one that leaves nobody ("everyone"): whoever
is known to belong to the cell is known to have it.

A true 0 is nobody and is not sensitive. What a reader may conclude from a mark is a choice:

- ``zeros="cover"`` (default): a 0 may be suppressed to cover others, so a mark does not say that
  anybody is there;
- ``zeros="shown"``: every 0 is printed, and the price is that a mark means *at least one*.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tuyen.engines.disclosure.tables import Flags, Ints
from tuyen.kernel.refusal import BadInput


@dataclass(frozen=True, slots=True)
class Rule:
    """How small is small, and how wide the doubt must stay.

    ``width`` is the least distance between the smallest and the largest value that a reader can
    give to a suppressed cell; ``k`` unless said otherwise. With ``width >= k`` no group of
    fewer than k people can be singled out by adding and subtracting what was printed.
    """

    k: int = 5
    width: int | None = None
    zeros: Literal["cover", "shown"] = "cover"
    everyone: bool = True

    def __post_init__(self) -> None:
        if self.k < 1 or self.least < 1:
            raise BadInput(what=f"k is {self.k} and width {self.least}; both must be at least 1.")

    @property
    def least(self) -> int:
        return self.k if self.width is None else self.width

    @property
    def floor(self) -> int:
        """What a mark alone says of a cell: at least this."""
        return 1 if self.zeros == "shown" else 0


def sensitive(values: ArrayLike, rule: Rule, population: ArrayLike | None = None) -> Flags:
    """(m,) True where a cell is suppressed for its own sake.

    Parameters
    ----------
    values : (m,) int
    population : (m,) int, optional
        People of whom the cell counts some; -1 where it is not known to readers.

    Examples
    --------
    >>> sensitive([0, 4, 5, 18, 20], Rule(5), population=[20] * 5).tolist()
    [False, True, False, True, True]
    """
    counts = np.asarray(values, np.int64)
    small = (counts > 0) & (counts < rule.k)
    if population is None:
        return small
    people: Ints = np.asarray(population, np.int64)
    if people.shape != counts.shape:
        raise BadInput(what=f"Population of shape {people.shape}, values of {counts.shape}.")
    known = people >= 0
    if (known & (counts > people)).any():
        raise BadInput(what="A cell counts more people than its population.")
    outside = people - counts
    nearly_all = known & (outside > 0) & (outside < rule.k) & (counts > 0)
    everyone = known & (outside == 0) & (counts > 0) & rule.everyone
    return small | nearly_all | everyone
