"""The ``tuyen`` command: each room adds its own subcommands."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from tuyen import __version__
from tuyen.cli.terminal import FINDINGS, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import Refusal

_ROOMS = (
    "demo", "platform", "compiling", "access", "rotation", "device", "backup", "journal", "registry",
    "surveillance", "night", "detect", "forecasting", "calibration", "drill", "immunization",
    "certificates", "supply", "dose_register", "claims", "fhir", "fhir_store", "site", "route",
    "travel", "work",
)  # fmt: skip
"""Modules of this package, in the order their commands are shown."""


def build_parser() -> argparse.ArgumentParser:
    """The parser with every room's commands."""
    parser = argparse.ArgumentParser(
        prog="tuyen", description=_("Preventive medicine and grassroots care of a province.")
    )
    parser.add_argument("--version", action="version", version=f"tuyen {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    # ``import`` and ``export`` are shared: rooms add kinds to them.
    taking = commands.add_parser("import", help=_("bring a file in, with a dry run"))
    giving = commands.add_parser("export", help=_("write a file"))
    kinds = {
        "import": taking.add_subparsers(dest="kind", metavar="KIND", required=True),
        "export": giving.add_subparsers(dest="kind", metavar="KIND", required=True),
    }
    for room in _ROOMS:
        if find_spec(f"tuyen.cli.{room}"):
            module = import_module(f"tuyen.cli.{room}")
            for name, subparsers in {"parsers": commands, **kinds}.items():
                name = name if name == "parsers" else f"{name}_parsers"
                if hasattr(module, f"add_{name}"):
                    getattr(module, f"add_{name}")(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = build_parser().parse_args(argv)
    try:
        return int(args.run(args))
    except Refusal as refusal:
        complain(refusal)
        return WRONG
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            return FINDINGS
        complain(f"{error.filename or 'input'}: {error.strerror or error}")
        return WRONG
    except KeyboardInterrupt:
        complain(_("stopped"))
        return 130


if __name__ == "__main__":
    sys.exit(main())
