"""What a visit is for a mother or a child: a contact with its danger signs, a point of a growth curve.

Nothing is typed for it: a visit with an answer of antenatal or postnatal care, or a diagnosis of such
care, is a contact; a weight, a length or an arm of a child is a point. Both follow the visit when it is
corrected or taken back, and a point follows the birth and sex on record.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from tuyen.apps.clinical.models import GrowthPoint, MotherContact
from tuyen.apps.clinical.operations import Answered, Content
from tuyen.apps.clinical.services.after_visit import AFTER, VisitChange
from tuyen.apps.clinical.services.told import Held, People, Row
from tuyen.apps.registry.queries import Vital
from tuyen.engines.clinical import growth, pregnancy
from tuyen.kernel.operation import Entry, follows
from tuyen.rules.clinical import nutrition
from tuyen.rules.clinical import pregnancy as rules

ANTENATAL, POSTNATAL, CHILD = "antenatal", "postnatal", "child_nutrition"
_CARE = {ANTENATAL: ("Z34", "Z35", "Z36"), POSTNATAL: ("Z39",)}
_MEASURED = ("weight", "length", "height", "muac", "oedema")
OLDEST_DAYS = 19 * 365
"""Up to this age the WHO has a curve."""


def keep(changes: Sequence[VisitChange]) -> None:
    """Write what visits are for mothers and children: two reads and four statements at most."""
    last = {change.visit_id: change for change in changes}
    _keep_contacts(last)
    _keep_points(last)


AFTER.append(keep)


def _keep_contacts(last: dict[UUID, VisitChange]) -> None:
    told = {id: kind for id, change in last.items() if (kind := _contact(change.after))}
    touched = set(told) | {id for id, change in last.items() if _contact(change.before)}
    if not touched:
        return
    held = Held(MotherContact, MotherContact.objects.filter(pk__among=touched))
    for id in touched:
        change = last[id]
        held.drop(id)
        if id in told and change.after is not None:
            held.write(_contact_row(change, change.after, told[id]))
    held.post()


def _contact(content: Content | None) -> str:
    """ "antenatal", "postnatal" or "" by what was answered, or by the diagnosis of the care."""
    if content is None:
        return ""
    answered = {one.programme for one in content.answered}
    codes = tuple(one.code for one in content.diagnosed)
    for kind, care in _CARE.items():
        if kind in answered or any(code.startswith(care) for code in codes):
            return kind
    return ""


def _contact_row(change: VisitChange, content: Content, kind: str) -> Row:
    measured = {one.what: one.value for one in content.measured}
    said = answers_of(content.answered, kind)
    yes = {key for key in rules.answers() if said.get(key.replace("-", "_")) == "yes"}
    signs = [pregnancy.Sign(*one) for one in rules.signs(change.day)]
    return {
        "id": change.visit_id, "person_id": content.person, "unit_id": change.unit,
        "on": change.day, "after_birth": kind == POSTNATAL,
        "signs": ",".join(pregnancy.danger(signs, measured, yes)),
        "referred": content.referred is not None,
    }  # fmt: skip


def answers_of(answered: Sequence[Answered], programme: str) -> dict[str, str]:
    """What a visit answered to a programme."""
    return {
        name: text for one in answered if one.programme == programme
        for name, text in one.fields.items()
    }  # fmt: skip


def _keep_points(last: dict[UUID, VisitChange]) -> None:
    touched = {
        id for id, c in last.items()
        if _is_point(c.before) or (_is_point(c.after) and _is_young(c))
    }  # fmt: skip
    if not touched:
        return
    held = Held(GrowthPoint, GrowthPoint.objects.filter(pk__among=touched))
    first = next(iter(last.values()))
    people = People(
        (c.after.person for id in touched if (c := last[id]).after is not None),
        first.entry.happened_on,
    )
    for id in touched:
        change = last[id]
        held.drop(id)
        if change.after is not None and _is_point(change.after):
            child = people.vitals.get(people.root(change.after.person))
            if child is not None and 0 <= (change.day - child.born_on).days <= OLDEST_DAYS:
                held.write(_point_row(change, change.after, child))
    held.post()


def _is_young(change: VisitChange) -> bool:
    """Whether there is a curve for the age, as far as the visit knows whose it is."""
    whose = change.whose
    return whose is None or 0 <= (change.day - whose.born_on).days <= OLDEST_DAYS


def _is_point(content: Content | None) -> bool:
    return content is not None and any(one.what in _MEASURED for one in content.measured)


def _point_row(change: VisitChange, content: Content, child: Vital) -> Row:
    measured = {one.what: one.value for one in content.measured}
    said = answers_of(content.answered, CHILD)
    lying = measured.get("length")
    oedema = measured.get("oedema")
    given = said.get("vitamin_a", "")
    told = {
        "id": change.visit_id, "person_id": content.person, "unit_id": change.unit,
        "on": change.day, "weight": measured.get("weight"),
        "stature": lying if lying is not None else measured.get("height"),
        "position": "lying" if lying is not None else "standing" if "height" in measured else "",
        "muac": measured.get("muac"), "oedema": None if oedema is None else int(oedema),
        "vitamin_a": int(given) if given.isdigit() else None,
        "complications": said.get("appetite") == "no" or said.get("danger") == "yes",
    }  # fmt: skip
    return told | judged(told, child)


def judged(told: Row, child: Vital) -> Row:
    """The scores and classes of a point, by the birth and sex on record and the rules of its day."""
    on = told["on"]
    signs = growth.Signs(told["oedema"] or 0, danger=told["complications"])
    days = (on - child.born_on).days
    found: dict[growth.Index, Decimal] = {}
    if child.sex in (1, 2):
        measures = growth.Measures(
            told["weight"], told["stature"], told["position"], told["muac"], None,
            bool(told["oedema"]),
        )  # fmt: skip
        found = growth.scores("male" if child.sex == 1 else "female", days, measures)
    spans = {index: growth.Span(*pair) for index, pair in nutrition.plausible(on).items()}
    doubtful = growth.implausible(found, spans)
    plausible = {index: score for index, score in found.items() if index not in doubtful}
    seen = growth.state(
        growth.months(child.born_on, on), plausible, told["muac"], signs, cuts_of(on)
    )
    return seen._asdict() | {
        "age_days": days, "doubtful": ",".join(sorted(doubtful)),
        **{index: found.get(index) for index in ("hfa", "wfa", "wfh", "bfa", "mfa")},
    }  # fmt: skip


def cuts_of(on: Any) -> growth.Cuts:
    """The limits of a day as the engine wants them."""
    said, (arm_low, arm_severe) = nutrition.cuts(on), nutrition.arm(on)
    return growth.Cuts(
        said["low"], said["severe"], said["over"], said["obese"], arm_low, arm_severe,
        *nutrition.acute_months(on), said["over_old"], said["obese_old"],
    )  # fmt: skip


@follows("registry.amend_person", room="clinical")
def follow_births(entries: Sequence[Entry[Any]]) -> None:
    """A birth or a sex that was corrected changes the scores of all that was measured."""
    changed = {
        entry.payload.person for entry in entries
        if entry.payload.born_on is not None or entry.payload.sex is not None
    }  # fmt: skip
    if not changed:
        return
    people = People(changed, entries[0].happened_on)
    held = Held(GrowthPoint, GrowthPoint.objects.filter(person__id__among=people.every))
    for row in held.rows():
        child = people.vitals.get(people.root(row["person_id"]))
        if child is None or not 0 <= (row["on"] - child.born_on).days <= OLDEST_DAYS:
            continue
        held.write(row | judged(row, child))
    held.post()
