"""Where backups of this installation were put, so that the doctor can look after them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from tuyen.apps.journal.backup import files, manifest
from tuyen.apps.journal.backup.manifest import Manifest, Proof
from tuyen.kernel.refusal import Refusal

LEDGER = "backups.json"


class Noted(msgspec.Struct, frozen=True):
    """The newest backup that was put at a place."""

    name: str
    made_at: str
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest known backup as it is found now. ``wrong`` says what is, or is ''."""

    path: Path
    made_at: datetime
    proof: Proof | None
    wrong: str


def note(home: Path, to: Path, name: str, made: Manifest) -> None:
    """Write down a new backup."""
    known = _read(home)
    known[str(to.resolve())] = Noted(name, made.made_at, made.digest)
    files.write(home / LEDGER, msgspec.json.encode(known))


def standing(home: Path) -> Standing | None:
    """The newest backup of all places, or None when there was never one."""
    known = _read(home)
    if not known:
        return None
    place, last = max(known.items(), key=lambda item: item[1].made_at)
    path, proof, wrong = Path(place) / last.name, None, ""
    try:
        kept = manifest.read(path)
        _check_sizes(path, kept)
        proof = manifest.proof_of(path, kept)
        if kept.digest != last.digest:
            wrong = "its manifest is another than the one that was made"
    except (Refusal, OSError) as error:
        wrong = str(error)
    return Standing(path, datetime.fromisoformat(last.made_at), proof, wrong)


def _check_sizes(path: Path, kept: Manifest) -> None:
    """A look that costs nothing; the digests are for the restore."""
    for name, file in kept.files.items():
        if (path / name).stat().st_size != file.size:
            raise OSError(f"{path / name} is not as long as it was made")


def _read(home: Path) -> dict[str, Noted]:
    try:
        return msgspec.json.decode((home / LEDGER).read_bytes(), type=dict[str, Noted])
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}  # the doctor then says that there is no backup, which is safe
