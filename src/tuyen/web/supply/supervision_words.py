"""The words of supervision: items of the checklist, scores, what the program knows."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tuyen.kernel.operation import Outcome
from tuyen.kernel.refusal import Refusal
from tuyen.rules import supply as rules
from tuyen.web.supply import words

FINDING: words.Words = {
    "open": _("not mended yet"),
    "answered": _("the station says: done"),
    "mended": _("mended"),
    "void": _("fell with its visit"),
}


def told(names: Mapping[str, str]) -> str:
    """A name of the rules in the reader's language."""
    return names.get(words.language(), names["vi"])


def item_name(key: str) -> str:
    """What an item of the checklist is called; its key where it left the list."""
    found = rules.check_items().get(key)
    return told(found.name) if found else key


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} %"


def change(now: float | None, before: float | None) -> str:
    """By how many points of a hundred a score rose or fell."""
    if now is None or before is None:
        return "–"
    return f"{now - before:+.0f}".replace("-", "−")


def due(next_on: date | None, on: date) -> str:
    """Whether a visit is due, in words."""
    if next_on is None:
        return gettext("never visited")
    days = (next_on - on).days
    if days > 0:
        return ngettext("in {n} day", "in {n} days", days).format(n=days)
    if days == 0:
        return gettext("today")
    return ngettext("{n} day late", "{n} days late", -days).format(n=-days)


def fact(name: str, amiss: int, of: int) -> str:
    """What the program knows beside an item."""
    sentences = {
        "expired": gettext("On record: {amiss} of {of} lots on the shelf are expired."),
        "faulty": gettext("On record: {amiss} of {of} pieces are out of order."),
        "calibration": gettext("On record: {amiss} of {of} pieces are beyond their check."),
        "readings": gettext("On record: {amiss} of {of} readings of 30 days are missing."),
        "excursions": gettext("On record: {of} excursions in 90 days, {amiss} not decided."),
    }
    return sentences[name].format(amiss=amiss, of=of) if name in sentences else ""


def said(refusal: Refusal | Outcome) -> str:
    """A refusal as a sentence, the items of the checklist by their names."""
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    key = str(refusal.values.get("item", ""))
    sentence = words.said(refusal)
    return sentence.replace(key, item_name(key)) if key in rules.check_items() else sentence
