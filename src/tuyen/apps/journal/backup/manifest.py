"""What a backup says of itself: enough to know, after a restore, that nothing is missing.

A backup is a folder::

    tuyen-20261125T153500Z-1203/
        manifest.json     this, sealed by its own digest
        store.sqlite3     or store.pgdump, or store.copy.zip
        secret.key        only if it was asked for
        surfaces.tar      travel surfaces, and the ways kept of them, if there are any
        issuer.key        under a key, or if the secret key was asked for; issuer.pem always
        proof.json        after a scratch restore has proved it

Under a key, store and secret are sealed files (``store.sqlite3.sealed``): see :mod:`sealing`.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from tuyen.apps.journal.backup import files
from tuyen.apps.journal.backup.refusals import DamagedBackup, NotABackup, OtherVersion

FORMAT = 1
MANIFEST, PROOF, SECRET = "manifest.json", "proof.json", "secret.key"
DUMPS = {"sqlite": "store.sqlite3", "pg_dump": "store.pgdump", "copy": "store.copy.zip"}
SEALED = ".sealed"
ISSUER = "issuer.key"
EXTRAS = {
    SECRET: SECRET, "demo.json": "demo.json", "drill.json": "drill.json",
    "clock.json": "clock.json", ISSUER: "certificates/issuer.key",
    "issuer.pem": "certificates/issuer.pem",
}  # fmt: skip
"""Files that a backup may hold beside the store, and where they lie in the installation's folder."""
SURFACES = "surfaces.tar"
"""Travel surfaces, and the ways kept of them: see :mod:`surfaces`."""
SECRETS = (SECRET, ISSUER)
"""Files of which only the sealed, or those who asked, have a copy: a thief could sign with them."""

Kind = Literal["SQLite", "PostgreSQL"]
Layout = Literal["sqlite", "pg_dump", "copy"]


class Sample(msgspec.Struct, frozen=True):
    """One row that must come back as it was: its table, its key, the digest of its columns."""

    table: str
    key: str
    digest: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a store holds, all of one moment."""

    tables: dict[str, int]
    migrations: list[str]
    epoch: UUID
    position: int
    head: str
    samples: list[Sample]


class File(msgspec.Struct, frozen=True):
    """A file of the backup: bytes and SHA-256."""

    size: int
    digest: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of a backup. ``digest`` seals all the other fields."""

    format: int
    program: str
    made_at: str
    kind: Kind
    layout: Layout
    facts: Facts
    files: dict[str, File]
    digest: str = ""
    cipher: str | UnsetType = UNSET  # how files are sealed, and by which key; unset: they are not
    key: str | UnsetType = UNSET
    drill: UUID | UnsetType = UNSET  # the drill that this is a copy of; unset: it is reality


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A scratch restore that found everything: of which manifest, when, in how many seconds."""

    manifest: str
    at: str
    program: str
    seconds: float
    entries: int
    tables: int
    samples: int


class _Version(msgspec.Struct):
    """The fields that every format, also one to come, has."""

    format: int
    program: str


def write(folder: Path, manifest: Manifest) -> Manifest:
    """Seal the manifest and write it; returns it as sealed."""
    sealed = msgspec.structs.replace(manifest, digest=_seal(manifest))
    files.write(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(sealed), indent=1))
    return sealed


def read(folder: Path) -> Manifest:
    """The manifest of a backup, refused when it is not one or not as it was sealed."""
    if not folder.is_dir():
        raise NotABackup(path=folder, what="there is no such folder")
    try:
        text = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        raise NotABackup(path=folder, what=f"it has no {MANIFEST}") from None
    path = folder / MANIFEST
    try:
        version = msgspec.json.decode(text, type=_Version)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedBackup(path=path, what=str(error)) from None
    if version.format != FORMAT:
        what = f"format {version.format} where {FORMAT} is known"
        raise OtherVersion(path=folder, version=version.program, what=what)
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedBackup(path=path, what=str(error)) from None
    if manifest.digest != _seal(manifest):
        raise DamagedBackup(path=path, what="it is not as it was sealed")
    tail = "" if manifest.cipher is UNSET else SEALED
    names = {f"{name}{tail}" for name in (DUMPS[manifest.layout], SURFACES, *EXTRAS)}
    if (
        f"{DUMPS[manifest.layout]}{tail}" not in manifest.files
        or not manifest.files.keys() <= names
    ):
        raise DamagedBackup(path=path, what="it names other files than a backup has")
    return manifest


def check_files(
    folder: Path, manifest: Manifest, progress: Callable[[int], None] | None = None
) -> None:
    """Refuse a backup one of whose files is missing, cut short or changed by a single bit."""
    for name, kept in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise DamagedBackup(path=path, what="it is missing")
        if (size := path.stat().st_size) != kept.size:
            raise DamagedBackup(path=path, what=f"it has {size} bytes where {kept.size} were made")
        if files.digest(path, progress) != kept.digest:
            raise DamagedBackup(path=path, what="its digest is not that of the file that was made")


def write_proof(folder: Path, proof: Proof) -> None:
    files.write(folder / PROOF, msgspec.json.format(msgspec.json.encode(proof), indent=1))


def proof_of(folder: Path, manifest: Manifest) -> Proof | None:
    """The proof kept beside a manifest, or None: there is none, or it is of another manifest."""
    try:
        proof = msgspec.json.decode((folder / PROOF).read_bytes(), type=Proof)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return proof if proof.manifest == manifest.digest else None


def _seal(manifest: Manifest) -> str:
    bare = msgspec.structs.replace(manifest, digest="")
    return hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()
