"""The parts of the network that a reader's post opens."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tuyen.apps.access import policies
from tuyen.apps.network import queries
from tuyen.web.access import ActorRequest


def tabs(request: ActorRequest) -> list[tuple[str, str, str]]:
    """(key, label, href) of each part."""
    parts = [
        ("sites", _("Review of sites"), "network-sites", queries.READ),
        ("map", _("Network map"), "network-map", queries.READ),
        ("plans", _("Plans"), "network-plans", queries.READ_PLANS),
        ("frontier", _("Frontier"), "network-frontier", queries.EDIT),
        ("norms", _("Norms"), "network-norms", queries.READ),
    ]
    return [(key, label, reverse(route)) for key, label, route, right in parts
            if policies.may(request.actor, right)]  # fmt: skip
