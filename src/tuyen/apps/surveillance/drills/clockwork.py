"""The clock of a drill follows its journal: every process reads it from one small file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tuyen.apps.access import world
from tuyen.apps.surveillance.models import Drill
from tuyen.apps.surveillance.operations.drills import BeginDrill, EndDrill, SetDrillClock
from tuyen.kernel.clock import Pace
from tuyen.kernel.operation import Entry, reacts


@reacts(BeginDrill, SetDrillClock, EndDrill)
def keep_clock(entries: Sequence[Entry[Any]]) -> None:
    """Tell every process of this drill how its clock runs after a commit that set it."""
    wind()


def wind() -> Pace | None:
    """Write the clock as the journal left it; also after a restore, or when the file was lost."""
    row = Drill.objects.first()
    if row is None or world.drill() is None:
        return None
    shown = Pace(row.real, row.shows, row.speed)
    world.keep_pace(shown)
    return shown


def turned(*, speed: float, real: datetime, shows: datetime | None = None) -> SetDrillClock:
    """The operation that lets the clock run at ``speed`` from ``real`` on; it shows what it showed
    then, or ``shows`` when it jumps. It never runs past the end of the drill."""
    row = Drill.objects.get()
    now = Pace(row.real, row.shows, row.speed).at(real)
    return SetDrillClock(speed=speed, real=real, shows=min(shows or now, row.ends))


def ended() -> bool:
    """Whether the drill that is played here has ended."""
    return Drill.objects.values_list("ended_at", flat=True).get() is not None


def never_started() -> bool:
    """Whether its clock still stands where it was set when the copy was made."""
    row = Drill.objects.get()
    return row.ended_at is None and row.speed == 0 and row.shows == row.begins
