"""Figures of mothers and births, and mothers who died: each with its denominator."""

from datetime import date, timedelta
from math import exp, log, sqrt
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import Birth, Delivery, MaternalReview, Pregnancy
from tuyen.apps.clinical.queries.mothers import READ, _contacts_of
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical import pregnancy as engine
from tuyen.rules.clinical import pregnancy as rules

FIGURES = "clinical.figure.read"


class MotherFigures(NamedTuple):
    """Counts of a period, by when the birth was. ``followed`` are deliveries after a pregnancy that
    was registered here: the denominator of contacts. Of each flag, ``known`` ones were told at all."""

    deliveries: int
    followed: int
    four_in_three: int
    eight: int
    postnatal_week: int  # mothers seen within seven days
    skilled: int
    home: int
    live: int
    stillborn: int
    boys: int
    girls: int
    weighed: int
    low_weight: int
    vitamin_k: int
    vitamin_k_known: int
    breastfed: int
    breastfed_known: int
    preterm: int
    weeks_known: int

    @property
    def sex_ratio(self) -> tuple[float, float, float] | None:
        """Boys for 100 girls, with its 95 % limits (log-normal); None without both."""
        if not self.boys or not self.girls:
            return None
        ratio, spread = self.boys / self.girls, sqrt(1 / self.boys + 1 / self.girls)
        return tuple(100 * exp(log(ratio) + z * spread) for z in (0, -1.96, 1.96))  # type: ignore[return-value]


class MaternalDeath(NamedTuple):
    """A woman who died pregnant, or within 42 days after; ``reviewed_on`` None: not audited yet."""

    person: UUID
    name: str
    unit: UUID
    died_on: date
    days_after: int | None  # since the end of the pregnancy; None: while pregnant
    reviewed_on: date | None
    kind: str
    cause: str


@walls.whole("births and contacts, counted")
def mother_figures(
    *, by: Actor, first: date, last: date, unit: UUID | None = None
) -> MotherFigures:
    """The figures of births between two days, both among them: five queries."""
    where = policies.scope(by, FIGURES).where("unit_id")
    rows = Delivery.objects.filter(where, state="live", on__gte=first, on__lte=last)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    told = list(fetch(rows.values_list("pk", "mother_id", "pregnancy_id", "on", "attendant",
                                       "place", "weeks")))  # fmt: skip
    begun = dict(fetch(Pregnancy.objects.filter(pk__among={r[2] for r in told if r[2]})
                       .values_list("pk", "begun_on"))) if told else {}  # fmt: skip
    stands, contacts = _contacts_of({row[1] for row in told})
    slots = [engine.Slot(*one) for one in rules.schedule("who", last)]
    skilled, limits = rules.skilled(), rules.newborn(last)
    four = eight = week = 0
    for _, mother, pregnancy, on, *_rest in told:
        mine = contacts.get(stands[mother], [])
        week += any(c.after_birth and on <= c.on <= on + timedelta(days=7) for c in mine)
        if pregnancy in begun:
            days = [c.on for c in mine if not c.after_birth]
            four += engine.four_in_three(begun[pregnancy], days, on)
            eight += engine.standing(slots, begun[pregnancy], days, on).done == len(slots)
    columns = ("alive", "sex", "weight", "vitamin_k", "breastfed")
    born = list(fetch(Birth.objects.filter(delivery_id__among={r[0] for r in told})
                      .values_list(*columns))) if told else []  # fmt: skip
    live = [row for row in born if row[0]]
    weights = [row[2] for row in live if row[2] is not None]
    weeks = [row[6] for row in told if row[6] is not None]
    return MotherFigures(
        len(told), len(begun), four, eight, week,
        sum(row[4] in skilled for row in told), sum(row[5] == "home" for row in told),
        len(live), len(born) - len(live), sum(row[1] == 1 for row in live),
        sum(row[1] == 2 for row in live), len(weights),
        sum(weight < limits["low_weight"] for weight in weights),
        sum(row[3] is True for row in live), sum(row[3] is not None for row in live),
        sum(row[4] is True for row in live), sum(row[4] is not None for row in live),
        sum(one < limits["preterm_weeks"] for one in weeks), len(weeks),
    )  # fmt: skip


def maternal_deaths(*, by: Actor, first: date, last: date) -> list[MaternalDeath]:
    """Women whose death is on record and fell into a pregnancy or 42 days after its end, the latest
    first; those who were not audited are to be: a constant number of queries."""
    where = policies.scope(by, READ).where("unit_id")
    after = timedelta(days=engine.POSTPARTUM_DAYS)
    spans: list[tuple[UUID, UUID, date, date | None]] = [
        *fetch(Pregnancy.objects.filter(where, begun_on__lte=last).exclude(state="void")
               .values_list("person_id", "unit_id", "begun_on", "ended_on")),
        *((mother, unit, on, on) for mother, unit, on in fetch(
            Delivery.objects.filter(where, state="live", on__lte=last, on__gte=first - after)
            .values_list("mother_id", "unit_id", "on"))),
    ]  # fmt: skip
    spans = [one for one in spans if one[3] is None or one[3] + after >= first]
    stands = registry.canonical({one[0] for one in spans}) if spans else {}
    people = registry.vitals(by=by, ids=set(stands.values())) if spans else {}
    found: dict[UUID, tuple[UUID, date, int | None]] = {}
    for person, unit, begun, ended in spans:
        woman = people.get(stands[person])
        died = woman.died_on if woman else None
        if (
            died is None
            or not first <= died <= last
            or not begun <= died <= (ended or died) + after
        ):
            continue
        days = None if ended is None or ended > died else (died - ended).days
        found.setdefault(stands[person], (unit, died, days))
    names = registry.people(by=by, ids=set(found)) if found else {}
    reviews: dict[UUID, tuple[date, str, str]] = {}
    if found:
        rows = MaternalReview.objects.filter(person__id__among=set(stands)).order_by("on", "pk")
        for person, *rest in fetch(rows.values_list("person_id", "on", "kind", "cause")):
            reviews[stands[person]] = (rest[0], rest[1], rest[2])
    deaths = [
        MaternalDeath(person, names[person].name if person in names else "", unit, died, days,
                      *reviews.get(person, (None, "", "")))
        for person, (unit, died, days) in found.items()
    ]  # fmt: skip
    return sorted(deaths, key=lambda one: one.died_on, reverse=True)
