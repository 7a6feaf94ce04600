"""Build a release that anybody can build again, and sign what is in it.

    release.py build OUT [--key KEY.pem]   the wheel, built twice, and manifest.json; signed with a key
    release.py verify OUT PUBLIC.pem       whether OUT is what was signed
    release.py key KEY.pem PUBLIC.pem      a new pair of keys (Ed25519)

Two builds of one commit are the same bytes: files in one order, one time (that of the commit), one
mode. The manifest names every file with its SHA-256, the tablet's included once it is built, and its
signature stands beside it. The wheel is written here because a build backend is not part of an
installation; its layout is that of the packaging specification (binary distribution format 1.0).
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ROOT = Path(__file__).resolve().parent.parent
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_MODE = 0o100644 << 16


class Different(Exception):
    """What should have been the same is not."""


def wheel(out: Path, root: Path | None = None) -> Path:
    """Write the wheel of ``root`` into ``out``: the tracked files of the package, in their order."""
    root = root or ROOT
    about = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = f"{about['name']}-{about['version']}"
    files = {f"{path.relative_to(root / 'src')}": path.read_bytes() for path in _tracked(root)}
    files[f"{name}.dist-info/METADATA"] = _metadata(about).encode()
    files[f"{name}.dist-info/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: release.py\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    scripts = "".join(f"{key} = {value}\n" for key, value in sorted(about["scripts"].items()))
    files[f"{name}.dist-info/entry_points.txt"] = f"[console_scripts]\n{scripts}".encode()
    record = f"{name}.dist-info/RECORD"
    lines = [f"{path},sha256={_digest64(data)},{len(data)}" for path, data in sorted(files.items())]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    target = out / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _moment(root))
            entry.external_attr, entry.compress_type = _MODE, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return target


def _tracked(root: Path) -> Iterator[Path]:
    """The files of the package that belong to the release, with the compiled words; without a
    repository, all but caches."""
    done = subprocess.run(["git", "ls-files", "-z", "src/tuyen"], cwd=root, capture_output=True)
    names = [n for n in done.stdout.decode().split("\0") if n] if done.returncode == 0 else []
    package = root / "src" / "tuyen"
    paths = {*(root / n for n in names), *(package / "locale").rglob("*.mo")}
    paths = paths if names else set(package.rglob("*"))
    yield from sorted(p for p in paths if p.is_file() and "__pycache__" not in p.parts)


def _moment(root: Path) -> tuple[int, int, int, int, int, int]:
    """The time of the commit; where there is none, the first that a ZIP can hold."""
    asked = ["git", "log", "-1", "--format=%cd", "--date=format-local:%Y %m %d %H %M %S"]
    done = subprocess.run(asked, cwd=root, capture_output=True, text=True, env={"TZ": "UTC"})
    found = [int(part) for part in done.stdout.split()] if done.returncode == 0 else []
    year, month, day, hour, minute, second = found or (1980, 1, 1, 0, 0, 0)
    return year, month, day, hour, minute, second


def _metadata(about: dict[str, object]) -> str:
    needs = "".join(f"Requires-Dist: {one}\n" for one in about["dependencies"])  # type: ignore[attr-defined]
    return (
        f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n"
        f"Summary: {about['description']}\nLicense: {about['license']}\n"
        f"Requires-Python: {about['requires-python']}\n{needs}"
    )


def _digest64(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def manifest(out: Path) -> bytes:
    """Every file of a release with its digest, in one order."""
    files = {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name not in (MANIFEST, SIGNATURE)
    }
    return json.dumps({"files": files}, indent=1, sort_keys=True).encode() + b"\n"


def build(out: Path, key: Ed25519PrivateKey | None) -> None:
    """Build twice, refuse what differs, write the manifest, and sign it."""
    out.mkdir(parents=True, exist_ok=True)
    first = wheel(out).read_bytes()
    again = wheel(out).read_bytes()
    if first != again:
        raise Different("Two builds of this commit are not the same bytes.")
    (out / MANIFEST).write_bytes(manifest(out))
    (out / SIGNATURE).unlink(missing_ok=True)
    if key is not None:
        (out / SIGNATURE).write_text(key.sign((out / MANIFEST).read_bytes()).hex(), "ascii")


def verify(out: Path, key: Ed25519PublicKey) -> None:
    """Raise :class:`Different`, saying what, unless ``out`` is what was signed."""
    try:
        said = (out / MANIFEST).read_bytes()
        key.verify(bytes.fromhex((out / SIGNATURE).read_text("ascii")), said)
    except FileNotFoundError as gone:
        raise Different(f"{gone.filename} is missing: this release is not signed.") from gone
    except (InvalidSignature, ValueError) as bad:
        raise Different(f"The signature of {MANIFEST} is not by this key.") from bad
    told, found = json.loads(said)["files"], json.loads(manifest(out))["files"]
    for name in sorted(told.keys() | found.keys()):
        if told.get(name) != found.get(name):
            raise Different(f"{name} is not the file that was signed.")


def new_pair(private: Path, public: Path) -> None:
    """A pair of keys in PEM, the private one for its owner only."""
    key = Ed25519PrivateKey.generate()
    private.touch(0o600)
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def read_private(path: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Different(f"{path} is no Ed25519 key.")
    return key


def read_public(path: Path) -> Ed25519PublicKey:
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise Different(f"{path} is no Ed25519 key.")
    return key


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    what = parser.add_subparsers(dest="what", required=True)
    building = what.add_parser("build")
    building.add_argument("out", type=Path)
    building.add_argument("--key", type=Path)
    verifying = what.add_parser("verify")
    verifying.add_argument("out", type=Path)
    verifying.add_argument("public", type=Path)
    keys = what.add_parser("key")
    keys.add_argument("private", type=Path)
    keys.add_argument("public", type=Path)
    args = parser.parse_args(argv)
    try:
        if args.what == "key":
            new_pair(args.private, args.public)
        elif args.what == "build":
            build(args.out, read_private(args.key) if args.key else None)
        else:
            verify(args.out, read_public(args.public))
    except Different as why:
        print(why, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
