"""Waking the office up for a command that needs it: settings first, then Django."""

import json
import os
from pathlib import Path

MARK = "demo.json"
"""In the folder of a demo: what it was built from, its day and its logins."""


def office(home: str | None = None, *, loopback: bool = False) -> None:
    """Set the installation's folder, then load settings and rooms. Later calls change nothing.

    A folder that holds a demo brings its own day and plain HTTP on this machine. Commands that
    need no database never call this, so they start in a fraction of the time.
    """
    if home is not None:
        os.environ["TUYEN_HOME"] = str(Path(home).expanduser().resolve())
    mark = Path(os.environ.get("TUYEN_HOME", "")) / MARK
    if mark.is_file():
        day = json.loads(mark.read_text(encoding="utf-8"))["day"]
        os.environ.setdefault("TUYEN_DEMO_DAY", day)
        loopback = True
    if loopback:
        os.environ["TUYEN_LOOPBACK"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuyen.project.settings")
    import django

    django.setup()
