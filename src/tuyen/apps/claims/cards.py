"""Cards that the portal has not confirmed yet are asked about again until it answers.

A visit goes on without the portal. Its claim says that the entitlement is not confirmed; the program
asks when it offers files, the oldest visit first, one question at a time. While the portal is silent
the first of them waits, less and less often, and all others behind it. Every question is written down
with its times, answered or not: that is the evidence of a facility that could not look.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.clock import pause
from tuyen.apps.claims.models import Claim
from tuyen.apps.claims.models.claims import UNSENT
from tuyen.apps.claims.operations import CardTry, RecordCards
from tuyen.apps.claims.portal import Down, Shut
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.claims.cards import card_days, verdict
from tuyen.kernel.operation import Operation
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.claims.lookup import says

AT_ONCE = 200
KEPT = (
    "maThe", "gtTheTu", "gtTheDen", "maDKBD", "maKV", "ngayDu5Nam", "maTheMoi", "gtTheTuMoi",
    "gtTheDenMoi", "maDKBDMoi",
)  # fmt: skip
"""What of an answer is kept: what it says of the card. Its list of earlier visits is not."""


class Knows(Protocol):
    """Who is asked about a card."""

    def card(self, code: str, name: str, born: str) -> dict[str, Any]: ...


class Question(NamedTuple):
    """What is asked for the claim of a visit; ``born`` as dd/mm/yyyy."""

    claim: Claim
    card: str
    name: str
    born: str


class Asked(NamedTuple):
    """What a run came to; ``without``: claims of which nothing can be asked, for no card is on record.
    ``stopped``: why it stopped before the end."""

    good: int
    bad: int
    left: int
    without: int
    stopped: str


def run(
    portal: Knows, now: Callable[[], datetime], *, most: int = 2_000, at_once: bool = False
) -> Asked:
    """Ask about every card that is not confirmed, of claims that were not sent, until the portal is
    away. ``at_once`` asks also before the pause after the last silence is over."""
    due = Claim.objects.filter(entitlement="due", state__in=UNSENT)
    if not at_once and due.filter(ask_at__gt=now()).exists():
        return Asked(0, 0, due.count(), 0, "pause")
    good = bad = without = 0
    by = Actor.program(now().astimezone(VIETNAM).date())
    for some in _pieces(due, most):
        held = questions(by, some)
        without += len(some) - len(held)
        for question in held:
            one = ask(portal, question, now)
            if not one.verdict:
                return Asked(good, bad, due.count(), without, one.outcome)
            good, bad = good + (one.verdict == "good"), bad + (one.verdict == "bad")
    return Asked(good, bad, due.count(), without, "")


def questions(by: Actor, claims: Sequence[Claim]) -> list[Question]:
    """What is asked for these claims, of those with a card: four queries."""
    roots = registry.canonical({claim.person_id for claim in claims})
    wanted = set(roots.values())
    people = registry.people(by=by, ids=wanted)
    covers = registry.covers(by=by, ids=wanted)
    visits = clinical.visits(by=by, ids={claim.pk for claim in claims})
    found = []
    for claim in claims:
        person = people.get(roots[claim.person_id])
        named = visits[claim.pk].card if claim.pk in visits else ""
        card = named or _card(covers.get(roots[claim.person_id], ()), claim.day)
        if card and person is not None:
            found.append(Question(claim, card[:20], person.name, f"{person.born_on:%d/%m/%Y}"))
    return found


def ask(
    portal: Knows, question: Question, now: Callable[[], datetime], by: UUID | None = None
) -> CardTry:
    """Ask once and write down what came back. ``by``: who wanted to know, if a person did."""
    at, answer = now(), None
    outcome: Literal["answered", "down", "shut"] = "answered"
    message = ""
    try:
        answer = portal.card(question.card, question.name, question.born)
    except Down as failure:
        outcome, message = "down", str(failure)
    except Shut as failure:
        outcome, message = "shut", str(failure)
    code = str((answer or {}).get("maKetQua", ""))[:40]
    told: Literal["", "good", "bad"] = ""
    if answer is not None:
        told = verdict(says(code), *card_days(answer), question.claim.day)  # type: ignore[assignment]
        if not told:  # nothing of the card: the call itself was at fault
            outcome, message = "shut", str(answer.get("ghiChu") or answer.get("thongDiep") or "")
    one = CardTry(
        claim=question.claim.pk, card=question.card, name=question.name[:200], born=question.born,
        at=at, answered_at=now() if answer is not None else None, outcome=outcome, answer=code,
        verdict=told, message=message[:500], asked_by=by,
        facts={n: str(answer[n])[:100] for n in KEPT if answer.get(n)} if answer else {},
        again_at=None if told else at + pause(question.claim.asks),
    )  # fmt: skip
    on = at.astimezone(VIETNAM).date()
    operation = Operation.of(
        RecordCards(tries=(one,)), unit=question.claim.unit_id, happened_on=on, recorded_at=at
    )
    commit(by=Actor.program(on), operations=[operation], at=at)
    return one


def unasked(by: Actor, first: date, last: date) -> list[Question]:
    """What is asked for claims of visits of a span whose card is not confirmed, the oldest first."""
    due = Claim.objects.filter(entitlement="due", day__range=(first, last))
    return [one for some in _pieces(due, 100_000) for one in questions(by, some)]


def question_of(by: Actor, claim: UUID) -> Question | None:
    """What is asked for one claim, as far as its reader may read; None where there is nothing to ask."""
    held = Claim.objects.filter(pk=claim).first()
    return next(iter(questions(by, [held])), None) if held is not None else None


def _card(covers: Collection[Any], day: date) -> str:
    """The card that holds on a day; else the last on record."""
    held = [cover.card for cover in covers if cover.holds(day)]
    return (held or [cover.card for cover in covers] or [""])[-1]


def _pieces(due: Any, most: int) -> Iterator[list[Claim]]:
    """Claims in the order in which their visits ended, some at a time."""
    ids = list(due.order_by("ended_at", "id").values_list("pk", flat=True)[:most])
    for n in range(0, len(ids), AT_ONCE):
        rows = {row.pk: row for row in Claim.objects.filter(pk__among=set(ids[n : n + AT_ONCE]))}
        yield [rows[id] for id in ids[n : n + AT_ONCE] if id in rows]
