"""Patients: people of the register as FHIR shows them, and those that came in from elsewhere."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import codec
from tuyen.apps.exchange.indexing import LOCAL, Facts, span_of
from tuyen.apps.exchange.mapping import GENDERS, SEXES, birth, human_name, person_fields
from tuyen.apps.exchange.searching import Codes, Search, Span, having, matches, updated
from tuyen.apps.exchange.veil import SUBSETTED, masked
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Held, Listed
from tuyen.kernel.text import fold
from tuyen.rules.exchange.fhir_types import identifier_systems

MOST_LOOKED_AT = 20_000


def of_person(by: Actor, subject: Subject) -> list[Seen]:
    """The person themselves."""
    return seen(by, registry.listed(by=by, ids=[subject.person], limit=1))


def by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    """People by the ids of the register."""
    people = [id for text in ids if (id := as_uuid(text))]
    return seen(by, registry.listed(by=by, ids=people, limit=len(people))) if people else []


VIEWS["Patient"] = View(of_person, by_ids)


People = Callable[[Q], set[UUID]]
"""The people whose patient came in and fulfils a condition."""


class Wanted(NamedTuple):
    """A search in the words of the register. ``nobody``: it asks for what nobody there has;
    ``exact``: the store alone answers it, without a look at each row."""

    search: Search
    ids: Collection[UUID] | None
    text: str
    sexes: Collection[int]
    born: Collection[tuple[date | None, date | None]]
    nobody: bool
    exact: bool

    @classmethod
    def of(cls, by: Actor, search: Search, came_in: People) -> "Wanted":
        """Take a search apart. ``came_in`` answers for what only a patient who came in carries."""
        ids = _ids(by, search, came_in)
        sexes = {sex for genders in search.genders for g in genders if (sex := SEXES.get(g))}
        names = [each for alternatives in search.names for each in alternatives]
        return cls(
            search, ids, max(search.names[0], key=len) if search.names else "", sexes,
            [_born(span) for span in search.dates],
            nobody=bool(search.genders and not sexes) or (ids is not None and not ids),
            exact=len(names) <= 1 and len(search.genders) <= 1
            and not any(span[0] == "ne" for span in search.dates),
        )  # fmt: skip


def found(by: Actor, wanted: Wanted, *, after: int, limit: int) -> tuple[list[Listed], bool]:
    """People of the register in the order of registration, and whether there are more."""
    people = _listed(by, wanted, after, limit + 1)
    return people[:limit], len(people) > limit


def count(by: Actor, wanted: Wanted) -> int:
    """How many people of the register a search means."""
    if wanted.nobody:
        return 0
    if not wanted.exact:
        return len(_listed(by, wanted, 0, MOST_LOOKED_AT))
    return registry.listed_count(
        by=by, ids=wanted.ids, text=wanted.text, sexes=wanted.sexes, born=wanted.born
    )


def _listed(by: Actor, wanted: Wanted, after: int, limit: int) -> list[Listed]:
    if wanted.nobody:
        return []
    people = registry.listed(
        by=by, ids=wanted.ids, text=wanted.text, sexes=wanted.sexes, born=wanted.born, after=after,
        limit=limit if wanted.exact else MOST_LOOKED_AT,
    )  # fmt: skip
    if wanted.exact:
        return people
    return [person for person in people if _is_meant(person, wanted.search)][:limit]


def _is_meant(person: Listed, search: Search) -> bool:
    """The conditions that the store did not judge: names and days of birth, once more and whole."""
    facts = Facts(words=fold(person.name), gender=GENDERS[person.sex])
    facts.begins, facts.ends = span_of(birth(person.born_on, person.precision)) or (None, None)
    asked = replace(search, ids=None, subject=None, tokens=(), updated=())
    return matches(asked, str(person.id), facts, None)


def overlaid(body: bytes, person: Listed) -> bytes:
    """A kept Patient with what the register knows better by now; letter by letter where they agree."""
    content = codec.plain(body)
    said = person_fields(content)
    changed: dict[str, Any] = {}
    if said.name != person.name:
        changed["name"] = [human_name(person.name)]
    if said.sex != person.sex:
        changed["gender"] = GENDERS[person.sex]
    if (said.born_on, said.precision) != (person.born_on, person.precision):
        changed["birthDate"] = birth(person.born_on, person.precision)
    if person.died_on and said.died_on != person.died_on:
        changed["deceasedDateTime"] = person.died_on.isoformat()
    if not changed:
        return body
    members = codec.raw(body)
    if "deceasedDateTime" in changed:
        members.pop("deceasedBoolean", None)
    members |= {name: codec.as_raw(value) for name, value in changed.items()}
    return codec.encoder.encode(members)


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 and text == text.lower() else None
    except ValueError:
        return None


def seen(by: Actor, people: Sequence[Listed]) -> list[Seen]:
    """People as patients; their numbers in full only for a purpose. One query."""
    numbers: dict[UUID, list[Held]] = {}
    ids = [person.id for person in people]
    for held in registry.numbers_of(by=by, ids=ids) if ids else ():
        numbers.setdefault(held.person, []).append(held)
    return [
        Seen(_patient(by, person, numbers.get(person.id, [])), None, person.id) for person in people
    ]


def _patient(by: Actor, person: Listed, numbers: Sequence[Held]) -> dict[str, Any]:
    found: dict[str, Any] = {"resourceType": "Patient", "id": str(person.id)}
    identifiers = [_identifier(held) for held in numbers if held.system in identifier_systems()]
    if any(not held.value for held in numbers):
        found["meta"] = {"tag": [dict(SUBSETTED)]}
    if identifiers:
        found["identifier"] = identifiers
    found["active"] = person.merged_into is None
    found["name"] = [human_name(person.name)]
    if person.phone:
        found["telecom"] = [{"system": "phone", "value": person.phone}]
    found["gender"] = GENDERS[person.sex]
    found["birthDate"] = birth(person.born_on, person.precision)
    if person.died_on:
        found["deceasedDateTime"] = person.died_on.isoformat()
    if person.place:
        place = registry.atlas().full_name(person.place, by.on)
        found["address"] = [{"use": "home", "text": place, "country": "VN"}]
    if person.merged_into:
        other = {"reference": f"Patient/{person.merged_into}"}
        found["link"] = [{"other": other, "type": "replaced-by"}]
    return found


def _identifier(held: Held) -> dict[str, Any]:
    said: dict[str, Any] = {"use": "official", "system": identifier_systems()[held.system].system}
    if held.since:
        said["period"] = {"start": held.since.isoformat()}
    said["value"] = held.value
    return said if held.value else masked(said)


def _ids(by: Actor, search: Search, came_in: People) -> Collection[UUID] | None:
    """The people whom ids, identifiers and the rest leave; None where nothing of it is asked."""
    sets: list[set[UUID]] = []
    if search.ids is not None:
        own = {id for text in search.ids if (id := as_uuid(text))}
        sets.append(own | came_in(Q(fhir_id__in=search.ids)))
    for param, codes in search.tokens:
        holders = registry.holders(by=by, values=_numbers(codes)) if param == "identifier" else {}
        sets.append(set(holders.values()) | came_in(having(param, codes)))
    if search.updated:
        sets.append(came_in(updated(search.updated)))
    return set.intersection(*sets) if sets else None


def _numbers(codes: Codes) -> list[str]:
    """The values of identifiers that are of a system of the register, or of none that is named."""
    ours = {known for each in identifier_systems().values() for known in (each.system, *each.also)}
    return [code for system, code in codes if code and (system in (None, "") or system in ours)]


def _born(span: Span) -> tuple[date | None, date | None]:
    """The half-open span of days of birth that a condition leaves."""
    prefix, low, high = span
    first, after = low.astimezone(LOCAL).date(), high.astimezone(LOCAL).date()
    return {
        "eq": (first, after), "ap": (first, after), "gt": (after, None), "sa": (after, None),
        "ge": (first, None), "lt": (None, first), "eb": (None, first), "le": (None, after), "ne": (None, None),
    }[prefix]  # fmt: skip
