"""What is declared of an outbreak by law, when it may close, and how it opens again."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Max

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.models import Alarm, Case, Declaration, OutbreakCase
from tuyen.apps.surveillance.operations.outbreaks import (
    CloseOutbreak,
    DeclareOutbreak,
    ReopenOutbreak,
)
from tuyen.apps.surveillance.refusals.alarms import ReasonNeeded
from tuyen.apps.surveillance.refusals.outbreaks import (
    DeclaredInTheFuture,
    EpidemicGoesOn,
    GroundMissing,
    LevelUnknown,
    MayNotCloseYet,
    NotTheAuthority,
)
from tuyen.apps.surveillance.services.outbreak_book import OutbreakBook, standing, today
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import outbreaks as law

_DECLARATION = (
    "id", "outbreak_id", "level", "authority", "document", "declared_on", "met_at", "received_at",
    "author_id", "content",
)  # fmt: skip
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(DeclareOutbreak)
def declare_outbreaks(batch: Batch[DeclareOutbreak]) -> None:
    """Keep what was declared, if the law of the day knows it and its ground is stated."""
    book = OutbreakBook(entry.payload.outbreak for entry in batch.entries)
    rows = []
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry, closed=None if said.level == "end" else False)
            if not held["since"] <= said.declared_on <= today(entry):
                raise DeclaredInTheFuture(on=said.declared_on, today=today(entry))
            _check_law(said, held)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows.append((
            entry.id, held["id"], said.level, said.authority, said.document.strip(),
            said.declared_on, said.met_at, entry.received_at, entry.author,
            _encode(said).decode(),
        ))  # fmt: skip
        level = "" if said.level == "end" else said.level
        book.write(held | {"level": level, "changed_at": entry.received_at})
    bulk.insert(Declaration, _DECLARATION, rows)
    book.post()


@applies(CloseOutbreak)
def close_outbreaks(batch: Batch[CloseOutbreak]) -> None:
    """Close outbreaks: by the rule of their disease when its days have passed, else with a reason."""
    ids = {entry.payload.outbreak for entry in batch.entries}
    book, last, going = OutbreakBook(ids), last_onsets(ids), _Epidemics(ids)
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry)
            if said.because == "rule":
                check_quiet(held, last.get(held["id"]), entry.happened_on)
                going.check(held, book.communes(held), entry.happened_on)
            elif len(said.conclusion.strip()) < 3:
                raise ReasonNeeded()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.write(held | {
            "closed_on": entry.happened_on, "closed_at": entry.received_at,
            "closed_because": said.because, "conclusion": said.conclusion.strip(),
            "changed_at": entry.received_at, "revision": held["revision"] + 1,
        })  # fmt: skip
    book.post()


@applies(ReopenOutbreak)
def reopen_outbreaks(batch: Batch[ReopenOutbreak]) -> None:
    """Open closed outbreaks again; what was concluded stands in the journal."""
    book = OutbreakBook(entry.payload.outbreak for entry in batch.entries)
    for entry in batch.entries:
        try:
            held = book.find(entry, closed=True)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.write(held | {
            "closed_on": None, "closed_at": None, "closed_because": "", "conclusion": "",
            "changed_at": entry.received_at, "revision": held["revision"] + 1,
        })  # fmt: skip
    book.post()


def last_onsets(outbreaks: Iterable[UUID]) -> dict[UUID, date]:
    """The last onset among the counted cases of each outbreak: two queries."""
    lists = fetch(
        OutbreakCase.objects.filter(outbreak_id__among=set(outbreaks)).values_list(
            "outbreak_id", "case_id"
        )
    )
    if not lists:
        return {}
    cases = Case.objects.filter(pk__among={case for _, case in lists}, voided_at=None)
    counted = cases.exclude(classification="discarded")
    onset = dict(fetch(counted.values_list("id").annotate(Max("onset_on")).order_by()))
    found: dict[UUID, date] = {}
    for outbreak, case in lists:
        if case in onset:
            found[outbreak] = max(onset[case], found.get(outbreak, onset[case]))
    return found


def check_quiet(held: Mapping[str, Any], last: date | None, on: date) -> None:
    """Refuse to close before the days without a case have passed."""
    rule = law.closing(held["disease"], on)
    until = law.may_close_on(held["disease"], held["since"], last, on)
    if on < until:
        raise MayNotCloseYet(
            last=last or held["since"], source=law.source(rule.source), days=rule.days, on=until
        )


class _Epidemics:
    """Whether the legal criterion of an epidemic still holds somewhere: END-B is that it does not."""

    def __init__(self, outbreaks: Iterable[UUID]) -> None:
        declared = Declaration.objects.filter(outbreak_id__among=set(outbreaks))
        ended = {"end": True}
        self._declared = {
            outbreak
            for outbreak, level in fetch(declared.values_list("outbreak_id", "level"))
            if level not in ended
        }
        alarms = Alarm.objects.filter(closed_on=None, rule__startswith="EP")
        open_ = alarms.exclude(state="dismissed") if self._declared else alarms.none()
        names = ("disease", "commune_id", "rule", "period")
        self._open = list(fetch(open_.order_by("id").values_list(*names))) if self._declared else []

    def check(self, held: Mapping[str, Any], communes: list[UUID], on: date) -> None:
        if held["id"] not in self._declared:
            return
        map_ = places.atlas()
        here = standing(map_, communes, on)
        for disease, commune, rule, period in self._open:
            if disease == held["disease"] and standing(map_, [commune], on) & here:
                raise EpidemicGoesOn(rule=rule, period=period)


def _check_law(said: DeclareOutbreak, held: Mapping[str, Any]) -> None:
    """The level must be one of the law of the day, by its authority, with all that it needs."""
    level = law.level(said.level, said.declared_on)
    group = held["group"]
    if level is None or (group and group not in level.groups):
        raise LevelUnknown(level=said.level, on=said.declared_on)
    if said.authority != level.by:
        raise NotTheAuthority(
            on=said.declared_on, level=said.level, expected=level.by, given=said.authority
        )
    stated = {
        "criterion": bool(said.criterion.strip() or said.basis.strip()),
        "fails": bool(said.fails),
        **{who: said.copes == who for who in ("commune", "province", "none")},
    }
    lacking = [need for need in level.needs if not stated[need]]
    if lacking:
        raise GroundMissing(level=said.level, lacking=", ".join(lacking))
