"""One resource, its versions, and all that is on record of a patient."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import codec, keys
from tuyen.apps.exchange.cursors import number_of
from tuyen.apps.exchange.indexing import references
from tuyen.apps.exchange.models import Version
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.queries import rows as r
from tuyen.apps.exchange.queries.rows import Page, Row
from tuyen.apps.exchange.refusals import Gone, NotThere
from tuyen.apps.exchange.scopes import scope, within
from tuyen.apps.exchange.subjects import named
from tuyen.apps.exchange.twins import once
from tuyen.apps.exchange.views import VIEWS, Subject
from tuyen.apps.registry import queries as registry
from tuyen.rules.exchange.fhir_types import FhirType, fhir_types

MOST_OF_A_PERSON = 20_000
MOST_REFERRED = 2_000


def read(*, by: Actor, type: FhirType, id: str) -> Row:
    """One resource as it stands.

    Raises
    ------
    NotThere
        When there is none, or none that the reader may read: the two look alike.
    Gone
    """
    here = r.one(by, type, id)
    if here is not None:
        if here.deleted:
            raise Gone(type=type.name, id=id)
        return r.contents(by, [here])[0]
    return _view(by, type, id)


def version(*, by: Actor, type: FhirType, id: str, number: str) -> Row:
    """One version of a resource; of a view there is the one that stands."""
    here = r.one(by, type, id)
    nowhere = NotThere(type=type.name, id=f"{id}/_history/{number[:20]}")
    if here is None:
        row = _view(by, type, id)
        if row.version != number:
            raise nowhere
        return row
    if "." in number:
        row = r.contents(by, [here])[0]
        if here.deleted or row.version != number:
            raise nowhere
        return row
    if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) <= here.version):
        raise nowhere
    told = Version.objects.filter(pk=keys.version(here.id, int(number[:9]))).first()
    if told is None or (told.sensitive and here.id not in r.opened(by, [here])):
        raise nowhere
    if not told.body:
        raise Gone(type=type.name, id=id)
    return r.shown(by, [(here, told.version, told.at, told.body)])[0]


def history(
    *,
    by: Actor,
    type: FhirType,
    id: str,
    limit: int,
    cursor: str = "",
    since: datetime | None = None,
) -> Page:
    """The versions of one resource, newest first; ``since``: those that were kept then or later."""
    here = r.one(by, type, id)
    if here is None:
        row = _view(by, type, id)
        rows = [row] if since is None or row.at is None or row.at >= since else []
        return Page(rows, [], len(rows), "")
    last = number_of(cursor)
    top = min(here.version, last - 1) if last else here.version
    numbers = range(top, max(0, top - limit), -1)
    told = Version.objects.filter(pk__in=[keys.version(here.id, n) for n in numbers])
    listed = list(told.order_by("-version"))
    young = [each for each in listed if since is None or each.at >= since]
    rows = _versions(by, {here.id: here}, young)
    more = bool(numbers) and numbers[-1] > 1 and len(young) == len(listed)
    total = here.version if since is None else None
    return Page(rows, [], total, str(numbers[-1]) if more else "")


def type_history(
    *, by: Actor, type: FhirType, limit: int, cursor: str = "", since: datetime | None = None
) -> Page:
    """The versions of all kept resources of a type that the reader may read, newest first; ``since``:
    those that were kept then or later."""
    mine, last = r.kept(by, [type]), number_of(cursor)
    told = Version.objects.filter(type=type.name, resource_id__in=mine.values("pk"))
    if since is not None:
        told = told.filter(at__gte=since)
    if last:
        told = told.filter(seq__lt=last)
    page = list(told.order_by("-seq")[: limit + 1])
    founds = r.founds(mine.filter(pk__among={each.resource_id for each in page[:limit]}))
    rows = _versions(by, {row.id: row for row in founds}, page[:limit])
    return Page(rows, [], None, str(page[limit - 1].seq) if len(page) > limit else "")


def _versions(by: Actor, here: dict[UUID, r.Found], told: Iterable[Version]) -> list[Row]:
    opened = r.opened(by, list(here.values()))
    listed = [v for v in told if not v.sensitive or v.resource_id in opened]
    rows = r.shown(by, [(here[v.resource_id], v.version, v.at, v.body) for v in listed])
    return [
        row._replace(method="DELETE" if not v.body else "POST" if v.version == 1 else "PUT")
        for row, v in zip(rows, listed, strict=True)
    ]


def everything(*, by: Actor, id: str, types: Collection[str] = ()) -> list[Row]:
    """A patient, all that is kept about them, all views of them, and what these refer to. A number
    of queries that follows from the types, not from what there is."""
    patient = read(by=by, type=fhir_types()["Patient"], id=id)
    wished = [t for t in fhir_types().values() if (not types or t.name in types) and t.subject]
    founds = r.founds(
        r.kept(by, wished).filter(subject=id, deleted=False).order_by("seq")[:MOST_OF_A_PERSON]
    )
    rows = [patient, *r.contents(by, founds)]
    person = person_of(by=by, id=id)
    if person is not None:
        for type in wished:
            view = VIEWS.get(type.name)
            if view and (types or not view.made_of_others) and scope(by, type):
                seen = within(
                    by, type, once(by, type.name, view.of_person(by, Subject(person, id)))
                )
                rows += [r.seen(type, each) for each in seen]
    return rows + _referred(by, rows)


def _referred(by: Actor, rows: Collection[Row]) -> list[Row]:
    """What some resources refer to that is about nobody: practitioners, organisations, places."""
    there, types = {(row.type, row.id) for row in rows}, fhir_types()
    wanted: dict[tuple[str, str], None] = {}
    for row in rows:
        for reference in references(codec.plain(row.body)):
            type, _, id = reference.partition("/")
            known = types.get(type)
            if known is not None and not known.subject and type not in ("Patient", "Bundle") and id:
                wanted[(type, id.partition("/")[0])] = None
    return r.gathered(by, types, [pair for pair in wanted if pair not in there][:MOST_REFERRED])


def person_of(*, by: Actor, id: str) -> UUID | None:
    """Whom a patient of FHIR is on the register, if anybody whom the reader may read."""
    type = fhir_types()["Patient"]
    here = r.one(by, type, id)
    if here is not None:
        return here.person
    seen = r.views(by, type, [id])
    return seen[0].whom if seen else None


def several(*, by: Actor, wanted: Collection[tuple[str, str]]) -> list[Row]:
    """Resources by (type, id), those that are here and may be read; each once."""
    return r.gathered(by, fhir_types(), wanted)


def people_of(*, by: Actor, subjects: Collection[str]) -> dict[str, UUID]:
    """Whom patients of FHIR are on the register, of those whom the reader may read: two queries at
    most."""
    if not subjects:
        return {}
    rows = r.kept(by, [fhir_types()["Patient"]]).filter(
        pk__among={keys.resource("Patient", subject) for subject in subjects}, deleted=False
    )
    kept = dict(rows.values_list("fhir_id", "person_id"))
    own = {id: text for text in subjects if text not in kept and (id := as_uuid(text))}
    here = registry.on_record(by=by, ids=own) if own else set()
    return {text: id for text, id in kept.items() if id} | {own[id]: id for id in here}


class Part(NamedTuple):
    """A kept resource by its encounter."""

    type: str
    fhir_id: str
    encounter: str


def kept_parts(*, by: Actor, wanted: Collection[tuple[str, str]]) -> list[Part]:
    """Of which encounter each of some kept resources (type, id) is: one query."""
    if not wanted:
        return []
    ids = {keys.resource(type, id) for type, id in wanted}
    rows = r.kept(by, fhir_types().values()).filter(pk__among=ids, deleted=False)
    return [Part(*row) for row in rows.values_list("type", "fhir_id", "encounter")]


def kept_of_encounters(
    *, by: Actor, encounters: Collection[str], types: Collection[str]
) -> list[tuple[Part, dict[str, Any]]]:
    """The kept resources of some types that are of these encounters, with their content: three
    queries at most."""
    if not encounters:
        return []
    rows = r.kept(by, [fhir_types()[name] for name in types]).filter(
        encounter__in=set(encounters), deleted=False
    )
    of = {(part.type, part.fhir_id): part for part in
          (Part(*row) for row in rows.values_list("type", "fhir_id", "encounter"))}  # fmt: skip
    return [
        (of[(row.type, row.id)], codec.plain(row.body))
        for row in r.contents(by, r.founds(rows))
        if (row.type, row.id) in of
    ]


def standing(*, by: Actor, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The versions of those of some resources (type, id) that are kept, may be read, and are in
    use: one query."""
    named = {keys.resource(type, id): (type, id) for type, id in wanted}
    rows = r.kept(by, fhir_types().values()).filter(pk__among=set(named), deleted=False)
    return {named[key]: number for key, number in rows.values_list("pk", "version")}


def taken(*, by: Actor, wanted: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (type, id) are kept and may be read, those out of use among them: one query."""
    ids = {keys.resource(type, id): (type, id) for type, id in wanted}
    rows = r.kept(by, fhir_types().values()).filter(pk__among=set(ids))
    return {ids[key] for key in rows.values_list("pk", flat=True)}


def about(*, by: Actor, id: str) -> int:
    """How many resources are kept about a patient, of those that the reader may read."""
    mine = r.kept(by, fhir_types().values()).filter(subject=id, deleted=False)
    return mine.exclude(type="Patient").count()


def fhir_ids(*, by: Actor, people: Collection[UUID]) -> dict[UUID, str]:
    """By which id FHIR knows each person: that of the kept patient, or else their own. One query."""
    return named(by, people)


def _view(by: Actor, type: FhirType, id: str) -> Row:
    seen = r.views(by, type, [id])
    if not seen:
        raise NotThere(type=type.name, id=id)
    return seen[0]
