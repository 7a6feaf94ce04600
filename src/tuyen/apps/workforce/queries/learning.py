"""What people have learnt against what their posts ask: gaps, hours, who was trained, what came of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Course, Credential, Handover, Member, Seat, Tenure
from tuyen.apps.workforce.operations.training import TRAIN
from tuyen.apps.workforce.queries.people import FIGURE, READ
from tuyen.engines.workforce import learning as hours_engine
from tuyen.rules import workforce as rules

HOURS, LICENCE = "hours", "licence"


class Lacking(NamedTuple):
    """Somebody with a need. ``why``: missing, ended, behind or ending; ``until`` of what ends."""

    member: UUID
    name: str
    unit: UUID
    unit_name: str
    cadre: str
    why: str
    until: date | None
    weight: float


class Need(NamedTuple):
    """One need with its people: ``kind`` competence (``key`` of the list), hours or licence.

    ``units``: how many stations and other units it is at; ``weight`` the sum of its people's.
    """

    kind: str
    key: str
    people: Sequence[Lacking]
    units: int
    weight: float


class TechniqueGap(NamedTuple):
    """A technique that main stations should have: those of the reach that lack it."""

    technique: str
    stations: Sequence[tuple[UUID, str, str]]  # (station, name, lacks, learns or ended)
    weight: float


class _Post(NamedTuple):
    member: UUID
    unit: UUID
    cadre: str


def needs(*, by: Actor, on: date, unit: UUID | None = None, cadre: str = "") -> list[Need]:
    """What people in reach lack, the heaviest need first. Three queries for any number of people.

    A competence that everybody of a cadre needs lacks to each without it; one of which a unit
    needs so many lacks where there are fewer, to all who could learn it.
    """
    posts = _posts(by, on, unit, cadre)
    names, papers = _people(posts)
    rule = rules.counting(on)
    found: dict[tuple[str, str], list[Lacking]] = defaultdict(list)
    where = {one.unit: places.name(one.unit, on) for one in posts}
    for key, wanted in rules.competences().items():
        for one, why, until in _without(posts, papers, key, wanted, on):
            found["competence", key].append(_lack(one, names, where, why, until, wanted.weight))
    for one in posts:
        if (licence := _licence(papers.get(one.member, ()))) is None:
            continue
        done = _account(papers.get(one.member, ()), licence, on)
        if done.share_due < rules.training(on).warn:
            weight = rule.behind * (1 - done.share_due)
            found[HOURS, ""].append(_lack(one, names, where, "behind", done.until, weight))
        if licence.until is not None and licence.until <= on + timedelta(days=rule.licence_days):
            why = "ended" if licence.until <= on else "ending"
            found[LICENCE, ""].append(_lack(one, names, where, why, licence.until, rule.licence))
    made = [
        Need(kind, key, sorted(people, key=lambda p: (-p.weight, p.unit_name, p.name, str(p.member))),
             len({p.unit for p in people}), sum(p.weight for p in people))
        for (kind, key), people in found.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.weight, one.kind, one.key))


def _lack(
    one: _Post, names: Mapping[UUID, str], where: Mapping[UUID, str], why: str, until: date | None,
    weight: float,
) -> Lacking:  # fmt: skip
    return Lacking(
        one.member, names.get(one.member, ""), one.unit, where[one.unit], one.cadre, why, until,
        weight,
    )  # fmt: skip


def _without(
    posts: Sequence[_Post], papers: Mapping[UUID, Sequence[Credential]], key: str,
    wanted: rules.Competence, on: date,
) -> list[tuple[_Post, str, date | None]]:  # fmt: skip
    """Who lacks a competence that their post asks for: (post, missing or ended, when it ended)."""
    last: dict[UUID, date | None] = {}  # member -> when it ended; None: it was never there
    has: Counter[UUID] = Counter()
    able: list[_Post] = []
    for one in posts:
        if one.cadre not in wanted.cadres:
            continue
        held = [p for p in papers.get(one.member, ()) if p.kind == "competence" and p.what == key]
        if any(p.until is None or p.until > on for p in held):
            has[one.unit] += 1
            continue
        last[one.member] = max((p.until for p in held if p.until is not None), default=None)
        able.append(one)
    return [
        (one, "ended" if last[one.member] else "missing", last[one.member])
        for one in able
        if not wanted.least or has[one.unit] < wanted.least
    ]  # fmt: skip


def _posts(by: Actor, on: date, unit: UUID | None = None, cadre: str = "") -> list[_Post]:
    """Main posts of a day in reach, each at the unit that stands for its own; the village network
    left out. One query."""
    held = Q(void=False, main=True, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    rows = Tenure.objects.filter(_named(by).where("unit_id"), held)
    rows = rows.exclude(cadre__in=rules.outside()).order_by("id")
    found = [
        _Post(member, places.now_at(at, on), what)
        for member, at, what in rows.values_list("member_id", "unit_id", "cadre")
        if not cadre or what == cadre
    ]  # fmt: skip
    if unit is None:
        return found
    return [one for one in found if unit in (one.unit, places.station_of(one.unit, on))]


def _named(by: Actor) -> policies.Scope:
    """Units whose people somebody may know by name: who reads files there, or plans training."""
    reading, planning = policies.scope(by, READ), policies.scope(by, TRAIN)
    if not planning:
        policies.check(by, READ)
    return policies.Scope(reading.everything or planning.everything, reading.units | planning.units)


def _people(
    posts: Sequence[_Post],
) -> tuple[Mapping[UUID, str], Mapping[UUID, Sequence[Credential]]]:
    """Names, and licences, competences and courses that count, of the people of posts: two queries."""
    members = {one.member for one in posts}
    names = dict(Member.objects.filter(pk__among=members).values_list("id", "name"))
    return names, _papers(members)


def _papers(members: Collection[UUID]) -> Mapping[UUID, Sequence[Credential]]:
    papers: dict[UUID, list[Credential]] = defaultdict(list)
    rows = Credential.objects.filter(
        member_id__among=set(members), state="live",
        kind__in=("licence", "competence", "training"),
    ).order_by("since", "id")  # fmt: skip
    for row in rows:
        papers[row.member_id].append(row)
    return papers


def _licence(papers: Sequence[Credential]) -> Credential | None:
    return next((row for row in reversed(papers) if row.kind == "licence"), None)


def _account(papers: Sequence[Credential], licence: Credential, on: date) -> hours_engine.Hours:
    """The hours of the span in which a licence asks for them, as the file shows them."""
    rule = rules.training(on)
    day = on if licence.until is None else min(on, licence.until - timedelta(days=1))
    trained = [(row.since, row.hours or 0) for row in papers if row.kind == "training"]
    return hours_engine.hours(trained, licence.since, day, rule.hours, rule.years)


def accounts(
    *, by: Actor, on: date, members: Collection[UUID]
) -> dict[UUID, tuple[hours_engine.Hours, bool]]:
    """Member -> (hours of the span, whether they are behind), for those with a licence. One query."""
    assert _named(by)
    warn = rules.training(on).warn
    found = {}
    for member, papers in _papers(members).items():
        if (licence := _licence(papers)) is not None:
            done = _account(papers, licence, on)
            found[member] = (done, done.share_due < warn)
    return found


def behind(*, by: Actor, on: date, unit: UUID) -> tuple[int, int]:
    """(people behind with their hours, people with a licence) at a unit in reach. Two queries."""
    found = accounts(by=by, on=on, members={one.member for one in _posts(by, on, unit)})
    return sum(late for _, late in found.values()), len(found)


def technique_gaps(*, by: Actor, on: date) -> list[TechniqueGap]:
    """Techniques that a station should have, with the stations in reach that have them not. One query."""
    policies.check(by, FIGURE)
    scope, map_ = policies.scope(by, FIGURE), places.atlas()
    stations = [
        id for id in map_.units("station", on)
        if scope.covers(id) and map_.commune_of(id, on) is not None
    ]  # fmt: skip
    state = _standing(on)
    found = []
    for key, told in rules.techniques().items():
        lacks = [
            (id, places.name(id, on), state.get((id, key), "lacks")) for id in stations
            if state.get((id, key)) != "has"
        ]  # fmt: skip
        if told.wanted and lacks:
            weight = rules.counting(on).technique * len(lacks)
            found.append(TechniqueGap(key, sorted(lacks, key=lambda one: one[1]), weight))
    return sorted(found, key=lambda one: (-one.weight, one.technique))


@walls.whole("which station has which technique names nobody")
def _standing(on: date) -> dict[tuple[UUID, str], str]:
    """(unit on the map of a day, technique) -> has, ended or learns."""
    found: dict[tuple[UUID, str], str] = {}
    rank = {"ended": 0, "learns": 1, "has": 2}
    rows = Handover.objects.values_list("unit_id", "technique", "state", "signed_on", "until")
    for unit, technique, state, signed, until in rows.order_by("id"):
        if signed is not None and signed <= on and (until is None or until > on):
            now = "has"
        elif state == "planned":
            now = "learns"
        elif signed is not None and signed <= on:
            now = "ended"
        else:
            continue
        at = (places.now_at(unit, on), technique)
        if rank[now] >= rank.get(found.get(at, ""), -1):
            found[at] = now
    return found


class Trained(NamedTuple):
    """Who was trained in a year: people (each once) and hours, in all and by cadre, sex and unit."""

    people: int
    hours: int
    by_cadre: Mapping[str, int]
    by_sex: Mapping[str, int]
    by_unit: Sequence[tuple[UUID, str, int]]
    staff: int  # people at work in reach, of whom they are


class Change(NamedTuple):
    """Marks of a course: how many people have both, their means before and after."""

    course: UUID
    title: str
    people: int
    before: float
    after: float


@walls.whole("who was trained is counted from everybody's papers and names nobody")
def trained(*, by: Actor, year: int, on: date) -> Trained:
    """People in reach with hours of training in a year. Three queries."""
    policies.check(by, FIGURE)
    at = _at_work(by, on)
    papers = _hours_of(year, on)
    hours = {member: n for member, n in papers.items() if member in at}
    sexes = dict(Member.objects.filter(pk__among=set(hours)).values_list("id", "sex"))
    units = Counter(at[member].unit for member in hours)
    return Trained(
        len(hours), sum(hours.values()), Counter(at[member].cadre for member in hours),
        Counter(sexes.get(member, "unknown") for member in hours),
        sorted(((id, places.name(id, on), n) for id, n in units.items()), key=lambda u: (-u[2], u[1])),
        len(at),
    )  # fmt: skip


def _at_work(by: Actor, on: date) -> dict[UUID, _Post]:
    """People at work in the reach of figures, by their main post."""
    scope = policies.scope(by, FIGURE)
    held = Q(void=False, main=True, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    rows = Tenure.objects.filter(held).order_by("id").values_list("member_id", "unit_id", "cadre")
    found = {}
    for member, unit, cadre in rows:
        here = places.station_of(unit, on)
        if scope.covers(here) or scope.covers(unit):
            found[member] = _Post(member, here, cadre)
    return found


def _hours_of(year: int, on: date) -> dict[UUID, int]:
    found: Counter[UUID] = Counter()
    last = min(on, date(year, 12, 31))
    rows = Credential.objects.filter(
        kind="training", state="live", since__gte=date(year, 1, 1), since__lte=last
    )
    for member, hours in rows.values_list("member_id", "hours"):
        found[member] += hours or 0
    return found


def trained_people(
    *, by: Actor, year: int, on: date, unit: UUID | None = None, cadre: str = "", sex: str = ""
) -> list[tuple[Lacking, int]]:
    """The people behind a figure of :func:`trained`, for those who read files: (who, hours). Three
    queries."""
    posts = {one.member: one for one in _posts_all(by, on, unit, cadre)}
    hours = _hours_of(year, on)
    rows = Member.objects.filter(pk__among=set(posts) & set(hours)).order_by("name_folded", "id")
    return [
        (Lacking(id, name, posts[id].unit, places.name(posts[id].unit, on), posts[id].cadre, "", None, 0.0),
         hours[id])
        for id, name, is_sex in rows.values_list("id", "name", "sex") if not sex or sex == is_sex
    ]  # fmt: skip


def _posts_all(by: Actor, on: date, unit: UUID | None, cadre: str) -> list[_Post]:
    """As :func:`_posts`, with the village network, at the station in whose number they count."""
    policies.check(by, READ)
    held = Q(void=False, main=True, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    rows = Tenure.objects.filter(policies.scope(by, READ).where("unit_id"), held).order_by("id")
    found = [
        _Post(member, places.station_of(at, on), what)
        for member, at, what in rows.values_list("member_id", "unit_id", "cadre")
        if not cadre or what == cadre
    ]  # fmt: skip
    return [one for one in found if unit is None or one.unit == unit]


@walls.whole("means of marks are counted from everybody's and name nobody")
def changes(*, by: Actor, year: int) -> list[Change]:
    """What people could before and after the courses of a year, each who has both marks. Two queries."""
    policies.check(by, FIGURE)
    rows = Course.objects.filter(last__year=year).exclude(state="cancelled").order_by("last", "id")
    titles = dict(rows.values_list("id", "title"))
    marks: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    both = Seat.objects.filter(
        course_id__among=set(titles), state="granted", before__isnull=False, after__isnull=False
    )
    for course, before, after in both.values_list("course_id", "before", "after"):
        marks[course].append((before or 0, after or 0))
    return [
        Change(id, title, len(marks[id]), sum(b for b, _ in marks[id]) / len(marks[id]),
               sum(a for _, a in marks[id]) / len(marks[id]))
        for id, title in titles.items() if marks[id]
    ]  # fmt: skip


def mastered(*, by: Actor, on: date) -> dict[str, set[UUID]]:
    """Technique -> units of the map of a day at which it is signed off and still counts. One query."""
    policies.check(by, FIGURE)
    found: dict[str, set[UUID]] = {key: set() for key in rules.techniques()}
    for (unit, technique), state in _standing(on).items():
        if state == "has":
            found.setdefault(technique, set()).add(unit)
    return found
