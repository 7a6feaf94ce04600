"""Keys of this installation for tablets: answers are signed, and places are sealed.

Both keys follow from the installation's secret key. A place (cursor) is encrypted, so that it
tells nothing of how much happened elsewhere, bound to its device, and always of one length.
"""

import base64
import os
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tuyen.kernel.refusal import N_, Refusal

_LENGTH = 256


class BadCursor(Refusal):
    code = "api.bad-cursor"
    message = N_("This cursor is not one that was given to this device; begin again without one.")


class Cursor(NamedTuple):
    """A place by which a tablet asks for the next page; sets of units are named by digests."""

    epoch: UUID
    position: int
    holdings: str
    filling: str
    kind: str
    after: str


def seal_cursor(cursor: Cursor, device: UUID) -> str:
    """The cursor as a text that only this server can read, and only for this device."""
    plain = msgspec.msgpack.encode(tuple(cursor)).ljust(_LENGTH, b"\0")
    nonce = os.urandom(12)
    sealed = ChaCha20Poly1305(_secret("cursor")).encrypt(nonce, plain, device.bytes)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def open_cursor(text: str, device: UUID) -> Cursor:
    """The cursor in a text, or a refusal alike for whatever is wrong with it."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii"))
        plain = ChaCha20Poly1305(_secret("cursor")).decrypt(raw[:12], raw[12:], device.bytes)
        values = msgspec.msgpack.decode(
            plain.rstrip(b"\0"), type=tuple[UUID, int, str, str, str, str]
        )
    except (ValueError, InvalidTag, msgspec.DecodeError):
        raise BadCursor() from None
    return Cursor(*values)


def sign(text: bytes) -> str:
    """The server's signature (Ed25519, hexadecimal)."""
    return _private().sign(text).hex()


def public_key() -> str:
    """The key by which a tablet knows this server's answers, hexadecimal."""
    return _private().public_key().public_bytes_raw().hex()


@lru_cache
def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_secret("answers"))


@lru_cache
def _secret(purpose: str) -> bytes:
    info = f"tuyen sync {purpose}".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(settings.SECRET_KEY.encode())
