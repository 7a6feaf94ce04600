"""``tuyen rotate-key``: a new secret key for this installation."""

import argparse
import os
import secrets
from pathlib import Path
from typing import Any

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal


class KeyElsewhere(Refusal):
    code = "cli.key-elsewhere"
    message = N_(
        "The secret key comes from the environment ({name}), so it is changed where it is kept:"
        " stop the program, put the old one into {path}, run this, and take the new one from there."
    )


def add_parsers(commands: Any) -> None:
    rotate = commands.add_parser(
        "rotate-key", help=_("give this installation a new secret key; everybody signs in again")
    )
    rotate.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    rotate.set_defaults(run=run_rotate)


def run_rotate(args: argparse.Namespace) -> int:
    """Seal all under a new key, then put it in the old one's place. A change that was cut off is
    finished with the key that it had made."""
    office(args.home)
    from django.conf import settings

    from tuyen.apps.access.services.rotation import reseal

    path = Path(settings.TUYEN_HOME) / "secret.key"
    for name in ("TUYEN_SECRET_KEY", "TUYEN_SECRET_KEY_FILE"):
        if name in os.environ:
            raise KeyElsewhere(name=name, path=path)
    beside = path.with_name("secret.key.new")
    new = _made(beside)
    count = reseal(old=settings.SECRET_KEY, new=new)
    beside.replace(path)
    say(
        "The secret key is new. {count} apps of one-time codes go on as they are; everybody signs in"
        " again, and tablets are enrolled anew. Start the program again.",
        count=count,
    )  # fmt: skip
    return DONE


def _made(path: Path) -> str:
    """The new key, on disk and durable before anything is sealed under it."""
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    key = secrets.token_urlsafe(48)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
