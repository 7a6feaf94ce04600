"""Back to the list from which an answer was sent."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tuyen.web.access import ActorRequest


def back_to_a_list(request: ActorRequest) -> str:
    """The list from which an action was sent, if it is one of ours; else nothing."""
    to = request.POST.get("next", "")
    ours = to.startswith((reverse("signals"), reverse("board")))
    hosts = {request.get_host()}
    if ours and url_has_allowed_host_and_scheme(to, hosts, request.is_secure()):
        return to
    return ""
