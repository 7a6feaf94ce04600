"""The main navigation: which screens there are, and for whom."""

from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor


class Item(NamedTuple):
    """A screen in the menu. ``short`` is its word under an icon on a phone."""

    url: str
    right: str
    icon: str
    label: str
    short: str


GROUPS: list[tuple[str, list[Item]]] = [
    (_("Surveillance"), [
        Item("board", "surveillance.counts.read", "board", _("Province board"), pgettext_lazy("menu", "Board")),
        Item("signals", "surveillance.alarm.read", "signals", _("Signals"), pgettext_lazy("menu", "Signals")),
        Item("cases", "surveillance.case.read", "cases", _("Line list"), pgettext_lazy("menu", "Cases")),
        Item("case-new", "surveillance.case.report", "report", _("Report a case"), pgettext_lazy("menu", "Report")),
        Item("case-import", "surveillance.case.import", "import", _("Import a line list"), pgettext_lazy("menu", "Import")),
    ]),
    (_("Registry"), [
        Item("map", "registry.unit.read", "map", _("Dated map"), pgettext_lazy("menu", "Map")),
        Item("people", "registry.person.read", "person", _("People"), pgettext_lazy("menu", "People")),
    ]),
    (_("Trust"), [
        Item("operations", "journal.operation.read", "journal", _("Operations"), pgettext_lazy("menu", "Journal")),
        Item("refused", "journal.refused.repair", "warn", _("Refused operations"), pgettext_lazy("menu", "Refused")),
        Item("proof", "journal.verify", "verify", _("Proof of the journal"), pgettext_lazy("menu", "Proof")),
        Item("accounts", "access.account.manage", "users", _("Accounts and posts"), pgettext_lazy("menu", "Accounts")),
        Item("doctor", "system.doctor", "doctor", _("Doctor"), pgettext_lazy("menu", "Doctor")),
    ]),
]  # fmt: skip
DOCK = 4
"""How many screens stand under the thumb on a phone; the rest is behind "More"."""


class Entry(NamedTuple):
    label: str
    short: str
    href: str
    icon: str
    current: bool
    count: int | None = None


class Group(NamedTuple):
    label: str
    items: list[Entry]


def menu(actor: Actor, path: str) -> list[Group]:
    """The groups of screens that ``actor`` may open; the open one is the longest match."""
    rights = policies.rights(actor)
    allowed = [(label, [item for item in items if item.right in rights]) for label, items in GROUPS]
    hrefs = {item.url: _href(item.url) for _, items in allowed for item in items}
    known = [href for href in hrefs.values() if href]
    here = max((href for href in known if path == href or (href != "/" and path.startswith(href))),
               key=len, default="")  # fmt: skip
    groups = []
    for label, items in allowed:
        entries = [
            Entry(str(item.label), str(item.short), href, item.icon, href == here)
            for item in items
            if (href := hrefs[item.url])
        ]
        if entries:
            groups.append(Group(str(label), entries))
    return groups


def _href(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
