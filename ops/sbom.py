"""Write what the program is made of, as a CycloneDX list: sbom.py [--out FILE]

Every package of requirements/runtime.lock with its version and the hashes it is installed by. The
list is made from the lock alone, so the same lock gives the same bytes.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "runtime.lock"
_LINE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^ ;\\]+)([^\n]*)", re.MULTILINE)


def components(lock: str) -> list[dict[str, Any]]:
    """The packages of a lock, by name."""
    joined = re.sub(r"\\\n\s*", " ", lock)
    found = []
    for name, version, rest in _LINE.findall(joined):
        hashes = sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", rest))
        found.append({
            "type": "library", "name": name, "version": version,
            "bom-ref": f"pkg:pypi/{name.lower()}@{version}",
            "purl": f"pkg:pypi/{name.lower()}@{version}",
            "hashes": [{"alg": "SHA-256", "content": each} for each in hashes],
        })  # fmt: skip
    return sorted(found, key=lambda part: (part["name"], part["version"]))


def document(lock: str, version: str) -> str:
    """The whole list as JSON text."""
    content = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": {"type": "application", "name": "tuyen", "version": version}},
        "components": components(lock),
    }  # fmt: skip
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="a file instead of the terminal")
    args = parser.parse_args()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "([^"]+)"', project, re.MULTILINE)
    text = document(LOCK.read_text(encoding="utf-8"), found[1] if found else "0")
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
