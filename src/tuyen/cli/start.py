"""Waking the office up for a command that needs it: settings first, then Django."""

import json
import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

MARK = "demo.json"
"""In the folder of a demo: what it was built from, its day and its logins."""
DRILL = "drill.json"
"""In the folder of a drill: which one it is, its scenario, its logins, how it is served."""
OF_REALITY = (
    "TUYEN_DATABASE_URL", "TUYEN_DATABASE_OWNER_URL", "TUYEN_DATABASE_LOGIN", "TUYEN_SECRET_KEY",
    "TUYEN_DEMO_DAY", "TUYEN_LOOPBACK", "TUYEN_HOSTS", "TUYEN_DEBUG",
)  # fmt: skip
"""What an environment may say of the real installation, and no drill may know."""


def office(home: str | None = None, *, loopback: bool = False, owner: bool = False) -> None:
    """Set the installation's folder, then load settings and rooms. Later calls change nothing.

    A folder that holds a demo brings its own day and plain HTTP on this machine; one that holds a
    drill brings its own clock, and forgets whatever the environment says of reality. Commands that
    need no database never call this, so they start in a fraction of the time.

    A command works for the program, on all rows. With ``owner`` it signs in as the owner of the
    tables (``TUYEN_DATABASE_OWNER_URL``, where that is another login) and stays it: to change the
    schema, to copy the store out or to put it back.
    """
    if home is not None:
        os.environ["TUYEN_HOME"] = str(Path(home).expanduser().resolve())
    mark = Path(os.environ.get("TUYEN_HOME", "")) / MARK
    drill = mark.with_name(DRILL)
    if drill.is_file():
        said = json.loads(drill.read_text(encoding="utf-8"))
        for name in OF_REALITY:
            os.environ.pop(name, None)
        loopback = said["loopback"]
        os.environ["TUYEN_HOSTS"] = said["hosts"]
    elif mark.is_file():
        day = json.loads(mark.read_text(encoding="utf-8"))["day"]
        os.environ.setdefault("TUYEN_DEMO_DAY", day)
        loopback = True
    if loopback:
        os.environ["TUYEN_LOOPBACK"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuyen.project.settings")
    if owner and (url := os.environ.get("TUYEN_DATABASE_OWNER_URL")):
        program = urlsplit(os.environ.get("TUYEN_DATABASE_URL", ""))
        login = unquote(program.username or dict(parse_qsl(program.query)).get("user", ""))
        os.environ.setdefault("TUYEN_DATABASE_LOGIN", login)
        os.environ["TUYEN_DATABASE_URL"] = url
    import django

    django.setup()
    from tuyen.apps.access import walls

    if walls.standing() is walls.Level.NOBODY:
        walls.trust_process(walls.Level.OWNER if owner else walls.Level.WHOLE)
