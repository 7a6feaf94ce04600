"""From what was typed about mothers and children to operations."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Answered, Measured, RecordVisit
from tuyen.apps.journal.services import NotAsOne, commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import PersonRow
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.zone import VIETNAM
from tuyen.web.access import ActorRequest
from tuyen.web.clinical import answers
from tuyen.web.clinical.care_pages import Cell, Table
from tuyen.web.sentences import say
from tuyen.web.templatetags.figures import day as shown_day


def send(
    request: ActorRequest, payloads: Sequence[Payload], unit: UUID, *, on: date | None = None,
    ids: Sequence[UUID] = (), by: Actor | None = None,
) -> list[str]:  # fmt: skip
    """Commit operations that stand or fall as one: a child's record and its birth. The sentences of
    what was refused, none when all were taken."""
    now = clock.now()
    operations = [
        Operation.of(payload, unit=unit, happened_on=on or clock.today(), recorded_at=now,
                     id=ids[n] if n < len(ids) else None)
        for n, payload in enumerate(payloads)
    ]  # fmt: skip
    receipts = commit(by=by or request.actor, operations=operations, at=now, as_one=True)
    return [
        say(answers.labelled(one.refusal.refusal()))
        for one in receipts
        if one.refusal is not None and one.refusal.code != NotAsOne.code
    ]


def own_unit(
    request: ActorRequest, wanted: UUID | None = None, right: str = queries.RECORD
) -> UUID:
    """The unit in whose name the reader writes: the one wanted, else their first that may."""
    by = request.actor.stating("care")
    if wanted is not None and policies.may(by, right, wanted):
        return wanted
    for post in request.actor.posts:
        if policies.may(by, right, post.unit):
            return post.unit
    raise Http404


def for_care(request: ActorRequest) -> Actor:
    """The reader with care as the purpose, who may then read what stands apart; else no such page."""
    by = request.actor.stating("care")
    if not policies.may(by, queries.SENSITIVE):
        raise Http404
    return by


def may_open(request: ActorRequest, unit: UUID) -> bool:
    """Whether what stands apart at a unit opens once the reader says that it is for care."""
    return policies.may(request.actor.stating("care"), queries.SENSITIVE, unit)


def may_record(request: ActorRequest) -> bool:
    """Whether any form is to be shown."""
    return policies.may(request.actor, queries.RECORD)


def person_or_404(request: ActorRequest, id: UUID, subject: str = "clinical.care") -> PersonRow:
    """A person whom the reader may read; that their page was opened is written down."""
    id = registry.canonical({id}).get(id, id)
    row = registry.people(by=request.actor, ids=[id]).get(id)
    if row is None:
        raise Http404
    record_readings(by=request.actor, subject=subject, ids=[id], at=clock.now())
    return row


def seen(request: ActorRequest, people: Sequence[UUID | None]) -> None:
    """Write down whom a list named."""
    ids = list(dict.fromkeys(id for id in people if id is not None))
    if ids:
        record_readings(
            by=request.actor, subject="clinical.care", ids=[], beside=ids, at=clock.now()
        )


def lead_of(row: PersonRow) -> str:
    """Who it is, under the name."""
    born = shown_day(row.born_on)
    return " · ".join(filter(None, (_("born {day}").format(day=born), row.village, row.commune)))


def found(request: ActorRequest, text: str, href: str, sex: int | None = None) -> Table | None:
    """People found by name or number, each leading on; None where nothing was searched."""
    if not text.strip():
        return None
    rows = registry.search_people(by=request.actor, text=text)
    rows = [row for row in rows if row.died_on is None and (sex is None or row.sex in (sex, 3))]
    seen(request, [row.id for row in rows])
    return Table(
        title=_("People found"), columns=(_("Name"), _("Born"), _("Village")),
        rows=[(Cell(row.name, href.replace("0" * 8, str(row.id))), shown_day(row.born_on), row.village)
              for row in rows],
        empty=(_("Nobody was found"), _("Write more of the name, or register the person first.")),
    )  # fmt: skip


def day(text: str, fallback: date | None = None) -> date | None:
    """A day as it is typed, 07/03/2026, or as a browser sends it; the fallback for nothing."""
    if not text.strip():
        return fallback
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def number(text: str) -> Decimal | None:
    """A number with a comma or a point; None for anything else."""
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 100_000 else None


def bad_numbers(given: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    """Sentences about fields that hold something and no number."""
    return [
        _("{field}: {text} is no number; write it as 9.6.").format(
            field=label, text=given[name][:20]
        )
        for name, label in names.items()
        if given.get(name, "").strip() and number(given[name]) is None
    ]


def visit(
    person: UUID, on: date, given: Mapping[str, str], measures: Sequence[str], programme: str,
    asked: Sequence[str],
) -> RecordVisit:  # fmt: skip
    """A visit for a programme from what was typed: nothing of it is typed elsewhere."""
    sure = given.get("confirmed") == "yes"
    told = tuple(
        Measured(what=what, value=value, confirmed=sure)
        for what in measures if (value := number(given.get(what, ""))) is not None
    )  # fmt: skip
    fields = {name: given[name].strip() for name in asked if given.get(name, "").strip()}
    now = clock.now().astimezone(VIETNAM)
    at = now if on == now.date() else datetime.combine(on, time(8), VIETNAM)
    return RecordVisit(
        person=person, began_at=at, payer="programme", measured=told,
        answered=(Answered(programme=programme, fields=fields),),
    )  # fmt: skip


def word(names: Mapping[str, Mapping[str, str]], key: str) -> str:
    """The word of a key of a rule in the reader's language; the key where it has none."""
    said = names.get(key)
    if said is None:
        return key
    language = get_language() or "vi"
    return said.get("zh" if language.startswith("zh") else language, said["en"])


def words(names: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """All words of a rule in the reader's language."""
    return {key: word(names, key) for key in names}


def share(part: int, whole: int) -> str:
    """A share with its denominator: "75 % of 8"."""
    if not whole:
        return "–"
    return _("{share} % of {whole}").format(share=round(100 * part / whole), whole=whole)
