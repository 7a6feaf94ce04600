"""Where the other side of a joint drill comes in: to be paired, and to exchange news.

Reality has these addresses and no drill behind them. What lets in is the proof of a code, and then
the seal of the pairing.
"""

from typing import Any

import msgspec

from tuyen.api.door import endpoint
from tuyen.apps.access import clock, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance.drills import meeting, pairing
from tuyen.apps.surveillance.refusals.drills import NoDrill


@endpoint("POST", right="public", body=meeting.Join, answer=meeting.Joined)
def pair(by: Actor, query: Any, said: meeting.Join) -> meeting.Joined:
    """Be let in as the other side of this drill, once, by the code that side A read out."""
    if world.drill() is None:
        raise NoDrill()
    return meeting.accept(said, clock.real_now())


@endpoint("POST", right="public", body=pairing.Sealed, answer=pairing.Sealed)
def news(by: Actor, query: Any, said: pairing.Sealed) -> pairing.Sealed:
    """Take what the other side saw, and answer with what was seen here; both sealed."""
    if world.drill() is None:
        raise NoDrill()
    mark = world.played() or {}
    pairing.take(mark, msgspec.json.encode(said), at=clock.now())
    return msgspec.json.decode(pairing.bundle(mark, until=clock.now()), type=pairing.Sealed)
