"""The first entries of a drill, in its walled copy: its people, its logins, its beginning."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from tuyen.apps.access import services as accounts
from tuyen.apps.access import world
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import tasks as immunization
from tuyen.apps.journal import store
from tuyen.apps.journal.backup import facts
from tuyen.apps.journal.backup.embedded import settings_of
from tuyen.apps.journal.backup.walled import COPY
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.queries import atlas
from tuyen.apps.surveillance.drills import casting
from tuyen.apps.surveillance.operations.drills import BeginDrill
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.access import role_table
from tuyen.rules.surveillance.drills import Scenario


class DrillRefused(Refusal):
    code = "surveillance.drill-not-prepared"
    message = N_("The drill could not be prepared ({kind}): {why}")


def index_people(path: Path) -> None:
    """Fill the index of names of a copy, which is poured without one."""
    from tuyen.apps.registry.services import indexing

    with facts.opened(COPY, settings_of(path)), store.working_on(COPY):
        indexing.index_people()


def follow_people(
    path: Path, people: Sequence[UUID], *, mark: Mapping[str, Any], begins: datetime
) -> None:
    """Work out anew where ``people`` stand in the schedule, by the births that the copy knows of them:
    what reality had worked out would tell the day of a birth."""
    on = begins.astimezone(VIETNAM).date()
    with facts.opened(COPY, settings_of(path)), store.working_on(COPY), world.playing(mark):
        operations = immunization.follow([*people, *immunization.strays(on)], on, begins)
        _commit(operations, on, begins)


def prepare(
    path: Path, scenario: Scenario, *, mark: Mapping[str, Any], begins: datetime, real: datetime
) -> list[dict[str, str]]:
    """Open the drill's accounts in the copy at ``path``, give them its password, and begin it.

    Returns the logins, each with its role, title and unit, for whoever hands them out.
    """
    drill = UUID(mark["drill"])
    with facts.opened(COPY, settings_of(path)), store.working_on(COPY), world.playing(mark):
        map_, on = atlas(), begins.astimezone(VIETNAM).date()
        cast = casting.cast(map_, scenario, on, mark["seed"])
        begin = BeginDrill(
            scenario=scenario.id, seed=mark["seed"], side=mark["side"], begins=begins,
            ends=datetime.fromisoformat(mark["ends"]), real=real,
        )  # fmt: skip
        said = Operation.of(begin, id=drill, unit=NODE, happened_on=on, recorded_at=begins)
        operations = [*casting.people(cast, drill, begins), said]
        _commit(operations, on, begins)
        parts = [*sorted(cast.posts), casting.OTHERS]
        hashed = make_password(mark["password"])
        accounts.set_hashes({casting.account(drill, part): hashed for part in parts})
        return [
            {"login": casting.LOGINS[part], "role": part,
             "title": role_table().roles[part].name["vi"], "unit": map_.full_name(unit, on),
             "player": "yes" if part in scenario.players else ""}
            for part, unit in sorted(cast.posts.items())
        ]  # fmt: skip


def _commit(operations: Sequence[Operation], on: date, at: datetime) -> None:
    receipts = commit(
        by=Actor.program(on, channel="cli"), operations=operations, at=at, react=False
    )
    for operation, receipt in zip(operations, receipts, strict=True):
        if receipt.refusal is not None:
            raise DrillRefused(kind=operation.kind, why=receipt.refusal.refusal())
