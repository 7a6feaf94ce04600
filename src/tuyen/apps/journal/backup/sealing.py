"""A backup under a key: each of its files sealed block by block with ChaCha20-Poly1305.

The key is a file of its own that the operator keeps elsewhere; a backup names only a digest of it. The
blocks of a file are chained by the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, *Online
authenticated-encryption and its nonce-reuse misuse-resistance*, CRYPTO 2015): a random prefix, the
number of the block and a mark on the last make each nonce, so that no block can be changed, moved, left
out or cut off unnoticed, and a file of any size takes one block of memory.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from msgspec import UNSET

from tuyen.apps.journal.backup import files
from tuyen.apps.journal.backup.manifest import SEALED, Manifest
from tuyen.apps.journal.backup.refusals import (
    BadKeyFile,
    DamagedBackup,
    KeyNeeded,
    KeyTooNear,
    OtherKey,
)

CIPHER = "stream-chacha20-poly1305-1"
_HEAD = b"tuyen-backup-key-1:"
_BLOCK = 1 << 20
_TAG = 16
_PREFIX = 7


def make_key(path: Path) -> str:
    """Make a key file, readable by its owner only; returns the digest that backups name it by."""
    key = secrets.token_bytes(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadKeyFile(path=path, what="it is there already and is not replaced") from None
    with os.fdopen(handle, "wb") as file:
        file.write(_HEAD + key.hex().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return key_id(key)


def read_key(path: Path, *apart_from: Path) -> bytes:
    """The key in a file, refused when it lies in a folder that it is to protect from."""
    real = path.resolve()
    for folder in apart_from:
        if real.is_relative_to(folder.resolve()):
            raise KeyTooNear(path=path, folder=folder)
    try:
        text = path.read_bytes().strip()
        key = bytes.fromhex(text.removeprefix(_HEAD).decode("ascii"))
    except (OSError, ValueError) as error:
        raise BadKeyFile(path=path, what=str(error)) from None
    if not text.startswith(_HEAD) or len(key) != 32:
        raise BadKeyFile(path=path, what="it was not made by `tuyen backup --make-key`")
    return key


def key_id(key: bytes) -> str:
    """What a backup says of its key: enough to find it by, nothing to guess it from."""
    return hashlib.sha256(b"tuyen backup key" + key).hexdigest()[:16]


def seal(source: Path, target: Path, key: bytes) -> None:
    """Write ``source`` under the key, for its owner only, and push it to the disk."""
    cipher, prefix = ChaCha20Poly1305(key), os.urandom(_PREFIX)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as given, os.fdopen(handle, "wb") as taken:
        taken.write(prefix)
        number, block = 0, given.read(_BLOCK)
        while True:
            following = given.read(_BLOCK)
            taken.write(cipher.encrypt(_nonce(prefix, number, not following), block, _name(source)))
            if not following:
                break
            number, block = number + 1, following
        taken.flush()
        os.fsync(taken.fileno())


def unseal(source: Path, target: Path, key: bytes) -> None:
    """Write what was sealed. A changed, missing or foreign block is refused, and nothing is left."""
    cipher = ChaCha20Poly1305(key)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with source.open("rb") as given, os.fdopen(handle, "wb") as taken:
            prefix, number = given.read(_PREFIX), 0
            block = given.read(_BLOCK + _TAG)
            while True:
                following = given.read(_BLOCK + _TAG)
                nonce = _nonce(prefix, number, not following)
                taken.write(cipher.decrypt(nonce, block, _name(target)))
                if not following:
                    break
                number, block = number + 1, following
            taken.flush()
            os.fsync(taken.fileno())
    except (InvalidTag, ValueError):
        target.unlink()
        raise DamagedBackup(path=source, what="a block of it is not as it was sealed") from None


def seal_folder(plain: Path, folder: Path, key: bytes) -> None:
    """Seal every file of one folder into another."""
    for path in sorted(plain.iterdir()):
        seal(path, folder / f"{path.name}{SEALED}", key)


@contextmanager
def opened(
    backup: Path, manifest: Manifest, key: bytes | None, beside: Path | None
) -> Iterator[Path]:
    """A folder with the files of a backup as they were before they were sealed.

    For a backup without a key that is the backup itself; otherwise a folder of its own beside
    ``beside`` (None: the system's place for such), removed afterwards.
    """
    if manifest.cipher is UNSET:
        yield backup
        return
    if key is None:
        raise KeyNeeded(path=backup, key=manifest.key)
    if manifest.cipher != CIPHER or manifest.key != key_id(key):
        raise OtherKey(path=backup, key=manifest.key, given=key_id(key))
    need = sum(file.size for file in manifest.files.values())
    with TemporaryDirectory(prefix=".tuyen-unsealed-", dir=beside) as name:
        plain = Path(name)
        files.check_room(plain, need)
        with files.room_or_refusal(plain, need):
            for kept in manifest.files:
                unseal(backup / kept, plain / kept.removesuffix(SEALED), key)
        yield plain


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _name(path: Path) -> bytes:
    """A sealed file is bound to its name: two of them cannot be exchanged."""
    return path.name.encode()
