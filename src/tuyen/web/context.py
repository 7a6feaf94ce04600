"""What every page of the console needs to know."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from tuyen import __version__
from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.rules.access import role_table
from tuyen.web import nav


class Shell(NamedTuple):
    """The frame round a screen: menu, user, clock, and whether this is a demonstration."""

    nav: list[nav.Group]
    dock: list[nav.Entry]
    palette_url: str
    user: str
    post: str
    account_url: str
    sign_out_url: str
    demo: bool
    drill: str
    node: str
    version: str
    now: datetime
    today: date
    home_url: str = "/"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template variables ``shell`` and ``actor``; no query beyond what the middleware made."""
    actor: Actor | None = getattr(request, "actor", None)
    groups = nav.menu(actor, request.path) if actor else []
    entries = [entry for group in groups for entry in group.items]
    return {
        "actor": actor,
        "shell": Shell(
            nav=groups,
            dock=entries[: nav.DOCK],
            palette_url=reverse("palette") if actor and _known("palette") else "",
            user=actor.name if actor else "",
            post=_post(actor, getattr(request, "LANGUAGE_CODE", "vi")),
            account_url=reverse("account") if actor else "",
            sign_out_url=reverse("sign-out") if actor else "",
            demo=clock.is_demo(),
            drill="",
            node="",
            version=__version__,
            now=clock.now(),
            today=clock.today(),
        ),
    }


def _known(name: str) -> bool:
    return bool(nav._href(name))


def _post(actor: Actor | None, language: str) -> str:
    """The names of the posts held, in the reader's language."""
    if actor is None:
        return ""
    roles = role_table().roles
    key = {"zh-hans": "zh"}.get(language, language)
    return ", ".join(roles[post.role].name[key] for post in actor.posts if post.role in roles)
