"""``tuyen migrate | serve | doctor``: run an installation."""

import argparse
import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, filled, say
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_, Refusal

THREADS = 12
"""Requests that a worker answers at once."""


class OpenWithoutTls(Refusal):
    code = "cli.open-without-tls"
    message = N_("Plain HTTP is for this machine only, and {address} can be reached from others; serve"
                 " 127.0.0.1 behind a web server that speaks TLS, or give --certificate and --key"
                 " (without TUYEN_LOOPBACK).")  # fmt: skip


class NoPair(Refusal):
    code = "cli.no-pair"
    message = N_("Give --certificate and --key together, each a file in PEM.")


class OpenPair(Refusal):
    code = "cli.open-pair"
    message = N_("Others on this machine can read the key {path}; run `chmod 600 {path}`.")


def add_parsers(commands: Any) -> None:
    migrate = commands.add_parser("migrate", help=_("bring the database to this version's shape"))
    migrate.set_defaults(run=run_migrate)
    serve = commands.add_parser("serve", help=_("serve the console and the API"))
    serve.add_argument("--address", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=2)
    serve.add_argument(
        "--certificate", type=Path, metavar="PEM", help=_("speak TLS oneself, with this chain")
    )
    serve.add_argument("--key", type=Path, metavar="PEM", help=_("its private key, mode 0600"))
    serve.set_defaults(run=run_serve)
    doctor = commands.add_parser("doctor", help=_("say what is wrong here and how to mend it"))
    doctor.add_argument("--json", action="store_true", help=_("for programs"))
    doctor.set_defaults(run=run_doctor)
    for parser in (migrate, serve, doctor):
        parser.add_argument("--home", metavar="DIR", help=_("folder of the installation"))


def run_migrate(args: argparse.Namespace) -> int:
    office(args.home, owner=True)
    from django.core.management import call_command

    from tuyen.apps.access.queries import has_accounts

    call_command("migrate", verbosity=0)
    say("The database has the shape this version expects.")
    if not has_accounts():
        say(
            "Nobody can sign in yet: `tuyen invite` prints the link that makes the first administrator."
        )
    return DONE


def run_serve(args: argparse.Namespace) -> int:
    office(args.home)
    return serve(args.address, args.port, args.workers, _pair(args.certificate, args.key))


def _pair(certificate: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """The files for TLS, both or neither, the key for its owner only."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None or not (certificate.is_file() and key.is_file()):
        raise NoPair()
    if key.stat().st_mode & 0o077:
        raise OpenPair(path=key)
    return certificate, key


def serve(address: str, port: int, workers: int, tls: tuple[Path, Path] | None = None) -> int:
    """Serve until stopped. Workers are processes; each answers so many requests at once that the
    pushes of many tablets meet and are committed together.

    Plain HTTP never leaves this machine: an address that others reach is served with ``tls``, the
    files of a certificate and its key, TLS 1.2 or later.
    """
    from django.conf import settings
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces, SSLProtocols
    from granian.log import LogLevels

    if not _only_here(address) and (settings.LOOPBACK or tls is None):
        raise OpenWithoutTls(address=address)
    connections.close_all()
    scheme = "https" if tls else "http"
    say("Tuyến is at {url}  (Ctrl-C stops it)", url=f"{scheme}://{address}:{port}/")
    sealed: dict[str, Any] = {}
    if tls:
        sealed = {"ssl_cert": tls[0], "ssl_key": tls[1], "ssl_protocol_min": SSLProtocols.tls12}
    Granian(
        "tuyen.project.wsgi:application", address=address, port=port, interface=Interfaces.WSGI,
        workers=workers, blocking_threads=THREADS, log_access=False, log_level=LogLevels.error,
        **sealed,
    ).serve()  # fmt: skip
    return DONE


def _only_here(address: str) -> bool:
    """Whether nobody but this machine reaches an address."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def run_doctor(args: argparse.Namespace) -> int:
    office(args.home)
    from django.utils import timezone

    from tuyen.apps.access.actors import Actor
    from tuyen.apps.journal.doctor import examine

    found = examine(by=Actor.program(timezone.localdate(), channel="cli"))
    for finding in found:
        values = {name: str(value) for name, value in finding.values.items()}
        sentence, mend = filled(finding.sentence, values), filled(finding.mend, values)
        if args.json:
            say(json.dumps({"check": finding.name, "state": finding.state, "sentence": sentence,
                            "mend": mend}))  # fmt: skip
        else:
            say(f"{finding.state:8} {finding.name:12} {sentence} {mend}".rstrip())
    return FINDINGS if any(finding.state == "bad" for finding in found) else DONE
