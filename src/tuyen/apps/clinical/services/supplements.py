"""What children were given in rounds, vitamin A and deworming: follows from the answers of visits."""

from collections.abc import Sequence
from uuid import UUID

from tuyen.apps.clinical.models import Supplement
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.services.after_visit import AFTER, VisitChange
from tuyen.apps.clinical.services.mother_visits import CHILD, answers_of
from tuyen.apps.clinical.services.told import Held
from tuyen.engines.clinical import growth
from tuyen.kernel.ids import derived_id
from tuyen.rules.clinical import nutrition


def keep_supplements(changes: Sequence[VisitChange]) -> None:
    """Write what visits gave, of children young enough for a round: one read, two statements."""
    last = {change.visit_id: change for change in changes}
    touched = {id for id, change in last.items() if _given(change.before) or _given(change.after)}
    if not touched:
        return
    held = Held(Supplement, Supplement.objects.filter(visit_id__among=touched))
    for row in held.rows():
        held.drop(row["id"])
    for id in sorted(touched):
        change = last[id]
        if change.after is None:
            continue
        for what, units in _units(change):
            held.write({
                "id": _id(id, what), "visit_id": id, "person_id": change.after.person,
                "unit_id": change.unit, "on": change.day, "what": what, "units": units,
            })  # fmt: skip
    held.post()


AFTER.append(keep_supplements)


def _id(visit: UUID, what: str) -> UUID:
    return derived_id(visit, "supplement", what)


def _given(content: Content | None) -> bool:
    said = answers_of(content.answered, CHILD) if content is not None else {}
    return bool(said.get("vitamin_a")) or said.get("dewormed") == "yes"


def _units(change: VisitChange) -> list[tuple[nutrition.Supplement, int]]:
    """What was given, in units: what was told of vitamin A, what the age gets of a dewormer."""
    if change.after is None:
        return []
    said = answers_of(change.after.answered, CHILD)
    found: list[tuple[nutrition.Supplement, int]] = []
    if said.get("vitamin_a", "").isdigit():
        found.append(("vitamin_a", int(said["vitamin_a"])))
    if said.get("dewormed") == "yes" and change.whose is not None:
        months = growth.months(change.whose.born_on, change.day)
        dose = nutrition.dose("deworming", months, change.day)
        found.append(("deworming", dose.units if dose else 0))
    return found
