"""The clock at the doors: the only place where the time of day enters.

Doors read it and pass the time on; nothing below them asks what time it is. A demo has its own
day, so that its figures are the same whenever it is opened; the time of day runs on. A drill has
a clock of its own, which runs up to 500 times as fast, stands still or jumps.
"""

import os
from datetime import date, datetime

from django.utils import timezone

from tuyen.apps.access import world


def now() -> datetime:
    """The province's time, with its zone."""
    real = timezone.localtime()
    if (pace := world.pace()) is not None:
        return timezone.localtime(pace.at(real))
    shown = _own_day()
    return real if shown is None else real + (shown - real.date())


def real_now() -> datetime:
    """The machine's own time: for keys and sessions, which no demo may prolong."""
    return timezone.localtime()


def today() -> date:
    """The province's day."""
    return now().date()


def is_demo() -> bool:
    """Whether this node shows invented data under its own day."""
    return _own_day() is not None and not is_drill()


def is_drill() -> bool:
    """Whether this node plays a drill."""
    return world.drill() is not None


def _own_day() -> date | None:
    text = os.environ.get("TUYEN_DEMO_DAY", "")
    return date.fromisoformat(text) if text else None
