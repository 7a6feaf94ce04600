"""The installation a benchmark works on: a demo's folder, or the same rows on PostgreSQL.

``TUYEN_HOME`` names the folder of the demo, whose ``demo.json`` says which day it lives on.
``TUYEN_DATABASE_URL``, when set, names a PostgreSQL into which :mod:`benchmarks.copying` has put
the same rows.
"""

import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tuyen.cli.start import MARK, office
from tuyen.kernel.zone import VIETNAM


def opened() -> dict[str, Any]:
    """Load Django for the demo in ``TUYEN_HOME``, in today's shape; what is known of that demo."""
    home = Path(os.environ["TUYEN_HOME"])
    office(loopback=True)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    known: dict[str, Any] = json.loads((home / MARK).read_text(encoding="utf-8"))
    return known


def day(demo: dict[str, Any]) -> date:
    return date.fromisoformat(demo["day"])


def evening(on: date, days: int = 0) -> datetime:
    """Eight in the evening of a day, in Vietnam."""
    return datetime(on.year, on.month, on.day, 20, tzinfo=VIETNAM) + timedelta(days=days)
