"""Filling the index of names of a store whose people came in otherwise than by operations."""

from collections import defaultdict
from uuid import UUID

from tuyen.apps.access import guard
from tuyen.apps.registry import search
from tuyen.apps.registry.models import Person, PersonName
from tuyen.apps.registry.services.people import words_of


def index_people() -> None:
    """Index everybody in the current store; who was called otherwise once is found by that too.

    For the copy of a drill, which has the rows of people and no index yet.
    """
    former: dict[UUID, list[str]] = defaultdict(list)
    for id, name in PersonName.objects.order_by("until", "id").values_list("person_id", "name"):
        former[id].append(name)
    people = list(Person.objects.filter(id__among=list(former)))
    for person in people:
        person.search = words_of(person, former[person.id])
    with guard.opened("drill"):
        Person.objects.bulk_update(people, ["search"], batch_size=500)
        search.add(0)
