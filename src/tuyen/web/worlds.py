"""The mark of a drill on everything that is answered, and the wall between it and reality."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext

from tuyen.apps.access import world
from tuyen.apps.access.problems import problem
from tuyen.apps.journal import queries as journal

HEADER = "Tuyen-World"
MISDIRECTED = 421


class OneWorld:
    """Refuses a request of another world before anything reads it, and names this one's.

    The store is asked once in a process which world it is of: reality's program shows no drill as
    if it were real, whatever somebody wrote into its environment.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response
        self._checked: str | None = None

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        ours = world.header()
        try:
            world.check_header(request.headers.get(HEADER), silent_is_real=_by_program(request))
            if self._checked != ours:
                world.check(journal.drill())
                self._checked = ours
        except world.OtherWorld as refusal:
            response: HttpResponseBase = _refused(refusal)
        else:
            response = self._answer(request)
        response[HEADER] = ours
        if ours != world.REAL and (given := response.get("Content-Disposition", "")):
            response["Content-Disposition"] = iri_to_uri(given).replace(
                'filename="', 'filename="DIEN-TAP-DRILL-', 1
            )
        return response


def _by_program(request: HttpRequest) -> bool:
    """Whether a program or a tablet asks: those name their world, or are of reality. A person's
    browser names none, and is told by the screen where it is."""
    return request.path.startswith("/api/")


def _refused(refusal: world.OtherWorld) -> HttpResponse:
    return problem(refusal.as_dict(), detail=refusal.spoken(gettext), status=MISDIRECTED)
