"""Tests for thalassaemia, couples, and what they were told; all of it read for care only."""

from decimal import Decimal
from uuid import UUID

from tuyen.apps.clinical.models import Couple, CoupleAdvice, ThalassaemiaTest
from tuyen.apps.clinical.operations import (
    AdviseCouple,
    LinkCouple,
    PartCouple,
    RecordThalassaemia,
    VoidThalassaemia,
)
from tuyen.apps.clinical.refusals import (
    BeforeTheCouple,
    BloodNotPossible,
    CoupleAlready,
    InTheFuture,
    NoGenotype,
    NotAPair,
    NothingMeasured,
    PartedAlready,
    ResultUnsaid,
    StepIsVoid,
    UnknownCouple,
    UnknownStep,
)
from tuyen.apps.clinical.services.told import Held, People, Row, day_of
from tuyen.engines.clinical import thalassaemia as engine
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import thalassaemia as rules

_BLOOD = engine.Blood._fields


@applies(RecordThalassaemia)
def record(batch: Batch[RecordThalassaemia]) -> None:
    """Keep results with the class that they tell by the limits of their day."""
    people = People((e.payload.person for e in batch.entries), batch.entries[0].happened_on)
    held = Held(ThalassaemiaTest)
    for entry in batch.entries:
        said = entry.payload
        try:
            people.unit(entry)
            people.alive(said.person, said.on, entry)
            seen = _seen(said)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.write({name: getattr(said, name) for name in _BLOOD} | {
            "id": entry.id, "person_id": said.person, "unit_id": entry.unit, "on": said.on,
            "beta": "/".join(sorted(said.beta)), "alpha": "/".join(sorted(said.alpha)),
            "seen": seen, "laboratory": said.laboratory.strip(), "state": "live",
            "void_reason": "", "author_id": entry.author, "received_at": entry.received_at,
        })  # fmt: skip
    held.post()


def _seen(said: RecordThalassaemia) -> str:
    blood = {name: getattr(said, name) for name in _BLOOD}
    if not said.beta and not said.alpha and all(value is None for value in blood.values()):
        raise NothingMeasured()
    for name, (low, high) in rules.limits(said.on).items():
        value: Decimal | None = blood[name]
        if value is not None and not (value.is_finite() and low <= value <= high):
            raise BloodNotPossible(field=name, value=value, low=low, high=high)
    if said.beta or said.alpha:
        try:
            genes = engine.genotype(said.beta, said.alpha)
        except engine.Impossible:
            raise NoGenotype(
                beta="/".join(said.beta) or "–", alpha="/".join(said.alpha) or "–",
                betas=", ".join(engine.BETA), alphas=", ".join(engine.ALPHA),
            ) from None  # fmt: skip
        if engine.forms(genes):
            return "affected"
        return "carrier" if engine.carrier(genes) else "normal"
    return engine.presumed(engine.Blood(**blood), engine.BloodCuts(**rules.cuts(said.on)))


@applies(VoidThalassaemia)
def void(batch: Batch[VoidThalassaemia]) -> None:
    """Take results out; their rows stay, with the reason."""
    held = Held(
        ThalassaemiaTest,
        ThalassaemiaTest.objects.filter(pk__among={e.payload.test for e in batch.entries}),
    )
    people = People((), batch.entries[0].happened_on)
    for entry in batch.entries:
        row = held.get(entry.payload.test)
        if row is None or not people.may(entry, row["unit_id"]):
            batch.refuse(entry, UnknownStep(step=entry.payload.test))
        elif row["state"] != "live":
            batch.refuse(entry, StepIsVoid(reason=row["void_reason"]))
        else:
            held.write(row | {"state": "void", "void_reason": entry.payload.reason.strip()})
    held.post()


@applies(LinkCouple)
def link(batch: Batch[LinkCouple]) -> None:
    """Note couples, each pair once at a time."""
    ids = [id for e in batch.entries for id in (e.payload.woman, e.payload.man)]
    people = People(ids, batch.entries[0].happened_on)
    held = Held(Couple, Couple.objects.filter(woman__id__among=people.every))
    for entry in batch.entries:
        said = entry.payload
        try:
            people.unit(entry)
            she = people.alive(said.woman, said.since, entry, "since")
            he = people.alive(said.man, said.since, entry, "since")
            if she.sex != 2 or he.sex != 1:
                raise NotAPair()
            pair = people.root(said.woman), people.root(said.man)
            for row in held.rows():
                here = people.root(row["woman_id"]), people.root(row["man_id"])
                if row["until"] is None and here == pair:
                    raise CoupleAlready(since=row["since"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.write({
            "id": entry.id, "woman_id": said.woman, "man_id": said.man, "unit_id": entry.unit,
            "since": said.since, "until": None, "author_id": entry.author,
            "received_at": entry.received_at,
        })  # fmt: skip
    held.post()


@applies(PartCouple)
def part(batch: Batch[PartCouple]) -> None:
    """End couples from a day on."""
    held = Held(Couple, Couple.objects.filter(pk__among={e.payload.couple for e in batch.entries}))
    people = People((), batch.entries[0].happened_on)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _couple(held, people, entry, said.couple)
            if row["until"] is not None:
                raise PartedAlready(until=row["until"])
            if said.until < row["since"]:
                raise BeforeTheCouple(on=said.until, since=row["since"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.write(row | {"until": said.until})
    held.post()


@applies(AdviseCouple)
def advise(batch: Batch[AdviseCouple]) -> None:
    """Keep that couples were counselled, and results of tests of the unborn."""
    held = Held(Couple, Couple.objects.filter(pk__among={e.payload.couple for e in batch.entries}))
    people = People((), batch.entries[0].happened_on)
    advice = Held(CoupleAdvice)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _couple(held, people, entry, said.couple)
            if said.on < row["since"]:
                raise BeforeTheCouple(on=said.on, since=row["since"])
            today = day_of(entry.received_at)
            if said.on > today:
                raise InTheFuture(field="on", on=said.on, today=today)
            if (said.what == "prenatal") != bool(said.result):
                raise ResultUnsaid()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        advice.write({
            "id": entry.id, "couple_id": row["id"], "unit_id": row["unit_id"], "on": said.on,
            "what": said.what, "result": said.result, "method": said.method.strip(),
            "note": said.note.strip(), "author_id": entry.author, "received_at": entry.received_at,
        })  # fmt: skip
    advice.post()


def _couple(
    held: Held, people: People, entry: Entry[PartCouple] | Entry[AdviseCouple], id: UUID
) -> Row:
    row = held.get(id)
    if row is None or not people.may(entry, row["unit_id"]):
        raise UnknownCouple(couple=id)
    return row
