"""Where the time goes: the shares of our own functions, and of the store, in a piece of work."""

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path

_OURS = "/tuyen/"
_SHOWN = 10
_FRAME = 0.9
"""A function that takes more than this is the frame of everything, and says nothing."""


def shares(work: Callable[[], object]) -> list[tuple[str, float]]:
    """(function, share of the whole) of the ten heaviest of our functions, with what they call;
    first of all the statements themselves, from the driver's side."""
    profile = cProfile.Profile()
    profile.enable()
    work()
    profile.disable()
    stats = pstats.Stats(profile)
    total = stats.total_tt or 1.0  # type: ignore[attr-defined]
    statements, ours = 0.0, {}
    for (file, _, name), (_, _, own, whole, _) in stats.stats.items():  # type: ignore[attr-defined]
        if "Cursor" in name or "'commit' of" in name:
            statements += own
        elif _OURS in file and not name.startswith("<") and whole / total <= _FRAME:
            place = Path(file.rpartition(_OURS)[2])
            ours[f"{place} {name}"] = whole / total
    heaviest = sorted(ours.items(), key=lambda item: -item[1])[:_SHOWN]
    return [("the statements, in the driver", round(statements / total, 3))] + [
        (name, round(share, 3)) for name, share in heaviest
    ]
