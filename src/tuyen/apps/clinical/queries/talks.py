"""Health education of a unit: talks that somebody told, and advice at visits that nobody types again."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import talk_checks
from tuyen.apps.clinical.models import Talk, TalkStep
from tuyen.apps.clinical.operations import TalkFacts
from tuyen.apps.clinical.queries.visits import READ, VisitFacts, between
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import derived_id
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.station_books import Line, lines_of
from tuyen.rules.clinical import services

COUNSELLING = "counselling"
_said = msgspec.json.Decoder(TalkFacts).decode


class TalkRow(NamedTuple):
    """A talk as it stands after its corrections."""

    id: UUID
    unit: UUID
    on: date
    form: str
    topic: str
    topic_words: str
    place: UUID | None
    place_name: str
    reached: int
    speaker: str
    note: str
    state: str  # live, void
    version: int
    author: UUID | None
    received_at: datetime

    @property
    def facts(self) -> TalkFacts:
        """As an operation says it."""
        return TalkFacts(**{name: getattr(self, name) for name in TalkFacts.__struct_fields__})


class TalkChange(NamedTuple):
    """What had stood of a talk, and why it was corrected or taken back."""

    what: str  # amended, void
    reason: str
    author: UUID | None
    at: datetime
    before: TalkFacts


_COLUMNS = (
    "id", "unit_id", "on", "form", "topic", "topic_words", "place_id", "place_name", "reached",
    "speaker", "note", "state", "version", "author_id", "received_at",
)  # fmt: skip


def talks(*, by: Actor, unit: UUID, month: Period, void: bool = False) -> list[TalkRow]:
    """The talks of a unit's month, the earliest first: one query."""
    rows = _readable(by).filter(unit_id=unit, on__gte=month.start, on__lte=month.end)
    if not void:
        rows = rows.filter(state="live")
    return _rows(rows.order_by("on", "received_at", "pk"))


def talk(*, by: Actor, id: UUID) -> TalkRow | None:
    """One talk, one taken back among them; None where there is none that the reader may read."""
    return next(iter(_rows(_readable(by).filter(pk=id))), None)


def last_talk(*, by: Actor, unit: UUID) -> TalkRow | None:
    """The latest talk of a unit that stands, with which a form begins: one query."""
    rows = _readable(by).filter(unit_id=unit, state="live")
    return next(iter(_rows(rows.order_by("-on", "-received_at", "-pk")[:1])), None)


def talk_changes(*, by: Actor, talk: UUID) -> list[TalkChange]:
    """What had stood of a talk, the latest first: one query."""
    rows = TalkStep.objects.filter(policies.scope(by, READ).where("unit_id"), talk_id=talk)
    told = rows.order_by("-version").values_list(
        "what", "reason", "author_id", "received_at", "content"
    )
    return [
        TalkChange(what, reason, author, at, _said(content))
        for what, reason, author, at, content in fetch(told)
    ]


def talk_faults(*, by: Actor, unit: UUID, what: TalkFacts) -> list[tuple[str, Refusal]]:
    """(field, refusal) of everything that would be wrong with a talk of a unit; nothing of a unit whose
    records the reader may not read."""
    if not policies.scope(by, READ).covers(unit):
        return []
    return talk_checks.faults(what, map_=registry.atlas(), unit=unit, today=by.on)


def advised(*, by: Actor, unit: UUID, month: Period) -> list[tuple[date, int]]:
    """(day, people) of the days of a unit's month on which visits held advice: six queries."""
    if not policies.scope(by, READ).covers(unit):
        return []
    return [(day, len(people)) for day, (people, _) in _advised(by, unit, month).items()]


def _readable(by: Actor) -> Any:
    return Talk.objects.filter(policies.scope(by, READ).where("unit_id"))


def _rows(query: Any) -> list[TalkRow]:
    return [TalkRow(*row) for row in fetch(query.values_list(*_COLUMNS))]


@walls.whole("how many people were advised on a day, and nothing else of their visits")
def _advised(by: Actor, unit: UUID, month: Period) -> dict[date, tuple[set[UUID], set[str]]]:
    """Day -> (who was advised, by whom): of every visit, for no reader learns of whom the number is."""
    whole = Actor.program(by.on)
    visits = between(by=whole, units=[unit], first=month.start, last=month.end)
    inside = [one for one in visits if _advises(one)]
    people = {one.row.person for one in inside}
    roots = registry.canonical(people) if people else {}
    days: dict[date, tuple[set[UUID], set[str]]] = {}
    for one in inside:
        whom, who = days.setdefault(one.row.day, (set(), set()))
        whom.add(roots.get(one.row.person, one.row.person))
        who |= {one.row.practitioner} - {""}
    return days


def _advises(one: VisitFacts) -> bool:
    """Whether a visit holds advice in words, or a service of counselling."""
    if one.content.advice.strip():
        return True
    kinds = (services.service(served.code, one.row.day) for served in one.content.served)
    return any(kind.kind == COUNSELLING for kind in kinds if kind)


@lines_of("talks")
def _talk_lines(by: Actor, unit: UUID, month: Period) -> Iterable[Line]:
    for row in talks(by=by, unit=unit, month=month):
        told = {
            "form": row.form, "topic": row.topic, "topic_words": row.topic_words, "place": row.place,
            "place_name": row.place_name, "reached": row.reached, "speaker": row.speaker,
            "note": row.note, "unit": row.unit, "on": row.on,
        }  # fmt: skip
        yield Line(row.id, row.on, None, told, frozenset({"talk", row.form, row.topic}),
                   reached=row.reached)  # fmt: skip


@lines_of("advice")
def _advice_lines(by: Actor, unit: UUID, month: Period) -> Sequence[Line]:
    return [
        Line(derived_id(unit, "advice", day.isoformat()), day, None,
             {"reached": len(people), "speaker": ", ".join(sorted(who)), "unit": unit, "on": day},
             frozenset({"individual"}), reached=len(people))
        for day, (people, who) in _advised(by, unit, month).items()
    ]  # fmt: skip
