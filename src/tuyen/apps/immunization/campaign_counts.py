"""What is counted of the sessions of a campaign: for the report of a day, and for the whole of it."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.immunization.models import (
    AdverseEvent,
    Child,
    Dose,
    ExpectedAt,
    Screening,
    SessionVials,
    Visit,
)
from tuyen.apps.journal.bulk import fetch
from tuyen.rules.immunization import programme

_PUT_OFF = ("deferred", "contraindicated")


class Counted:
    """What can be counted at sessions: seven queries for any number of them.

    Who was put off is taken from the last examination, for whoever has left is in no queue any more.
    """

    def __init__(self, sessions: Collection[UUID]) -> None:
        ids = set(sessions)
        self.given: dict[tuple[UUID, UUID], list[str]] = {}
        doses = Dose.objects.filter(session_id__among=ids, voided_at=None)
        self.days: dict[tuple[UUID, UUID], date] = {}
        columns = ("session_id", "person_id", "vaccine", "given_on")
        for session, person, vaccine, day in fetch(doses.values_list(*columns)):
            self.given.setdefault((session, person), []).append(vaccine)
            self.days[session, person] = day
        came = Visit.objects.filter(session_id__among=ids)
        self.visits = list(fetch(came.values_list("id", "session_id", "person_id")))
        seen = Screening.objects.filter(session_id__among=ids).order_by("screened_at", "id")
        self.examined = dict(fetch(seen.values_list("visit_id", "result")))
        hoped = ExpectedAt.objects.filter(session_id__among=ids)
        self.expected = Counter(id for (id,) in fetch(hoped.values_list("session_id")))
        lost = SessionVials.objects.filter(session_id__among=ids)
        self.vials = list(
            fetch(lost.values_list("session_id", "size", "opened", "discarded", "given"))
        )
        harmed = AdverseEvent.objects.filter(session_id__among=ids, voided_at=None)
        self.events = list(fetch(harmed.values_list("session_id", "serious")))
        people = {person for _, person in self.given}
        born = Child.objects.filter(person__id__among=people).values_list("person_id", "born_on")
        self.born = dict(fetch(born)) if people else {}

    def figures(self, sessions: Mapping[UUID, str], on: date) -> dict[str, Any]:
        """The figures of some of the sessions, by their id and state; ages by the bands of a day."""
        mine = {key: told for key, told in self.given.items() if key[0] in sessions}
        doses = Counter(vaccine for told in mine.values() for vaccine in told)
        vials = [row for row in self.vials if row[0] in sessions]
        events = [serious for session, serious in self.events if session in sessions]
        visits = [row for row in self.visits if row[1] in sessions]
        return {
            "sessions": len(sessions),
            "closed": sum(state == "closed" for state in sessions.values()),
            "expected": sum(self.expected[id] for id in sessions),
            "arrived": len(visits),
            "deferred": sum(
                self.examined.get(id) in _PUT_OFF and (session, person) not in mine
                for id, session, person in visits
            ),
            "vaccinated": len(mine), "doses": dict(sorted(doses.items())),
            "ages": self._ages(mine, on),
            "wasted_open": sum(max(0, o * size - given) for _, size, o, _, given in vials),
            "wasted_closed": sum(size * discarded for _, size, _, discarded, _ in vials),
            "aefi": len(events), "serious": sum(events),
        }  # fmt: skip

    def _ages(self, mine: Collection[tuple[UUID, UUID]], on: date) -> dict[str, int]:
        """People vaccinated by the first month of their age band; "" where the birth is not known."""
        bands = programme.campaign_ages(on)
        found: Counter[str] = Counter()
        for key in mine:
            born, day = self.born.get(key[1]), self.days[key]
            if born is None:
                found[""] += 1
                continue
            months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)
            found[str(max(band for band in bands if band <= max(0, months)))] += 1
        return dict(sorted(found.items()))
