"""Waking the office up for a command that needs it: settings first, then Django."""

import os
from pathlib import Path


def office(home: str | None = None, *, loopback: bool = False) -> None:
    """Set the installation's folder, then load settings and rooms. Later calls change nothing.

    Commands that need no database never call this, so they start in a fraction of the time.
    """
    if home is not None:
        os.environ["TUYEN_HOME"] = str(Path(home).expanduser().resolve())
    if loopback:
        os.environ["TUYEN_LOOPBACK"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuyen.project.settings")
    import django

    django.setup()
