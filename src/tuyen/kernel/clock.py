"""Hybrid logical clocks: an order of events that survives wrong device clocks.

Source: Kulkarni, Demirbas, Madappa, Avva, Leone, "Logical physical clocks and consistent
snapshots in globally distributed databases" (2014), algorithm of figure 5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tuyen.kernel.refusal import N_, Refusal

_MAX_COUNTER = 0xFFFF


class Pace(NamedTuple):
    """A clock that runs at its own speed: at ``real`` it showed ``shows``; 0 stands still.

    >>> from datetime import UTC, datetime
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> Pace(noon, noon, 60.0).at(noon.replace(minute=2)).isoformat()
    '2026-03-01T14:00:00+00:00'
    """

    real: datetime
    shows: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """What it shows at a moment of the machine; never less than where it was set."""
        return self.shows + max(real - self.real, real - real) * self.speed

    def when(self, shows: datetime) -> datetime | None:
        """The moment of the machine at which it shows something; None when it stands before."""
        if shows <= self.shows:
            return self.real
        return self.real + (shows - self.shows) / self.speed if self.speed > 0 else None


class BadStamp(Refusal):
    code = "kernel.bad-stamp"
    message = N_(
        "{value} is not a clock stamp; expected 12 hexadecimal digits of milliseconds,"
        " 4 of counter, and a node name, joined by dots."
    )


class Stamp(NamedTuple):
    """Milliseconds since 1970, a counter within them, and the node: ordered as written."""

    ms: int
    counter: int
    node: str

    def __str__(self) -> str:
        return f"{self.ms:012x}.{self.counter:04x}.{self.node}"

    @classmethod
    def parse(cls, text: str) -> "Stamp":
        parts = text.split(".", 2)
        try:
            if len(parts) != 3 or len(parts[0]) != 12 or len(parts[1]) != 4 or not parts[2]:
                raise ValueError
            return cls(int(parts[0], 16), int(parts[1], 16), parts[2])
        except ValueError:
            raise BadStamp(value=text) from None


@dataclass
class HybridClock:
    """The clock of one node. ``now_ms`` is always passed in: the caller owns the time."""

    node: str
    last: tuple[int, int] = (0, 0)

    def tick(self, now_ms: int) -> Stamp:
        """A stamp for a local event, after every stamp given or seen before."""
        ms, counter = self.last
        self.last = (now_ms, 0) if now_ms > ms else _after(ms, counter)
        return Stamp(*self.last, self.node)

    def see(self, other: Stamp, now_ms: int) -> Stamp:
        """A stamp for receiving ``other``: after it, and after all of ours."""
        ms, counter = max(self.last, (other.ms, other.counter))
        self.last = (now_ms, 0) if now_ms > ms else _after(ms, counter)
        return Stamp(*self.last, self.node)


def _after(ms: int, counter: int) -> tuple[int, int]:
    return (ms, counter + 1) if counter < _MAX_COUNTER else (ms + 1, 0)
