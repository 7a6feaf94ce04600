"""Event signals beside the alarms: a sign, or the disease that somebody took it for."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import kept, places
from tuyen.apps.surveillance.models import EventSignal, OutbreakSource
from tuyen.apps.surveillance.operations import ScreenSignal, VerifySignal
from tuyen.apps.surveillance.sources.subjects import (
    hazard_of_disease,
    names,
    of_disease,
    of_sign,
)
from tuyen.kernel.refusal import N_
from tuyen.kernel.signalling import Answer, Answering, Asked, Level, Signal, State, signals_from
from tuyen.rules.surveillance.signs import LANGUAGES, name_of, scoring, signs

READ = "surveillance.signal.read"
EVENT = "event"
_SET_ASIDE = ("discarded", "duplicate")
_DEATHS = 0.9  # hazard, at least, where somebody died
_COLUMNS = (
    "id", "commune_id", "village_id", "sign", "disease", "source", "seen_on", "affected",
    "deaths", "state", "due_at", "risk", "next_step", "received_at", "screened_by_id",
)  # fmt: skip
_PEOPLE = N_("{sign}: {affected} people, {deaths} died, seen {seen}.")
_ANIMALS = N_("{sign}: {affected} animals, {deaths} died, seen {seen}.")
_UNCOUNTED = N_("{sign}: nobody counted, {deaths} died, seen {seen}.")


def visible(by: Actor) -> Q:
    """Event signals that ``by`` may see: of the places of the scope, or told by its units."""
    scope = policies.scope(by, READ)
    return scope.where("commune_id") | scope.where("village_id") | scope.where("unit_id")


def reply(signal: Signal, answer: Answer) -> Iterable[Answering]:
    """The step of an event that an answer stands for, if one is left to take."""
    step = signal.values["step"]
    payload: Any = None
    match answer.decision:
        case "take" if step == "screen":
            payload = ScreenSignal(signal=signal.id, outcome="relevant")
        case "verify" | "open-outbreak" if step in ("screen", "verify"):
            payload = VerifySignal(
                signal=signal.id, outcome="real", how="call", reason=answer.reason
            )
        case "dismiss" if step == "screen":
            payload = ScreenSignal(signal=signal.id, outcome="discarded", reason=answer.reason)
        case "dismiss":
            payload = VerifySignal(
                signal=signal.id, outcome="discarded", how="call", reason=answer.reason
            )
    if payload is not None:
        yield Answering(payload, signal.commune, signal.id)


@signals_from("events", reply)
def events(by: Actor, asked: Asked) -> list[Signal]:
    """The event signals that the reader may see: one query, or none when nothing changed."""
    scope = policies.scope(by, READ)
    if not scope:
        return []
    where = visible(by) & Q(seen_on__gte=asked.since)
    if not asked.ended:
        where &= ~Q(state__in=_SET_ASIDE)
    return list(kept.answer(places.atlas(), ("event-signals", scope, asked),
                            lambda: list(_events(where, asked))))  # fmt: skip


def _events(where: Q, asked: Asked) -> Iterator[Signal]:
    linked = Exists(OutbreakSource.objects.filter(kind="signal", source_id=OuterRef("pk")))
    for row in (
        EventSignal.objects.filter(where).annotate(linked=linked).values(*_COLUMNS, "linked")
    ):
        yield _signal(row, asked)


def _signal(row: dict[str, Any], asked: Asked) -> Signal:
    sign = signs(asked.on).get(row["sign"])
    severity = sign.severity if sign else 0.0
    if row["disease"]:
        severity = max(severity, hazard_of_disease(row["disease"], asked.on))
    if row["deaths"]:
        severity = max(severity, _DEATHS)
    subject = of_disease(row["disease"]) if row["disease"] else of_sign(row["sign"])
    animals = sign is not None and sign.about == "animals"
    message = _ANIMALS if animals else _PEOPLE
    evidence = scoring(asked.on).evidence_of
    affected = row["affected"]
    return Signal(
        id=row["id"],
        programme="animals" if animals else "infectious",
        kind=EVENT,
        commune=row["commune_id"],
        subject=subject,
        names=names(subject),
        level=_level(row),
        state=_state(row),
        hazard=severity,
        evidence=evidence[row["risk"] or row["state"]] if _stands(row) else 0.0,
        # An uncounted sign is one at least; nothing of it was expected.
        observed=float(max(1, affected or 0, row["deaths"])),
        expected=None,
        since=row["seen_on"],
        until=row["seen_on"] + timedelta(days=1),
        raised_at=row["received_at"],
        due_at=None if row["linked"] else row["due_at"],
        message=_UNCOUNTED if affected is None else message,
        values={
            "sign": {language: name_of(row["sign"], language) for language in LANGUAGES},
            "affected": affected,
            "deaths": row["deaths"],
            "seen": row["seen_on"],
            "step": {"reported": "screen", "relevant": "verify", "real": "assess"}.get(
                row["state"], ""
            ),
        },
        owner=row["screened_by_id"],
    )


def _stands(row: dict[str, Any]) -> bool:
    return row["state"] not in _SET_ASIDE


def _level(row: dict[str, Any]) -> Level:
    """A verified event is an alert; one whose risk is low is a signal again."""
    if row["risk"]:
        return "signal" if row["risk"] == "low" else "alert"
    return "alert" if row["state"] == "real" else "signal"


def _state(row: dict[str, Any]) -> State:
    if row["state"] in _SET_ASIDE:
        return "dismissed"
    if row["linked"] or row["next_step"] == "outbreak":
        return "outbreak"
    return "verified" if row["state"] in ("real", "assessed") else "new"
