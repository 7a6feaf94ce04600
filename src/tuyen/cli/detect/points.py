"""Which points to scan: a range of dates or of t, or a list of t."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.spacing import Block
from tuyen.cli.tidy_counts import BadCounts, Counts
from tuyen.kernel.refusal import N_


@dataclass(frozen=True)
class Points:
    """The points asked for: from ``first`` to ``last``, as dates (days) or as t; None: open."""

    dated: bool
    first: int | None
    last: int | None
    listed: frozenset[int] | None = None  # exactly these t

    @classmethod
    def parse(cls, text: str | None) -> "Points | None":
        if text is None:
            return None
        first, colon, last = text.partition(":")
        ends = [first, last if colon else first]
        if text.strip() in ("", ":"):
            ends = ["?"]
        days = [re.fullmatch(r"\d{4}-\d{2}-\d{2}", end) is not None for end in ends if end]
        try:
            if days and all(days):
                values = [int(np.datetime64(e, "D").astype(np.int64)) if e else None for e in ends]
            else:
                values = [int(end) if end else None for end in ends]
        except ValueError:
            raise BadCounts(
                N_(
                    "--range is {text!r}; expected FROM:TO, such as 105:156 or"
                    " 2026-01-05:2026-06-29"
                ),
                text=text,
            ) from None
        return cls(all(days), values[0], values[1])

    def covers(self, block: Block, counts: Counts) -> NDArray[np.bool_]:
        """Which periods of a block are asked for."""
        if self.dated and not counts.dated:
            raise BadCounts(
                N_("--range has dates and {path} has t; give FROM:TO as t"), path=counts.path
            )
        undated = self.dated or not counts.dated
        moment = block.when if undated else np.arange(1, block.when.size + 1)
        if self.listed is not None:
            return np.isin(moment, np.array(sorted(self.listed), dtype=np.int64))
        inside = np.ones(moment.size, dtype=bool)
        if self.first is not None:
            inside &= moment >= self.first
        if self.last is not None:
            inside &= moment <= self.last
        return inside
