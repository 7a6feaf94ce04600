"""Counts that are no history: an epidemic year, or what was counted by another definition."""

import datetime
import re
from dataclasses import replace

import numpy as np

from tuyen.cli.tidy_counts import BadCounts, Counts
from tuyen.kernel.refusal import N_

_EPOCH = datetime.date(1970, 1, 1).toordinal()


def without(counts: Counts, spans: list[str]) -> Counts:
    """The counts, those of each span FROM:TO missing; either end may be left out.

    Raises
    ------
    BadCounts
        If a span cannot be read, or holds no period of the file.
    """
    count = counts.count
    for text in spans:
        first, last = (_end(end, text, counts.dated) for end in _ends(text))
        inside = np.ones(count.size, dtype=bool)
        if first is not None:
            inside &= counts.when >= first
        if last is not None:
            inside &= counts.when <= last
        if not inside.any():
            raise BadCounts(
                N_("--exclude {text} holds no period of {path}; look at its periods"),
                text=text, path=counts.path,
            )  # fmt: skip
        count = np.where(inside, np.nan, count)
    return replace(counts, count=count)


def _ends(text: str) -> tuple[str, str]:
    first, colon, last = text.partition(":")
    if text.strip() in ("", ":"):
        raise _bad(text)
    return first.strip(), last.strip() if colon else first.strip()


def _end(text: str, whole: str, dated: bool) -> int | None:
    if not text:
        return None
    if not dated and text.isdecimal():
        return int(text)
    if not (dated and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)):
        raise _bad(whole)
    try:
        return datetime.date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        raise _bad(whole) from None


def _bad(text: str) -> BadCounts:
    return BadCounts(
        N_("--exclude is {text!r}; expected FROM:TO, such as 105:156 or 2021-01-04:2021-12-27"),
        text=text,
    )
