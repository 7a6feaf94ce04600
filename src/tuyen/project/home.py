"""Where one installation keeps its data, and how it is named to the program.

Everything is read from the environment, once, at start:

``TUYEN_HOME``          folder of the embedded store, the secret key and exports
``TUYEN_DATABASE_URL``  ``sqlite:///path`` or ``postgresql:///name?host=/socket/dir&port=5432``
``TUYEN_DATABASE_OWNER_URL``  PostgreSQL: the login that owns the tables, for ``tuyen migrate``,
                        ``backup`` and ``restore``; the other one then has no right but through
                        the row policies
``TUYEN_SECRET_KEY_FILE``  a file that holds the secret key, in place of ``TUYEN_HOME/secret.key``
``TUYEN_HOSTS``         host names served, separated by commas
``TUYEN_LOOPBACK``      1 for a demo or a developer on this machine: plain HTTP on localhost only
``TUYEN_DEBUG``         1 for a developer: tracebacks in the browser; never in production
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tuyen.cli.compiled import keep_compiled
from tuyen.kernel.refusal import N_, Refusal

# Before any kernel is imported: else each worker of the server compiles for itself where the
# program's own folder cannot be written.
keep_compiled()


class BadDatabaseUrl(Refusal):
    code = "project.bad-database-url"
    message = N_(
        "TUYEN_DATABASE_URL is {value}; expected sqlite:///PATH or"
        " postgresql://USER:PASSWORD@HOST:PORT/NAME."
    )


class OpenDatabase(Refusal):
    code = "project.open-database"
    message = N_(
        "The way to the database at {host} would not be sealed (sslmode={mode}); write"
        " sslmode=verify-full, verify-ca or require in its URL, or use a socket."
    )


class NoKeyFile(Refusal):
    code = "project.no-key-file"
    message = N_("TUYEN_SECRET_KEY_FILE names {path}, and there is no such file.")


class OpenKey(Refusal):
    code = "project.open-key"
    message = N_(
        "Others on this machine can read the secret key {path}: run `chmod 600 {path}`, then"
        " `tuyen rotate-key`."
    )


# FULL: with NORMAL, a power cut loses commits that were already acknowledged.
_SQLITE = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
    "PRAGMA cache_size=-20000;PRAGMA temp_store=MEMORY;PRAGMA journal_size_limit=67108864;"
)


def home() -> Path:
    """The folder of this installation (made by the commands that need it)."""
    return Path(os.environ.get("TUYEN_HOME") or Path.home() / ".local/share/tuyen")


def drill() -> dict[str, Any] | None:
    """What the folder says of the drill that is played in it; None in reality."""
    path = home() / "drill.json"
    if not path.is_file():
        return None
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return said


def flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes")


def database() -> dict[str, Any]:
    """Django's settings for the store named by the environment.

    A drill has the one in its own folder, whatever the environment names: that is reality's.
    """
    named = os.environ.get("TUYEN_DATABASE_URL") if drill() is None else None
    url = named or f"sqlite:///{home() / 'tuyen.sqlite3'}"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:] if parts.path.startswith("//") else parts.path),
            "CONN_MAX_AGE": None,
            # IMMEDIATE takes the write lock at BEGIN, so a commit never fails half-way for it.
            "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE", "init_command": _SQLITE},
            "TEST": {"NAME": os.environ.get("TUYEN_TEST_SQLITE") or None},
        }
    if parts.scheme in ("postgres", "postgresql") and parts.path.strip("/"):
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "tuyen.project.postgresql",
            "NAME": parts.path.strip("/"),
            "USER": unquote(parts.username or query.get("user", "")),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or query.get("host", ""),
            "PORT": str(parts.port or query.get("port", "")),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            # Whatever the server's default is: a receipt means that the commit outlives a power cut.
            "OPTIONS": {"options": "-c synchronous_commit=on", **_transport(query, parts.hostname)},
        }
    raise BadDatabaseUrl(value=url)


def _transport(query: dict[str, str], host: str | None) -> dict[str, str]:
    """How the way to a PostgreSQL elsewhere is sealed: TLS with a server that proves its name.

    A socket or this machine needs none. What is weaker than ``require`` is refused: it gives way
    to whoever stands between.
    """
    at = host or query.get("host", "")
    here = not at or at.startswith("/") or at in ("localhost", "127.0.0.1", "::1")
    kept: dict[str, str] = {
        name: query[name] for name in ("sslmode", "sslrootcert") if name in query
    }
    if here:
        return kept
    mode = kept.setdefault("sslmode", "verify-full")
    if mode not in ("require", "verify-ca", "verify-full"):
        raise OpenDatabase(host=at, mode=mode)
    return kept


def secret_key() -> str:
    """The key of this installation, made on first use and readable by its owner only.

    ``TUYEN_SECRET_KEY_FILE`` names another file, for a vault that mounts one. A file that others
    can read is refused: what it sealed has to be thought known.
    """
    named = os.environ.get("TUYEN_SECRET_KEY_FILE")
    path = Path(named) if named else home() / "secret.key"
    if named and not path.is_file():
        raise NoKeyFile(path=path)
    if path.exists():
        if path.stat().st_mode & 0o077:
            raise OpenKey(path=path)
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(48)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    return key
