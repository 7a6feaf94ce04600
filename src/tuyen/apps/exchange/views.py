"""Views of this system's own records as FHIR: which room shows which type.

A view is made when it is read; nothing of it is kept. Each is a function of a reader and of one
person: it answers with what the reader may read of that person, each as a plain FHIR resource.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor


class Subject(NamedTuple):
    """A person, and the id by which FHIR knows them."""

    person: UUID
    fhir_id: str


class Seen(NamedTuple):
    """A view of one record: its content without ``meta``, since when it is so, and whose it is."""

    content: dict[str, Any]
    at: datetime | None
    person: UUID | None
    sensitive: bool = False


OfPerson = Callable[[Actor, Subject], list[Seen]]
ByIds = Callable[[Actor, Sequence[str]], list[Seen]]


Every = Callable[[Actor], list[Seen]]


class View(NamedTuple):
    """How a type is shown: everything of a person, some by their ids, and of what is about nobody,
    everything that there is. ``made_of_others``: it only says again what other views say."""

    of_person: OfPerson
    by_ids: ByIds
    every: Every | None = None
    made_of_others: bool = False


VIEWS: dict[str, View] = {}
"""By the name of the type. Rooms beside this one, and doors, add theirs."""
