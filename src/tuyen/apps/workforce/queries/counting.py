"""People at work as figures: by unit and cadre, by degree, by year of birth. Nobody is named."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Credential, Member, Tenure
from tuyen.apps.workforce.queries.people import FIGURE
from tuyen.rules import workforce as rules

Counts = dict[UUID, dict[str, int]]


@walls.whole("counts by unit and cadre are counted from everybody's posts and name nobody")
def staff_by_unit(*, by: Actor, on: date, map_on: date | None = None, main: bool = True) -> Counts:
    """Unit -> cadre -> people who hold a post there on a day, on the map of another. One query.

    A post counts at the unit that stands for its own on that map; with ``main`` each person
    counts once, where their main post is. Units out of reach are left out.
    """
    counts: Counts = {}
    for unit, cadre, _member in _posts(by, on, map_on, main):
        here = counts.setdefault(unit, {})
        here[cadre] = here.get(cadre, 0) + 1
    return counts


@walls.whole("doctors who are there for a term are counted from everybody's posts and name nobody")
def rotated_doctors(*, by: Actor, on: date) -> dict[UUID, int]:
    """Unit -> doctors whose main post there is a rotation or a secondment: they will leave. One query."""
    counts: Counter[UUID] = Counter()
    for unit, cadre, _member in _posts(by, on, None, contracts=rules.for_a_term()):
        if cadre in rules.doctors():
            counts[unit] += 1
    return dict(counts)


def _posts(
    by: Actor, on: date, map_on: date | None, main: bool = True, contracts: Collection[str] = ()
) -> list[tuple[UUID, str, UUID]]:
    """(unit, cadre, member) of the posts of a day, in reach; of some contracts, or of all."""
    scope = policies.scope(by, FIGURE)
    held = Q(void=False, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    if main:
        held &= Q(main=True)
    rows = Tenure.objects.filter(held)
    if contracts:
        rows = rows.filter(contract__in=contracts)
    stands: dict[UUID, UUID] = {}
    found = []
    for unit, cadre, member in rows.order_by("id").values_list("unit_id", "cadre", "member_id"):
        if unit not in stands:
            stands[unit] = places.now_at(unit, map_on or on)
        if scope.covers(stands[unit]) or scope.covers(unit):
            found.append((stands[unit], cadre, member))
    return found


@walls.whole("the structure by degree is counted from everybody's papers and names nobody")
def degrees(*, by: Actor, on: date, outside: bool = False) -> dict[str, int]:
    """Band of degree -> people at work in reach; "" for whose degree nobody wrote down.

    The village network is left out unless ``outside``. Two queries.
    """
    left = frozenset() if outside else rules.outside()
    members = {member for _, cadre, member in _posts(by, on, None) if cadre not in left}
    order = {degree: rank for rank, degree in enumerate(rules.degrees())}
    best: dict[UUID, str] = {}
    rows = Credential.objects.filter(kind="qualification", state="live", since__lte=on)
    for member, what in rows.values_list("member_id", "what"):
        if member in members and what in order:
            held = best.get(member)
            if held is None or order[what] < order[held]:
                best[member] = what
    bands: Counter[str] = Counter()
    for member in members:
        bands[rules.degree_bands().get(best.get(member, ""), "")] += 1
    return dict(bands)


@walls.whole("cohorts are counted from everybody's year of birth and name nobody")
def doctors_by_year(
    *, by: Actor, on: date, cadres: Collection[str] | None = None
) -> dict[tuple[str, int, int], int]:
    """(sex, year, month of birth) -> people of some cadres at stations in reach. Two queries.

    Whose birth nobody wrote down is under ("unknown", 0, 0).
    """
    wanted = frozenset(cadres or rules.doctors())
    posts = _posts(by, on, None)
    sites = {
        unit for unit in {unit for unit, _, _ in posts}
        if places.atlas().type(unit, on) in places.SITES
    }  # fmt: skip
    members = {member for unit, cadre, member in posts if cadre in wanted and unit in sites}
    counts: dict[tuple[str, int, int], int] = defaultdict(int)
    rows = Member.objects.filter(pk__among=members).values_list("sex", "born_on")
    for sex, born in rows:
        counts[(sex, born.year, born.month) if born else ("unknown", 0, 0)] += 1
    return dict(counts)
