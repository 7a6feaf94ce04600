"""The network of stations: criteria, norms, what a review asks; each of a day, with its act."""

from tuyen.rules.network.funds import Fund, funds
from tuyen.rules.network.norms import Norm, Source, norm, norms, quota, sources
from tuyen.rules.network.suitability import (
    Answer,
    Criterion,
    CutoverItem,
    National,
    Photographs,
    Post,
    answers,
    criteria,
    cutover,
    national,
    pass_lines,
    photographs,
    posts,
    verified,
    zone,
)

__all__ = [
    "Answer",
    "Criterion",
    "CutoverItem",
    "Fund",
    "National",
    "Norm",
    "Photographs",
    "Post",
    "Source",
    "answers",
    "criteria",
    "cutover",
    "funds",
    "national",
    "norm",
    "norms",
    "pass_lines",
    "photographs",
    "posts",
    "quota",
    "sources",
    "verified",
    "zone",
]
