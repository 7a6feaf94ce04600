"""Alarms: the inbox, one alarm with its rows and its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Count as CountOf
from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.explaining import Sentence, explain
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.selection import CaseFilters
from tuyen.rules import surveillance as rules

READ = "surveillance.alarm.read"
State = Literal["new", "verified", "dismissed", "outbreak"]
_COLUMNS = (
    "id", "rule", "disease", "commune_id", "period", "since", "until", "level", "observed",
    "expected", "bound", "figures", "method", "revision", "raised_on", "raised_at", "changed_at",
    "due_at", "state", "owner_id", "answered_at", "answered_by_id", "reason", "closed_on",
    "closed_because",
)  # fmt: skip


class AlarmRow(NamedTuple):
    """An alarm as it stands, with its sentence."""

    id: UUID
    rule: str
    disease: str
    commune: UUID
    commune_name: str
    period: str
    since: date
    until: date
    level: str
    observed: int
    expected: float | None
    bound: float | None
    figures: dict[str, Any]
    method: str
    revision: int
    raised_on: date
    raised_at: datetime
    changed_at: datetime
    due_at: datetime
    state: str
    owner: UUID | None
    owner_name: str
    answered_at: datetime | None
    answered_by: UUID | None
    reason: str
    closed_on: date | None
    closed_because: str
    sentence: Sentence

    @property
    def open(self) -> bool:
        return self.closed_on is None and self.state != "dismissed"

    @property
    def filters(self) -> CaseFilters:
        """The line list that this alarm was counted from."""
        diseases = (self.disease, *(d.id for d in rules.predecessors(self.disease)))
        if linked := str(self.figures.get("linked", "")).split():
            return CaseFilters(diseases=diseases, ids=tuple(map(UUID, linked)), counted=True)
        return CaseFilters(
            diseases=diseases,
            area=self.commune,
            first=self.since,
            last=self.judged_to,
            classifications=("confirmed",) if self.rule == "AL-A" else (),
            counted=True,
        )

    @property
    def judged_to(self) -> date:
        """The last day whose cases were counted."""
        text = self.figures.get("to")
        return date.fromisoformat(text) if text else self.until

    def overdue(self, at: datetime) -> bool:
        """Nobody has answered it, and its time has passed."""
        return self.open and self.answered_at is None and at > self.due_at

    def disease_name(self, language: str = "vi") -> str:
        return rules.disease(self.disease).name(language)


class AlarmPage(NamedTuple):
    rows: list[AlarmRow]
    total: int
    page: int
    pages: int
    by_state: dict[str, int]  # of all that are open, before the page's own filters


@dataclass(frozen=True, slots=True)
class AlarmDetail:
    row: AlarmRow
    history: list[journal.Kept]
    others: list[AlarmRow]  # of the same disease and commune, newest first


def alarms(
    *, by: Actor, states: Sequence[str] = (), rules_: Sequence[str] = (), diseases: Sequence[str] = (),
    area: UUID | None = None, open_only: bool = False, changed_after: datetime | None = None,
    page: int = 1, size: int = 50,
) -> AlarmPage:  # fmt: skip
    """The alarms that ``by`` may see, newest first: five queries, whatever is asked.

    ``rules_`` takes whole codes or their beginnings: "EP" is every epidemic, "EARS" every signal.
    """
    map_ = places.atlas()
    seen = Alarm.objects.filter(policies.scope(by, READ).where("commune_id"))
    where = Q()
    if states:
        where &= Q(state__in=list(states))
    if diseases:
        where &= Q(disease__in=list(diseases))
    if rules_:
        begins = Q(pk__in=())
        for code in rules_:
            begins |= Q(rule__startswith=code)
        where &= begins
    if area is not None:
        where &= Q(commune_id__in=places.communes_of(map_, area, by.on))
    if open_only:
        where &= Q(closed_on=None) & ~Q(state="dismissed")
    if changed_after is not None:
        where &= Q(changed_at__gt=changed_after)
    found = seen.filter(where)
    total = found.count()
    size = max(1, min(size, 500))
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    rows = found.order_by("-since", "-raised_at", "id")[(page - 1) * size : page * size]
    tally = seen.filter(closed_on=None).values_list("state").annotate(CountOf("id")).order_by()
    return AlarmPage(_rows(list(rows.values(*_COLUMNS)), map_), total, page, pages, dict(tally))


def alarm(*, by: Actor, id: UUID) -> AlarmDetail | None:
    """One alarm with its history, or None when there is none that ``by`` may see."""
    map_ = places.atlas()
    seen = Alarm.objects.filter(policies.scope(by, READ).where("commune_id"))
    found = seen.filter(pk=id).values(*_COLUMNS).first()
    if found is None:
        return None
    same = seen.filter(disease=found["disease"], commune_id=found["commune_id"]).exclude(pk=id)
    others = list(same.order_by("-since", "rule").values(*_COLUMNS)[:20])
    row, *rest = _rows([found, *others], map_)
    return AlarmDetail(row, journal.history(by=by, of=id), rest)


def _rows(found: list[dict[str, Any]], map_: Any) -> list[AlarmRow]:
    names = access.names({row["owner_id"] for row in found if row["owner_id"]})
    made = []
    for row in found:
        figures = msgspec.json.decode(row["figures"])
        sentence = explain(row, figures)
        commune, owner = row.pop("commune_id"), row.pop("owner_id")
        plain = row | {
            "figures": figures,
            "commune": commune,
            "commune_name": map_.full_name(commune, row["since"]),
            "owner": owner,
            "owner_name": names.get(owner, "") if owner else "",
            "sentence": sentence,
        }
        plain["answered_by"] = plain.pop("answered_by_id")
        made.append(AlarmRow(**plain))
    return made
