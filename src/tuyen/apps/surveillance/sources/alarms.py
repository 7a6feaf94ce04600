"""Alarms of the law and of the detectors, as signals."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import kept, places
from tuyen.apps.surveillance.explaining import explain
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.operations import TriageAlarm
from tuyen.apps.surveillance.sources.subjects import hazard_of_disease, names, of_disease
from tuyen.kernel.signalling import Answer, Answering, Asked, Level, Signal, State, signals_from
from tuyen.rules.surveillance.signs import scoring

READ = "surveillance.alarm.read"
LEGAL, STATISTICAL = "legal", "statistical"
_P_VALUES = ("p_value", "pvalue", "p")
_COLUMNS = (
    "id", "rule", "disease", "commune_id", "period", "since", "until", "level", "observed",
    "expected", "bound", "figures", "raised_at", "due_at", "state", "owner_id", "answered_at",
    "closed_on", "pvalue", "false_share", "below",
)  # fmt: skip


def reply(signal: Signal, answer: Answer) -> Iterable[Answering]:
    """Each alarm of a group is answered by itself, so that its history says so."""
    if answer.decision == "verify" and signal.state != "new":
        return
    payload = TriageAlarm(
        alarm=signal.id, decision=answer.decision, reason=answer.reason, owner=answer.owner
    )
    yield Answering(payload, signal.commune, signal.id)


@signals_from("alarms", reply)
def alarms(by: Actor, asked: Asked) -> list[Signal]:
    """The alarms of the reader's units: one query, or none when nothing changed since."""
    scope = policies.scope(by, READ)
    return list(kept.answer(places.atlas(), ("alarm-signals", scope, asked),
                            lambda: list(_alarms(scope, asked))))  # fmt: skip


def _alarms(scope: policies.Scope, asked: Asked) -> Iterator[Signal]:
    where = scope.where("commune_id") & Q(until__gte=asked.since)
    if not asked.ended:
        where &= Q(closed_on=None) & ~Q(state="dismissed")
    for row in Alarm.objects.filter(where).values(*_COLUMNS):
        yield _signal(row, asked)


def _signal(row: dict[str, Any], asked: Asked) -> Signal:
    figures = msgspec.json.decode(row["figures"])
    legal = not row["rule"].startswith("EARS") and row["rule"][:2] in ("AL", "EP")
    level: Level = level_of(row["rule"])
    evidence = scoring(asked.on).evidence_of
    sentence = explain(row, figures)
    subject = of_disease(row["disease"])
    waiting = row["answered_at"] is None and row["closed_on"] is None
    return Signal(
        id=row["id"],
        programme="infectious",
        kind=LEGAL if legal else STATISTICAL,
        commune=row["commune_id"],
        subject=subject,
        names=names(subject),
        level=level,
        state=_state(row),
        hazard=hazard_of_disease(row["disease"], asked.on),
        evidence=evidence[level] if legal else evidence[STATISTICAL],
        observed=float(row["observed"]),
        expected=row["expected"],
        since=row["since"],
        until=row["until"],
        raised_at=row["raised_at"],
        due_at=row["due_at"] if waiting and not row["below"] else None,
        message=sentence.template,
        values=sentence.values,
        p_value=p_value_of(figures) if row["pvalue"] is None else row["pvalue"],
        owner=row["owner_id"],
        false_share=row["false_share"],
        below=row["below"],
    )


def level_of(rule: str) -> Level:
    """Under which level an alarm of a rule is drawn: a rule of no act is a signal."""
    return {"EP": "epidemic", "AL": "alert"}.get(rule[:2], "signal")  # type: ignore[return-value]


def p_value_of(figures: Mapping[str, Any]) -> float | None:
    """The p-value that a detector gave with its alarm, if it gave one."""
    for name in _P_VALUES:
        value = figures.get(name)
        if isinstance(value, int | float) and 0 <= value <= 1:
            return float(value)
    return None


def _state(row: Mapping[str, Any]) -> State:
    if row["closed_on"] is not None:
        return "closed"
    return row["state"]
