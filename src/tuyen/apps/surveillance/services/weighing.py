"""What was learnt of false alarms, and the lines below which alarms are silent, as rows."""

from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import AlarmLesson, AlarmLine
from tuyen.apps.surveillance.operations import LearnChances, SetAlarmLine, WeighAlarm
from tuyen.apps.surveillance.refusals.weighing import (
    BadLesson,
    LearntAlready,
    LineUnchanged,
    NotWeighed,
    WeighedByProgram,
)
from tuyen.apps.surveillance.services.alarms import AlarmBook
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

_LESSON = ("id", "province_id", "made_on", "made_at", "weeks", "told", "denied", "share", "content")
_LINE = ("id", "unit_id", "share", "budget", "since", "decided_at", "rank", "author_id", "reason")
_LEGAL = ("AL", "EP")
_encode = msgspec.json.Encoder(order="sorted").encode
Line = tuple[float | None, int | None]


@applies(LearnChances)
def learn_chances(batch: Batch[LearnChances]) -> None:
    """Keep each lesson, one a day for each province."""
    days = {entry.happened_on for entry in batch.entries}
    held = AlarmLesson.objects.filter(made_on__in=days).values_list("province_id", "made_on")
    kept = set(fetch(held))
    rows = []
    for entry in batch.entries:
        try:
            _check(entry)
            if (entry.unit, entry.happened_on) in kept:
                raise LearntAlready(on=entry.happened_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        kept.add((entry.unit, entry.happened_on))
        said = entry.payload
        rows.append((
            entry.id, entry.unit, entry.happened_on, entry.received_at, said.weeks, said.told,
            said.denied, said.learnt.share if said.learnt else None, _encode(said).decode(),
        ))  # fmt: skip
    bulk.insert(AlarmLesson, _LESSON, rows)


@applies(WeighAlarm)
def weigh_alarms(batch: Batch[WeighAlarm]) -> None:
    """Write beside each alarm how likely it is to be false, and whether it rings."""
    book = AlarmBook(entry.payload.alarm for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            if entry.author is not None:
                raise WeighedByProgram()
            held = book.find(entry)
            if held["rule"][:2] in _LEGAL:
                raise NotWeighed(rule=held["rule"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.write(held | {
            "changed_at": entry.received_at, "pvalue": said.p, "false_share": said.false,
            "qvalue": said.q, "below": said.below, "lesson_id": said.lesson,
        })  # fmt: skip
    book.post()


@applies(SetAlarmLine)
def set_lines(batch: Batch[SetAlarmLine]) -> None:
    """Keep each decision; one that changes nothing is refused, so that the history says something."""
    now, rank = _in_use({entry.unit for entry in batch.entries})
    rows = []
    for entry in batch.entries:
        asked: Line = (entry.payload.share, entry.payload.budget)
        if asked == now.get(entry.unit, (None, None)):
            batch.refuse(entry, LineUnchanged())
            continue
        now[entry.unit] = asked
        rank[entry.unit] = rank.get(entry.unit, -1) + 1
        rows.append((
            entry.id, entry.unit, *asked, entry.happened_on, entry.received_at, rank[entry.unit],
            entry.author, entry.payload.reason.strip(),
        ))  # fmt: skip
    bulk.insert(AlarmLine, _LINE, rows)


def _in_use(units: set[UUID]) -> tuple[dict[UUID, Line], dict[UUID, int]]:
    """The latest line decided at each of these units, and the rank of that decision."""
    lines: dict[UUID, Line] = {}
    last: dict[UUID, int] = {}
    rows = AlarmLine.objects.filter(unit_id__in=units).order_by("rank")
    for unit, share, budget, rank in rows.values_list("unit_id", "share", "budget", "rank"):
        lines[unit], last[unit] = (share, budget), rank
    return lines, last


def _check(entry: Entry[LearnChances]) -> None:
    said = entry.payload
    if entry.author is not None:
        raise WeighedByProgram()
    if not said.tails:
        raise BadLesson(what="no stratum has a past")
    for tail in said.tails:
        if not tail.scores or len(tail.scores) != len(tail.above):
            raise BadLesson(what=f"stratum {tail.code} has {len(tail.scores)} scores")
        if list(tail.scores) != sorted(tail.scores):
            raise BadLesson(what=f"the scores of stratum {tail.code} fall")
    if len({tail.code for tail in said.tails}) != len(said.tails):
        raise BadLesson(what="a stratum stands in it twice")
