"""Identifiers made where a thing is born, so that a retry is the same thing."""

import os
import secrets
import time
from collections.abc import Callable
from hashlib import sha1
from uuid import UUID

Entropy = Callable[[int], bytes]
"""A source of n random bytes: the system's by default, a seeded one in a simulation."""


NODE = UUID("00000000-0000-7000-8000-000000000000")
"""The installation itself, as the unit of operations that belong to no unit (accounts)."""


def uuid7(ms: int | None = None, entropy: Entropy = os.urandom) -> UUID:
    """A time-ordered UUID, version 7 (RFC 9562 section 5.7).

    ``ms`` is milliseconds since 1970 UTC; doors leave it out and take the system clock.
    """
    if ms is None:
        ms = time.time_ns() // 1_000_000
    number = (ms & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(entropy(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76  # version
    number = number & ~(0x3 << 62) | 0x2 << 62  # variant
    return UUID(int=number)


def derived_id(of: UUID, *parts: object) -> UUID:
    """The one id of a row that follows from the operation or row ``of``: same parts, same id.

    Services use it so that replaying the journal rebuilds the very same rows.
    """
    name = "/".join(map(str, parts)).encode()
    # UUIDv5 (RFC 9562 section 5.5), as uuid.uuid5 makes it, at half the price.
    number = int.from_bytes(sha1(of.bytes + name, usedforsecurity=False).digest()[:16], "big")
    number = number & ~(0xF << 76) | 0x5 << 76  # version
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)  # variant


def one_time_token() -> str:
    """A secret to be shown once and typed once: 160 bits, base32 without look-alikes."""
    alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(8)) for _ in range(4))
