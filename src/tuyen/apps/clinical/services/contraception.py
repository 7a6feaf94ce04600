"""What was told of a person's contraception; who uses what follows from the steps that stand."""

from uuid import UUID

from tuyen.apps.clinical.models import ContraceptionStep, Pregnancy
from tuyen.apps.clinical.operations import RecordContraception, VoidContraception
from tuyen.apps.clinical.refusals import (
    MethodOfTheOtherSex,
    NotInUse,
    PregnantNow,
    StepIsVoid,
    StopWithoutReason,
    UnknownMethod,
    UnknownStep,
)
from tuyen.apps.clinical.services.told import Held, People, Row
from tuyen.engines.clinical.contraception import Step, in_use
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import family_planning as rules


@applies(RecordContraception)
def record(batch: Batch[RecordContraception]) -> None:
    """Keep steps, each judged with those before it."""
    people = People((e.payload.person for e in batch.entries), batch.entries[0].happened_on)
    held = Held(ContraceptionStep, ContraceptionStep.objects.filter(person__id__among=people.every))
    pregnant = {
        people.root(row["person_id"]): row["begun_on"]
        for row in Held(Pregnancy, Pregnancy.objects.filter(person__id__among=people.every)).rows()
        if row["state"] == "open"
    }
    for entry in batch.entries:
        said = entry.payload
        try:
            people.unit(entry)
            person = people.alive(said.person, said.on, entry)
            _check_words(said, person.sex)
            root = people.root(said.person)
            if said.what == "start" and said.method != "condom":
                begun = pregnant.get(root)
                if begun is not None and begun <= said.on:
                    raise PregnantNow()
            steps = [row for row in held.rows() if people.root(row["person_id"]) == root]
            _check_use(said, steps)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.write(_row(entry))
    held.post()


def _check_words(said: RecordContraception, sex: int) -> None:
    method = rules.methods().get(said.method)
    if method is None:
        raise UnknownMethod(value=said.method, field="method", known=", ".join(rules.methods()))
    if method.sex and sex in (1, 2) and method.sex != sex:
        raise MethodOfTheOtherSex(method=said.method)
    effects = rules.words("side_effects")
    for one in said.side_effects:
        if one not in effects:
            raise UnknownMethod(value=one, field="side effect", known=", ".join(effects))
    reasons = rules.words("stop_reasons")
    if said.what == "stop" and said.reason not in reasons:
        raise StopWithoutReason(known=", ".join(reasons))


def _check_use(said: RecordContraception, rows: list[Row]) -> None:
    if said.what not in ("follow-up", "stop"):
        return
    use = in_use((step_of(row) for row in rows if row["state"] == "live"), said.on)
    if use is None or use.method != said.method:
        raise NotInUse(method=said.method, on=said.on)


def step_of(row: Row) -> Step:
    """A row as the engine reads it."""
    return Step(row["on"], row["what"], row["method"], row["covers"])


def _row(entry: Entry[RecordContraception]) -> Row:
    said = entry.payload
    lasts = rules.methods()[said.method].days
    covers = said.covers or lasts if said.what in ("start", "supply") and lasts else None
    return {
        "id": entry.id, "person_id": said.person, "unit_id": entry.unit, "on": said.on,
        "what": said.what, "method": said.method, "quantity": said.quantity, "covers": covers,
        "side_effects": ",".join(said.side_effects),
        "reason": said.reason if said.what == "stop" else "", "note": said.note.strip(),
        "state": "live", "void_reason": "", "author_id": entry.author,
        "received_at": entry.received_at,
    }  # fmt: skip


@applies(VoidContraception)
def void(batch: Batch[VoidContraception]) -> None:
    """Take steps out of all counts; their rows stay, with the reason."""
    held = Held(
        ContraceptionStep,
        ContraceptionStep.objects.filter(pk__among={e.payload.step for e in batch.entries}),
    )
    people = People((), batch.entries[0].happened_on)
    for entry in batch.entries:
        try:
            row = live_row(held, people, entry, entry.payload.step)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.write(row | {"state": "void", "void_reason": entry.payload.reason.strip()})
    held.post()


def live_row(held: Held, people: People, entry: Entry[VoidContraception], id: UUID) -> Row:
    """A row of the entry's unit that stands."""
    row = held.get(id)
    if row is None or not people.may(entry, row["unit_id"]):
        raise UnknownStep(step=id)
    if row["state"] != "live":
        raise StepIsVoid(reason=row["void_reason"])
    return row
