"""Who is at the door: every view names the right it takes, and unknown means no."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.deprecation import MiddlewareMixin

from tuyen.apps.access import clock, policies, queries, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import TooMuchRead
from tuyen.web.access import proofs
from tuyen.web.sentences import say

PUBLIC = "public"
SIGNED_IN = "signed-in"

View = Callable[..., HttpResponse]


class ActorRequest(HttpRequest):
    """A request behind :func:`screen`: it has an actor, and a mark of what its session proved.

    ``waiting`` is the actor again when the post asks for a stronger second factor first.
    """

    actor: Actor
    waiting: Actor | None
    mark: proofs.Mark


class ActorMiddleware(MiddlewareMixin):
    """Puts the actor on the request: the posts held today, read afresh each time.

    A closed account, a session left alone for longer than ``IDLE_MINUTES``, and one that never
    proved the second factor its account has, end here. Whose post asks for more than the session
    proved is ``waiting``: only one's own security page is open.
    """

    def process_request(self, request: HttpRequest) -> None:
        user = request.user
        request.actor = request.waiting = request.mark = None  # type: ignore[attr-defined]
        if not user.is_authenticated:
            return
        mark = None
        if user.closed_on is None and not _left_alone(request):
            mark = proofs.read(request, user)
        if mark is None:
            logout(request)
            return
        actor = queries.actor(user, on=clock.today(), channel="web").proving(proofs.is_fresh(mark))
        purpose = request.session.get("purpose")
        actor = actor.stating(purpose) if purpose else actor
        request.mark = mark  # type: ignore[attr-defined]
        if proofs.is_enough(mark, actor):
            request.actor = actor  # type: ignore[attr-defined]
            walls.let_in(actor)
        else:
            request.waiting = actor  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Whoever has read enough within the hour is told so, on whichever screen it happens."""
        if not isinstance(error, TooMuchRead):
            return None
        return render(request, "access/too_much_read.html", {"said": say(error)}, status=429)


def _left_alone(request: HttpRequest) -> bool:
    """Whether the last request of this session is too long ago; else note this one, by the minute."""
    now = int(clock.real_now().timestamp()) // 60
    last = request.session.get("minute")
    if last is not None and now - last >= settings.IDLE_MINUTES:
        return True
    if last != now:
        request.session["minute"] = now
    return False


def screen(*, right: str, waiting: bool = False) -> Callable[[View], View]:
    """Declare the right a view takes: a right's name, :data:`SIGNED_IN` or :data:`PUBLIC`.

    Somebody without it gets the same answer as for an address that does not exist. A house test
    walks all routes and fails on a view without this. ``waiting`` views are open to somebody who
    has yet to add the second factor that their post asks for.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = None if right == PUBLIC else _turned_away(request, right, waiting)
            return refusal or view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return declare


def _turned_away(request: HttpRequest, right: str, waiting: bool) -> HttpResponse | None:
    """Where somebody is sent instead of the screen; None when they may enter."""
    held_back: Actor | None = request.waiting  # type: ignore[attr-defined]
    if held_back is not None:
        if not waiting:
            return redirect("security")
        request.actor = held_back  # type: ignore[attr-defined]
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is None:
        return redirect_to_login(request.get_full_path())
    if right == SIGNED_IN:
        return None
    if not policies.may(actor, right):
        raise Http404
    if not proofs.is_strong(request, right):
        from tuyen.web.access.second_factor import ask_for_passkey

        return ask_for_passkey(request)
    return None
