"""What the forms of the room have in common: days, posts, what is shown, the way to the journal."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.workforce.operations import Post, Shown
from tuyen.apps.workforce.places import WORKPLACES
from tuyen.kernel.operation import Operation, Payload
from tuyen.web.access import ActorRequest
from tuyen.web.typed import whole
from tuyen.web.workforce import words

YEARS = range(1900, 2200)


class Wrong(Exception):
    """A form cannot be read; says what to mend."""


def send(request: ActorRequest, *sent: tuple[Payload, UUID], id: UUID | None = None) -> list[str]:
    """Commit operations, each with its unit; the sentences of those that were refused."""
    now = clock.now()
    operations = [
        Operation.of(
            payload, unit=unit, happened_on=now.date(), recorded_at=now,
            id=id if number == 0 else None,
        )
        for number, (payload, unit) in enumerate(sent)
    ]  # fmt: skip
    receipts = commit(by=request.actor, operations=operations, at=now)
    return [words.said(r.refusal) for r in receipts if r.refusal is not None]


def units(request: ActorRequest, right: str) -> list[tuple[UUID, str]]:
    """Facilities at which people work, over which the reader has a right; one's own first."""
    on, map_ = clock.today(), registry.atlas()
    scope = policies.scope(request.actor, right)
    own = {post.unit for post in request.actor.posts}
    found = [(id, map_.full_name(id, on)) for id in map_.units(WORKPLACES, on) if scope.covers(id)]
    return sorted(found, key=lambda one: (one[0] not in own, one[1]))


def day(text: str, label: str, *, needed: bool = True) -> date | None:
    """A day as it is typed, 07/03/2026, or as a browser sends it. A year that nobody lives to see, or that
    nobody at work was born in, is a slip of the hand."""
    text = text.strip()
    if not text and not needed:
        return None
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        if found.year in YEARS:
            return found
    raise Wrong(_("{label}: “{value}” is no day; write it as 07/03/2026.").format(
        label=label, value=text[:40]
    ))  # fmt: skip


def said(given: Any, name: str, most: int = 500) -> str:
    return str(given.get(name, "")).strip()[:most]


def post(given: Any) -> Post:
    """The post that a form describes.

    Raises
    ------
    Wrong
        If a day or the share cannot be read.
    """
    since = day(given.get("since", ""), _("At this post since"))
    percent = whole(given.get("percent", "100") or "100")
    if percent is None or not 1 <= percent <= 100:
        raise Wrong(_("The share of a post is a whole number from 1 to 100."))
    return Post(
        cadre=said(given, "cadre", 40), since=since or date.min,
        position=said(given, "position", 40) or "staff",
        contract=said(given, "contract", 40) or "permanent", percent=percent,
        main=given.get("main", "yes") == "yes",
        until=day(given.get("until", ""), _("Until before"), needed=False),
    )  # fmt: skip


def shown(given: Any, prefix: str = "") -> Shown:
    """What somebody has to show, as a form describes it; see :func:`post`."""
    kind = said(given, f"{prefix}kind", 40)
    what = said(given, f"{prefix}what", 120)
    hours = said(given, f"{prefix}hours", 10)
    since = day(given.get(f"{prefix}since", ""), _("Since"))
    return Shown(
        kind=kind, what=what, since=since or date.min, number=said(given, f"{prefix}number", 60),
        scope=said(given, f"{prefix}scope"), issuer=said(given, f"{prefix}issuer", 200),
        until=day(given.get(f"{prefix}until", ""), _("Until before"), needed=False),
        hours=_hours(hours),
    )  # fmt: skip


def _hours(text: str) -> int | None:
    hours = whole(text) if text else None
    if text and (hours is None or not 1 <= hours <= 2000):
        raise Wrong(_("Hours of training are a whole number from 1 to 2000."))
    return hours


def phone(given: Any) -> str:
    """A telephone number of digits, spaces, dots and dashes."""
    text = said(given, "phone", 20)
    if not set(text) <= set("0123456789+ .-"):
        raise Wrong(_("A telephone number has digits only; “{value}” has not.").format(value=text))
    return text


def name(given: Any) -> str:
    text = said(given, "name", 120)
    if len(text) < 2:
        raise Wrong(_("Write the whole name."))
    return text


def sex(given: Any) -> Any:
    return given.get("sex") if given.get("sex") in ("male", "female") else "unknown"


def reason(given: Any, field: str = "reason") -> str:
    text = said(given, field)
    if len(text) < 3:
        raise Wrong(_("Say why; whoever reads the file will ask."))
    return text
