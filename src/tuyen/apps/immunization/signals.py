"""Serious adverse events in the inbox of signals: the CDC sees them the moment they are reported."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec
from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import AdverseEvent
from tuyen.apps.immunization.operations import InvestigateAefi, NotifyAefi
from tuyen.kernel.refusal import N_
from tuyen.kernel.signalling import Answer, Answering, Asked, Signal, State, signals_from
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.immunization import reactions, sessions

READ = "immunization.aefi.read"
KIND = "aefi"
_LEAD = "CDC"
_MESSAGE = N_("{reaction} after {vaccines}, lot {lots}; began {onset}.")
_COLUMNS = (
    "id", "unit_id", "commune_id", "kinds", "severity", "lots", "onset_at", "reported_at",
    "investigate_due_at", "investigated_at", "concluded_at", "cdc_at",
)  # fmt: skip


def reply(signal: Signal, answer: Answer) -> Iterable[Answering]:
    """Taking one on says that the CDC was told; verifying begins the investigation."""
    unit = signal.values["unit"]
    if answer.decision == "take":
        yield Answering(NotifyAefi(aefi=signal.id, told="cdc", how="system"), unit, signal.id)
    elif answer.decision == "verify":
        payload = InvestigateAefi(aefi=signal.id, lead=_LEAD, findings=answer.reason)
        yield Answering(payload, unit, signal.id)


@signals_from("aefi", reply)
def serious_events(by: Actor, asked: Asked) -> list[Signal]:
    """Serious adverse events that the reader may see, unclassified or, if asked, ended: one query."""
    scope = policies.scope(by, READ)
    if not scope:
        return []
    where = scope.where("unit_id") & Q(serious=True, voided_at=None, commune_id__isnull=False)
    if not asked.ended:
        where &= Q(concluded_at=None)
    rows = AdverseEvent.objects.filter(where).order_by("reported_at", "id").values(*_COLUMNS)
    found = [_signal(row, asked) for row in rows]
    return [one for one in found if one.until >= asked.since]


def _signal(row: dict[str, Any], asked: Asked) -> Signal:
    shares = sessions.inbox(asked.on)
    severity = row["severity"].split(",")
    lots = msgspec.json.decode(row["lots"] or "[]")
    kind = row["kinds"].split(",")[0]
    words = reactions.words("kinds", asked.on)
    names = words[kind]._asdict() if kind in words else {"en": kind}
    reported = row["reported_at"].astimezone(VIETNAM).date()
    ended = row["concluded_at"] is not None
    state: State = "closed" if ended else "verified" if row["investigated_at"] else "new"
    return Signal(
        id=row["id"],
        programme="immunization",
        kind=KIND,
        commune=row["commune_id"],
        subject=f"aefi:{kind}",
        names=names,
        level="alert",
        state=state,
        hazard=shares["death"] if "death" in severity else shares["serious"],
        evidence=shares["evidence"],
        observed=1.0,
        expected=None,
        since=reported,
        until=reported + timedelta(days=1) if ended else max(asked.on, reported),
        raised_at=row["reported_at"],
        due_at=None if row["investigated_at"] or ended else row["investigate_due_at"],
        message=_MESSAGE,
        values={
            "reaction": names,
            "vaccines": ", ".join(vaccine for vaccine, _ in lots),
            "lots": ", ".join(lot for _, lot in lots if lot) or "–",
            "onset": row["onset_at"].astimezone(VIETNAM).date(),
            "unit": row["unit_id"],
        },
        href=f"/immunization/aefi/{row['id']}/",
    )
