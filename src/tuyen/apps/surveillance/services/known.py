"""Which cases are already there: the same number of the same unit, the same person's same illness."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.apps.surveillance.refusals import AlreadyReported, PossibleDuplicate, UnknownPerson
from tuyen.apps.surveillance.sameness import Key, person_keys
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import case_checks


class Held(NamedTuple):
    id: UUID
    disease: str
    onset_on: date


class Known:
    """The cases that the reports of a batch may repeat, and the people they name: a constant
    number of reads for any batch."""

    def __init__(self, cases: Iterable[ReportCase], on: date) -> None:
        self._same_person: dict[Key, list[Held]] = defaultdict(list)
        self._external: dict[tuple[UUID, str], UUID] = {}
        wanted: dict[str, set[Any]] = defaultdict(set)
        for case in cases:
            for column, value, *born in person_keys(
                case.person, case.identity, case.name, case.birth_date
            ):
                wanted[column].add(value)
                wanted["birth_date"].update(born)
            if case.external_id.strip():
                wanted["external_id"].add(case.external_id.strip())
        self._people = places.people_known(wanted["person_id"], on)
        for row in _matching(wanted):
            self._hold(row)

    def _hold(self, row: Mapping[str, Any]) -> None:
        held = Held(row["id"], row["disease"], row["onset_on"])
        keys = person_keys(row["person_id"], row["identity"], row["name"], row["birth_date"])
        for key in keys:
            if held not in (same := self._same_person[key]):
                same.append(held)
        if row["external_id"]:
            self._external[row["unit_id"], row["external_id"]] = row["id"]

    def check(self, row: Mapping[str, Any], case: ReportCase) -> None:
        """Refuse a report that is already there, unless it says that it is another illness."""
        if case.person is not None and case.person not in self._people:
            raise UnknownPerson(person=case.person)
        already = self._external.get((row["unit_id"], row["external_id"]))
        if row["external_id"] and already not in (None, row["id"]):
            raise AlreadyReported(external_id=row["external_id"], case=already)
        for key in person_keys(case.person, case.identity, case.name, case.birth_date):
            for held in self._same_person.get(key, ()):
                if held.disease != case.disease or held.id in (row["id"], *case.not_a_duplicate_of):
                    continue
                days = case_checks(row["received_at"].date()).window(case.disease)
                if abs((held.onset_on - case.onset_on).days) <= days:
                    name = rules.disease(case.disease).name("vi")
                    raise PossibleDuplicate(disease=name, onset=held.onset_on, case=held.id)

    def add(self, row: Mapping[str, Any]) -> None:
        """A report that was taken: the next one of the batch is compared with it."""
        self._hold(row)

    def remove(self, row: Mapping[str, Any]) -> None:
        """A report that changed or went: it is no longer what the next one repeats."""
        keys = person_keys(row["person_id"], row["identity"], row["name"], row["birth_date"])
        for key in keys:
            held = self._same_person[key]
            held[:] = [other for other in held if other.id != row["id"]]
        self._external.pop((row["unit_id"], row["external_id"]), None)


_COLUMNS = (
    "id", "unit_id", "disease", "onset_on", "person_id", "identity", "name", "birth_date",
    "external_id",
)  # fmt: skip


def _matching(wanted: Mapping[str, set[Any]]) -> Iterator[dict[str, Any]]:
    """Cases of the same people, and those of the same number. The commonest names are those of
    hundreds, so a name is asked for with the birth dates.

    What is not empty is said in the words of the partial indexes: SQLite takes them only then, and
    reads every case otherwise. The disease is not said at all: of five hundred people and twenty
    diseases SQLite would look up the diseases, and read nearly every case.
    """
    live = Case.objects.filter(voided_at=None).values_list(*_COLUMNS)
    same = {
        "person_id": lambda ids: live.filter(~Q(person_id=None), person_id__among=ids),
        "identity": lambda numbers: live.filter(~Q(identity=""), identity__among=numbers),
        "name_folded": lambda names: live.filter(
            ~Q(name_folded=""), name_folded__among=names, birth_date__among=wanted["birth_date"]
        ),
        "external_id": lambda ids: live.filter(~Q(external_id=""), external_id__among=ids),
    }
    for column, those in same.items():
        if values := wanted.get(column):
            for row in fetch(those(values)):
                yield dict(zip(_COLUMNS, row, strict=True))
