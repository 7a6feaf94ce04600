"""A player by the book: for drills that are run without people, to measure and to compare.

It does what the scenario expects, some hours after it may: it sees only what its own account sees,
and acts through the journal like anybody.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.drills import casting
from tuyen.apps.surveillance.drills.play import Director
from tuyen.apps.surveillance.drills.scoring import ACTIONS
from tuyen.apps.surveillance.models import Alarm, DrillMessage, EventSignal
from tuyen.apps.surveillance.operations import TriageAlarm
from tuyen.apps.surveillance.operations.drills import AnswerDrillMessage
from tuyen.apps.surveillance.operations.events import ScreenSignal, VerifySignal
from tuyen.apps.surveillance.operations.outbreak_work import FinishTask
from tuyen.apps.surveillance.operations.outbreaks import OpenOutbreak
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Payload, Receipt
from tuyen.kernel.zone import VIETNAM

LOGIN = casting.LOGINS["cdc-epidemiologist"]


@dataclass(slots=True)
class ByTheBook:
    """Made before the first move. ``waits`` is how many hours it takes to do what it could do at once."""

    director: Director
    waits: float = 3.0
    outbreak: UUID | None = None
    opened: datetime | None = None
    place: UUID | None = None
    receipts: list[Receipt] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """What was seen before the drill is none of its signals, whatever the hour it was told at."""
        self._done |= {str(id) for id in EventSignal.objects.values_list("id", flat=True)}

    def act(self, now: datetime) -> None:
        """Do whatever is due by ``now``."""
        by = access.actor_by_login(LOGIN, on=now.astimezone(VIETNAM).date(), channel="web")
        if by is None:
            return
        self._verify_signals(by, now)
        self._answer_alarms(by, now)
        self._answer_messages(by, now)
        self._finish_tasks(by, now)

    def _answer_alarms(self, by: Actor, now: datetime) -> None:
        """Verify what was raised, and open one outbreak from it."""
        until = now - timedelta(hours=self.waits)
        cases = self.director.scenario.disease
        waiting = Alarm.objects.filter(
            disease=cases, closed_on=None, state="new", raised_at__lte=until,
            raised_at__gte=self.director.begins,
        ).order_by("raised_at", "id")  # fmt: skip
        for alarm in waiting:
            self._send(by, now, alarm.commune_id, TriageAlarm(alarm=alarm.id, decision="verify"),
                       corrects=alarm.id)  # fmt: skip
            if self.outbreak is None:
                since = min(alarm.since, alarm.raised_on)
                self._open(by, now, alarm.disease, since, alarm.commune_id,
                           from_alarms=(alarm.id,))  # fmt: skip

    def _open(
        self, by: Actor, now: datetime, disease: str, since: date, commune: UUID, **source: Any
    ) -> None:
        said = OpenOutbreak(
            disease=disease, title=f"Diễn tập: {disease}", since=since, communes=(commune,),
            **source,
        )  # fmt: skip
        receipt = self._send(by, now, commune, said)
        if receipt.ok:
            self.outbreak, self.opened, self.place = receipt.id, now, commune

    def _verify_signals(self, by: Actor, now: datetime) -> None:
        """Screen what people saw, and call them back."""
        until = now - timedelta(hours=self.waits)
        rows = EventSignal.objects.filter(received_at__lte=until,
                                          received_at__gte=self.director.begins)  # fmt: skip
        for signal in rows.order_by("received_at", "id"):
            if str(signal.id) in self._done:
                continue
            self._done.add(str(signal.id))
            screened = ScreenSignal(signal=signal.id, outcome="relevant")
            self._send(by, now, signal.commune_id, screened, corrects=signal.id)
            verified = VerifySignal(signal=signal.id, outcome="real", how="call")
            self._send(by, now, signal.commune_id, verified, corrects=signal.id)
            if self.outbreak is None:
                self._open(by, now, self.director.scenario.disease, signal.seen_on,
                           signal.commune_id, from_signals=(signal.id,))  # fmt: skip

    def _answer_messages(self, by: Actor, now: datetime) -> None:
        half = [
            m for m in DrillMessage.objects.filter(answered_at=None).exclude(due_at=None)
            if m.due_at and m.sent_at + (m.due_at - m.sent_at) / 2 <= now
        ]  # fmt: skip
        for message in half:
            said = AnswerDrillMessage(message=message.key, answer="Đã xử lý theo hướng dẫn.")
            self._send(by, now, self.director.cast.posts["cdc-epidemiologist"], said)

    def _finish_tasks(self, by: Actor, now: datetime) -> None:
        """One early action every twelve hours."""
        if self.outbreak is None or self.opened is None or self.place is None:
            return
        for n, code in enumerate(ACTIONS):
            if code in self._done or now < self.opened + timedelta(hours=6 + 12 * n):
                continue
            self._done.add(code)
            said = FinishTask(
                outbreak=self.outbreak, task=derived_id(self.outbreak, "action", code),
                done_on=now.astimezone(VIETNAM).date(), evidence="Biên bản diễn tập",
            )  # fmt: skip
            self._send(by, now, self.place, said, corrects=self.outbreak)

    def _send(
        self, by: Actor, now: datetime, unit: UUID, payload: Payload, corrects: UUID | None = None
    ) -> Receipt:
        said: Any = Operation.of(
            payload, unit=unit, happened_on=now.astimezone(VIETNAM).date(), recorded_at=now,
            corrects=corrects, id=derived_id(self.director.drill, "trainee", len(self.receipts)),
        )  # fmt: skip
        (receipt,) = commit(by=by, operations=[said], at=now)
        self.receipts.append(receipt)
        return receipt
