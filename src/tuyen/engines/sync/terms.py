"""What a tablet may do now: its orders, its protocol, its quota, its units. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass

PROTOCOL = 4
"""The version of the protocol spoken here. This one and the two before it are served."""
KEPT = 2

ACTIVE, LOCKED, WIPED, REVOKED = "active", "locked", "wiped", "revoked"

_AFTER = {
    (ACTIVE, "lock"): LOCKED,
    (LOCKED, "unlock"): ACTIVE,
    (ACTIVE, "wipe"): WIPED,
    (LOCKED, "wipe"): WIPED,
    **{(state, "revoke"): REVOKED for state in (ACTIVE, LOCKED, WIPED)},
}

Units = Mapping[str, frozenset[str]]
"""Kind of document: the units whose documents a tablet may hold."""


def after_order(state: str, order: str) -> str | None:
    """The state of a tablet after an order, or None when the order makes no sense in it.

    >>> after_order("active", "wipe"), after_order("wiped", "unlock")
    ('wiped', None)
    """
    return _AFTER.get((state, order))


@dataclass(frozen=True, slots=True)
class Terms:
    """What is answered to one request.

    ``order`` is what the tablet must do before anything else: ``lock``, ``wipe`` or nothing.
    ``notice`` is ``upgrade`` when its protocol is too old to pull, ``server-older`` when it is
    newer than the server. ``speak`` is the version in which it is answered.
    """

    push: bool
    pull: bool
    order: str
    notice: str
    speak: int


def terms(state: str, obeyed: bool, spoken: int, current: int = PROTOCOL) -> Terms:
    """The terms for a tablet in ``state`` that speaks version ``spoken``.

    A locked tablet may push and not pull. A wiped one may push what it still holds until it says
    that it has obeyed; a revoked one may do nothing. Any version may push.
    """
    oldest = max(1, current - KEPT)
    speak = min(max(spoken, oldest), current)
    notice = "upgrade" if spoken < oldest else "server-older" if spoken > current else ""
    if state == REVOKED or (state == WIPED and obeyed):
        return Terms(False, False, "wipe", notice, speak)
    order = {LOCKED: "lock", WIPED: "wipe"}.get(state, "")
    return Terms(True, not order and spoken >= oldest, order, notice, speak)


@dataclass(frozen=True, slots=True)
class Quota:
    """What one tablet may send in a day."""

    operations: int
    bytes: int


def allowance(quota: Quota, operations: int, bytes: int, offered: int, size: int) -> int:
    """How many of ``offered`` operations in ``size`` bytes are taken today, after what was sent."""
    if bytes + size > quota.bytes:
        return 0
    return max(0, min(offered, quota.operations - operations))


def change(old: Units, new: Units) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """(gained, dropped): what a tablet may now also hold, and what it must no longer hold.

    >>> change({"person": frozenset("ab")}, {"person": frozenset("bc")})
    ({'person': frozenset({'c'})}, {'person': frozenset({'a'})})
    """
    nothing: frozenset[str] = frozenset()
    kinds = sorted(old.keys() | new.keys())
    gained = {kind: new.get(kind, nothing) - old.get(kind, nothing) for kind in kinds}
    dropped = {kind: old.get(kind, nothing) - new.get(kind, nothing) for kind in kinds}
    return ({k: units for k, units in gained.items() if units},
            {k: units for k, units in dropped.items() if units})  # fmt: skip


def both(old: Units, new: Units) -> dict[str, frozenset[str]]:
    """The units that stand in both, by kind."""
    found = {kind: units & new.get(kind, frozenset()) for kind, units in old.items()}
    return {kind: units for kind, units in found.items() if units}


def either(one: Units, other: Units) -> dict[str, frozenset[str]]:
    """The units that stand in one or the other, by kind."""
    kinds = sorted(one.keys() | other.keys())
    return {k: one.get(k, frozenset()) | other.get(k, frozenset()) for k in kinds}


def request_text(method: str, path: str, counter: int, protocol: int, digest: str) -> bytes:
    """What a tablet signs: the whole of a request. ``digest`` is SHA-256 of the body as sent."""
    return "\n".join(
        ("tuyen-request", method, path, str(counter), str(protocol), digest)
    ).encode()  # fmt: skip


def answer_text(device: str, counter: int, status: int, digest: str) -> bytes:
    """What the server signs: one answer to one request. ``digest`` is of the body uncompressed."""
    return "\n".join(("tuyen-answer", device, str(counter), str(status), digest)).encode()
