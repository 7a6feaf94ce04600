"""Pages of no room: the first page, the language switch."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.i18n import set_language as django_set_language

from tuyen.web.access import PUBLIC, SIGNED_IN, ActorRequest, screen
from tuyen.web.shell import destinations

set_language = screen(right=PUBLIC)(django_set_language)
"""Remember the language in a cookie and go back to the same page (POST ``language``, ``next``)."""


@screen(right=SIGNED_IN)
def home(request: ActorRequest) -> HttpResponse:
    """The first screen of the menu that this post may open."""
    stops = destinations(request)
    return redirect(stops[0].href if stops else "account")


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was left open too long, or sent from elsewhere: ask to try again."""
    from django.shortcuts import render

    return render(request, "403.html", {"reason": reason}, status=403)
