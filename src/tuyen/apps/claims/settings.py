"""What an installation says of its portal and its key: files in ``TUYEN_HOME/claims``, never the store.

``portal.json``: ``address`` (https://host/api), ``username``, ``password_file`` (the file that holds
the password, readable by the program's user only), ``hosts`` (those that the address may name beside
this machine), ``province`` (two digits), ``account`` and ``staff`` {``name``, ``citizen``} for the
look-up of cards, ``timeout`` in seconds, ``signed_node`` (THONGTINHOSO or the whole file).
"""

import json
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from tuyen.apps.claims.refusals import ForeignHost, NoPortal, OpenKeyFile

HERE = frozenset({"127.0.0.1", "::1", "localhost"})
NODES = ("THONGTINHOSO", "whole")


class Portal(NamedTuple):
    """Where claims are sent, and as whom."""

    address: str
    username: str
    password: str
    province: str
    staff_name: str
    staff_citizen: str
    timeout: float


def folder() -> Path:
    return Path(settings.TUYEN_HOME) / "claims"


def told() -> dict[str, Any]:
    """What the file says; nothing where there is none."""
    path = folder() / "portal.json"
    if not path.is_file():
        return {}
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoPortal(path=path) from error
    return held if isinstance(held, dict) else {}


def signed_node() -> str:
    """Which part of a file is signed: the insurer's own text names two."""
    node = str(told().get("signed_node", NODES[0]))
    return node if node in NODES else NODES[0]


def portal() -> Portal:
    """The portal; refuses an address of another host that the file does not allow.

    Raises
    ------
    NoPortal, ForeignHost, OpenKeyFile
    """
    path, held = folder() / "portal.json", told()
    address, username = str(held.get("address", "")), str(held.get("username", ""))
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or not username:
        raise NoPortal(path=path)
    allowed = {str(host) for host in held.get("hosts", ())}
    if parts.hostname not in HERE and (parts.hostname not in allowed or parts.scheme != "https"):
        raise ForeignHost(host=parts.hostname, path=path)
    secret = Path(str(held.get("password_file", "")))
    secret = secret if secret.is_absolute() else folder() / secret
    if not secret.is_file():
        raise NoPortal(path=path)
    if secret.stat().st_mode & 0o077:
        raise OpenKeyFile(path=secret)
    staff = held.get("staff") or {}
    return Portal(
        address.rstrip("/"), username, secret.read_text(encoding="utf-8").strip(),
        str(held.get("province", "")), str(staff.get("name", "")), str(staff.get("citizen", "")),
        float(held.get("timeout", 20)),
    )  # fmt: skip
