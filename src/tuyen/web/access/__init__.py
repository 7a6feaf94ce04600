"""Who is at the door: every view names the right it takes, and unknown means no."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from tuyen.apps.access import clock, policies, queries
from tuyen.apps.access.actors import Actor

PUBLIC = "public"
SIGNED_IN = "signed-in"

View = Callable[..., HttpResponse]


class ActorRequest(HttpRequest):
    """A request behind :func:`screen`: it has an actor."""

    actor: Actor


class ActorMiddleware(MiddlewareMixin):
    """Puts the actor on the request: the posts held today, read afresh each time.

    A closed account, and a session left alone for longer than ``IDLE_MINUTES``, end here.
    """

    def process_request(self, request: HttpRequest) -> None:
        user = request.user
        request.actor = None  # type: ignore[attr-defined]
        if not user.is_authenticated:
            return
        if user.closed_on is not None or _left_alone(request):
            logout(request)
            return
        actor = queries.actor(user, on=clock.today(), channel="web")
        purpose = request.session.get("purpose")
        request.actor = actor.stating(purpose) if purpose else actor  # type: ignore[attr-defined]


def _left_alone(request: HttpRequest) -> bool:
    """Whether the last request of this session is too long ago; else note this one, by the minute."""
    now = int(clock.real_now().timestamp()) // 60
    last = request.session.get("minute")
    if last is not None and now - last >= settings.IDLE_MINUTES:
        return True
    if last != now:
        request.session["minute"] = now
    return False


def screen(*, right: str) -> Callable[[View], View]:
    """Declare the right a view takes: a right's name, :data:`SIGNED_IN` or :data:`PUBLIC`.

    Somebody without it gets the same answer as for an address that does not exist. A house test
    walks all routes and fails on a view without this.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if right != PUBLIC:
                actor: Actor | None = request.actor  # type: ignore[attr-defined]
                if actor is None:
                    return redirect_to_login(request.get_full_path())
                if right != SIGNED_IN and not policies.may(actor, right):
                    raise Http404
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return declare
