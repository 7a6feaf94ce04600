"""The parts of capital projects that a reader's post opens."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tuyen.apps.access import policies
from tuyen.apps.governance import queries
from tuyen.web.access import ActorRequest


def tabs(request: ActorRequest) -> list[tuple[str, str, str]]:
    """(key, label, href) of each part."""
    parts = [
        ("readiness", _("Readiness of stations"), "readiness", queries.READINESS),
        ("packages", _("Upgrade packages"), "packages", queries.PROPOSE),
        ("projects", _("Projects"), "projects", queries.READ),
        ("use", _("Equipment in use"), "equipment-use", queries.READINESS),
    ]
    return [(key, label, reverse(route)) for key, label, route, right in parts
            if policies.may(request.actor, right)]  # fmt: skip
