"""What is wrong with this installation, and how to mend it."""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from tuyen.apps.access import clock, policies, row_policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.backup import ledger
from tuyen.apps.journal.models import Entry, Head
from tuyen.kernel.refusal import N_
from tuyen.rules import own_faults

State = Literal["good", "warning", "bad"]
MIN_FREE_BYTES = 1_000_000_000
BACKUP_AGE = timedelta(days=1)


class Finding(NamedTuple):
    """One check: its name, how it stands, a sentence and how to mend it, both translatable
    templates over ``values``."""

    name: str
    state: State
    sentence: str
    mend: str
    values: dict[str, object]


Check = Callable[[], Iterator[Finding]]
_CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Add a check; rooms add their own when they are loaded."""
    _CHECKS.append(function)
    return function


def examine(*, by: Actor) -> list[Finding]:
    """Run every check, worst findings first. A check that itself fails is a finding."""
    policies.check(by, "system.doctor")
    found: list[Finding] = []
    for function in _CHECKS:
        try:
            found += function()
        except DatabaseError as error:
            found.append(_bad("database", N_("The database answered: {error}"),
                              N_("Run `tuyen migrate`, then this again."), error=error))  # fmt: skip
    return sorted(found, key=lambda finding: ("bad", "warning", "good").index(finding.state))


def _good(name: str, sentence: str, **values: object) -> Finding:
    return Finding(name, "good", sentence, "", values)


def _warn(name: str, sentence: str, mend: str, **values: object) -> Finding:
    return Finding(name, "warning", sentence, mend, values)


def _bad(name: str, sentence: str, mend: str, **values: object) -> Finding:
    return Finding(name, "bad", sentence, mend, values)


@check
def schema() -> Iterator[Finding]:
    plan = MigrationExecutor(connections["default"])
    waiting = len(plan.migration_plan(plan.loader.graph.leaf_nodes()))
    if waiting:
        yield _bad("schema", N_("{n} changes of the database wait to be made."),
                   N_("Run `tuyen migrate`."), n=waiting)  # fmt: skip
    else:
        yield _good("schema", N_("The database has the shape this program expects."))


@check
def durability() -> Iterator[Finding]:
    """An acknowledged operation must survive a power cut."""
    db = connections["default"]
    sql = "PRAGMA synchronous" if db.vendor == "sqlite" else "SHOW synchronous_commit"
    with db.cursor() as cursor:
        cursor.execute(sql)
        value = str(cursor.fetchone()[0])
    if value in ("2", "3", "on", "remote_apply", "remote_write"):
        yield _good(
            "durability",
            N_("Commits reach the disk before they are acknowledged ({value})."),
            value=value,
        )
    else:
        yield _bad("durability", N_("A power cut could lose acknowledged operations ({value})."),
                   N_("Set synchronous to FULL (SQLite) or synchronous_commit to on (PostgreSQL)."),
                   value=value)  # fmt: skip


@check
def chain() -> Iterator[Finding]:
    head = Head.objects.get(pk=1)
    last = Entry.objects.order_by("-position").values_list("position", "digest").first()
    if (last or (0, bytes(32))) == (head.position, bytes(head.digest)):
        yield _good(
            "journal",
            N_(
                "The journal ends where its head says, at {n}. `tuyen journal verify` proves the rest."
            ),
            n=head.position,
        )
    else:
        yield _bad("journal", N_("The journal does not end where its head says ({n})."),
                   N_("Run `tuyen journal verify` and keep this database as it is."), n=head.position)  # fmt: skip


@check
def accounts() -> Iterator[Finding]:
    if access.has_accounts():
        yield _good("accounts", N_("At least one account exists; none has a default password."))
    else:
        yield _warn("accounts", N_("Nobody can sign in yet."),
                    N_("Run `tuyen invite` and open the link it prints, once, to make the first administrator."))  # fmt: skip


@check
def secrets() -> Iterator[Finding]:
    path = _home() / "secret.key"
    if "TUYEN_SECRET_KEY" in os.environ:
        yield _good("secret", N_("The secret key comes from the environment."))
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield _bad("secret", N_("Others on this machine can read {path}."),
                   N_("Run `chmod 600 {path}`."), path=path)  # fmt: skip
    else:
        yield _good("secret", N_("The secret key is readable by its owner only."))


@check
def exposure() -> Iterator[Finding]:
    if settings.DEBUG:
        yield _bad("exposure", N_("Debugging is on: errors show the program's inside."),
                   N_("Start without TUYEN_DEBUG."))  # fmt: skip
    elif settings.LOOPBACK and "TUYEN_DEMO_DAY" not in os.environ:
        yield _warn("exposure", N_("Plain HTTP is allowed: this must serve this machine only."),
                    N_("Start without TUYEN_LOOPBACK, behind TLS."))  # fmt: skip
    else:
        yield _good("exposure", N_("Debugging is off."))


@check
def walls() -> Iterator[Finding]:
    """The row policies under the program's own filters."""
    db = connections["default"]
    if db.vendor != "postgresql":
        yield _good("walls", N_("The embedded store has no row policies: whoever reads its file reads all of it."))  # fmt: skip
        return
    found = row_policies.state(db)
    if found.lacking or not found.may_take:
        yield _bad("walls", N_("Row policies do not stand: {what}."),
                   N_("Run `tuyen migrate` as the owner of the tables (TUYEN_DATABASE_OWNER_URL)."),
                   what=", ".join(found.lacking) or row_policies.READER)  # fmt: skip
    elif found.superuser or found.owner:
        yield _warn("walls", N_("Row policies stand, and the program's login could take them down."),
                    N_("Give the program a login of its own, and name the owner of the tables in TUYEN_DATABASE_OWNER_URL."))  # fmt: skip
    else:
        yield _good("walls", N_("Row policies stand under {n} tables, and the program's login cannot pass them."),
                    n=len(row_policies.VISIBLE))  # fmt: skip


@check
def room_on_disk() -> Iterator[Finding]:
    free = shutil.disk_usage(_home()).free
    if free < MIN_FREE_BYTES:
        yield _bad("disk", N_("Only {mb} MB are free where the data are kept."),
                   N_("Free at least 1,000 MB before the next working day."), mb=free // 10**6)  # fmt: skip
    else:
        yield _good("disk", N_("{gb} GB are free where the data are kept."), gb=free // 10**9)


@check
def backups() -> Iterator[Finding]:
    """A backup that was never restored is a hope; so is one of the day before yesterday."""
    last = ledger.standing(_home())
    if last is None:
        if not clock.is_demo():  # a demo is built anew instead
            yield _warn("backup", N_("No backup was ever made here."),
                        N_("Run `tuyen backup --to DIR --prove` every night, to another disk."))  # fmt: skip
        return
    age = clock.real_now() - last.made_at
    hours = int(age.total_seconds() // 3600)
    if last.wrong:
        yield _bad("backup", N_("The newest backup cannot be relied on: {what}."),
                   N_("Make another with `tuyen backup --to DIR --prove`."), what=last.wrong.rstrip("."))  # fmt: skip
    elif last.proof is None:
        yield _warn("backup", N_("The newest backup, {path}, is unproven: it was never restored."),
                    N_("Run `tuyen restore {path} --scratch`."), path=last.path)  # fmt: skip
    elif age > BACKUP_AGE:
        yield _warn("backup", N_("The newest backup is {hours} hours old."),
                    N_("Run `tuyen backup --to DIR --prove` every night, to another disk."), hours=hours)  # fmt: skip
    else:
        yield _good("backup", N_("The newest backup is {hours} hours old; restoring it took {seconds} seconds."),
                    hours=hours, seconds=f"{last.proof.seconds:.0f}")  # fmt: skip


@check
def rules_of_the_site() -> Iterator[Finding]:
    """A value without its day, source or confidence: nothing that rests on it is computed."""
    files, faults = own_faults()
    for what in faults:
        yield _bad("rules", N_("A rule file of this installation cannot be used: {what}."),
                   N_("Mend the file, or take it away: the one that ships is read then. Start the server anew."),
                   what=what.rstrip("."))  # fmt: skip
    if files and not faults:
        yield _good("rules", N_("{n} rule files of this installation stand in place of those that ship."),
                    n=files)  # fmt: skip


@check
def languages() -> Iterator[Finding]:
    missing = [
        code for code, _ in settings.LANGUAGES if code != "en" and not _catalogue(code).exists()
    ]
    if missing:
        yield _warn("languages", N_("These languages are not compiled: {missing}."),
                    N_("Run `./run messages`."), missing=", ".join(missing))  # fmt: skip
    else:
        yield _good("languages", N_("All languages are there."))


@check
def python() -> Iterator[Finding]:
    version = ".".join(str(n) for n in sys.version_info[:3])
    yield _good("python", N_("Python {version}, {vendor}."), version=version,
                vendor=connections["default"].display_name)  # fmt: skip


def _home() -> Path:
    return Path(settings.TUYEN_HOME)


def _catalogue(code: str) -> Path:
    folder = {"zh-hans": "zh_Hans"}.get(code, code)
    return Path(settings.LOCALE_PATHS[0]) / folder / "LC_MESSAGES" / "django.mo"
