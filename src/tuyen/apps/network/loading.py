"""Which of the room's engines a serving process has ready: no request waits for a compiler.

Where nothing was compiled yet on a machine, a server says so before its first request (``begin``), has it
compiled by another process, and loads it (``load``). Until then a page that needs an engine is refused with
:class:`EngineBeingPrepared` and asks again. Commands never begin: they compile what they compute with.
"""

from collections.abc import Callable

from tuyen.apps.network.refusals import EngineBeingPrepared
from tuyen.engines.network import loading as engines

WAYS, DECISIONS = "ways", "decisions"
_PARTS: dict[str, Callable[[], None]] = {WAYS: engines.ways, DECISIONS: engines.decisions}
_missing: set[str] = set()


def begin() -> None:
    """From now on nothing is ready until it was loaded."""
    _missing.update(_PARTS)


def load() -> None:
    """Load every part (or compile it, where no disk keeps it); each is ready at once."""
    for part, run in _PARTS.items():
        run()
        _missing.discard(part)


def need(part: str) -> None:
    """Raises ``EngineBeingPrepared`` while a part is not ready."""
    if part in _missing:
        raise EngineBeingPrepared()
