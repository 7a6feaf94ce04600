"""The words of governance: lines, levels, packages, sources, stages, money, in the reader's language."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tuyen.apps.governance.queries import Cell
from tuyen.kernel.operation import Outcome
from tuyen.kernel.refusal import Refusal, StoredRefusal
from tuyen.rules import governance as rules
from tuyen.rules import supply as floors
from tuyen.web.sentences import say
from tuyen.web.templatetags.figures import number

LEVEL: Mapping[str, Any] = {
    "good": _("as it should be"),
    "part": _("in part"),
    "none": _("not there"),
    "unknown": _("not known yet"),
}
LEVEL_TONE = {"good": "good", "part": "warn", "none": "bad", "unknown": "plain"}
LEVEL_SIGN = {"good": "●", "part": "◐", "none": "○", "unknown": "?"}
SOURCE: Mapping[str, Any] = {
    "review": _("review of the site"),
    "register": _("equipment register"),
    "tablets": _("tablets enrolled"),
    "supervision": _("supervision visit"),
    "visits": _("visits recorded"),
    "claims": _("claims sent"),
}
STATE: Mapping[str, Any] = {
    "proposed": _("waits for approval"),
    "running": _("approved, under way"),
    "refused": _("not approved"),
    "closed": _("the project is closed"),
    "waits": _("waits for approval"),
    "in-force": _("in force"),
    "replaced": _("replaced"),
}
STATE_TONE = {"proposed": "warn", "running": "good", "refused": "bad", "closed": "calm",
              "waits": "warn", "in-force": "good", "replaced": "plain"}  # fmt: skip
FLAG: Mapping[str, Any] = {
    "slow": _("slow: paid less than planned"),
    "late": _("late: past its end"),
}
SAID: Mapping[str, Any] = {
    "exact": _("exactly"),
    "over": _("more than"),
    "about": _("about"),
    "under": _("under"),
}
WHY: Mapping[str, Any] = {
    "money": _("no source that may pay has so much left"),
    "source": _("no source with money may pay for it"),
    "covered": _("another work lifts the same lines"),
}
_FIELDS = {
    "source": _("source of money"),
    "package": _("kind of work"),
    "stage": _("stage"),
    "phases": _("stage"),
    "planned": _("planned payments"),
    "funding": _("amount of a source"),
    "foreign": _("foreign amount"),
    "rate": _("exchange rate"),
    "cost": _("cost of a work"),
    "amount": _("amount"),
    "value": _("value of the contract"),
    "works": _("works"),
    "line": _("line of readiness"),
}


def language() -> str:
    found = get_language() or "vi"
    return {"zh-hans": "zh"}.get(found, found)


def told(names: Mapping[str, str]) -> str:
    """A name of the rules in the reader's language."""
    return names.get(language(), names["vi"])


def line(key: str) -> str:
    found = rules.lines().get(key)
    return told(found.name) if found else key


def package(key: str) -> str:
    found = rules.packages().get(key)
    return told(found.name) if found else key


def source(key: str) -> str:
    found = rules.sources().get(key)
    return told(found.name) if found else key


def stage(key: str) -> str:
    found = rules.stages().get(key)
    return told(found) if found else key


def kind(code: str) -> str:
    found = floors.equipment_kind(code)
    return found.name(language()) if found else code


def programme(key: str) -> str:
    return next((told(one.name) for one in rules.programmes() if one.key == key), key)


def money(amount: Decimal | float | None, said: str = "exact") -> str:
    """VND as people say it: billions and millions; the word of the figure before it."""
    if amount is None:
        return "–"
    value = Decimal(amount)
    if value >= 1_000_000_000:
        text = gettext("{n} billion VND").format(n=_short(value / 1_000_000_000))
    elif value >= 1_000_000:
        text = gettext("{n} million VND").format(n=_short(value / 1_000_000))
    else:
        text = gettext("{n} VND").format(n=number(value, 0))
    return text if said == "exact" else f"{SAID[said]} {text}"


def _short(value: Decimal) -> str:
    digits = 0 if value == value.to_integral_value() else 1 if value >= 100 else 2
    return number(value, digits)


def millions(amount: float | None) -> str:
    """Million VND of the rules as money."""
    return money(None if amount is None else Decimal(str(amount)) * 1_000_000)


def counted(cell: Cell) -> str:
    """What was counted for a cell, in words."""
    n = cell.counted
    if n is None:
        return ""
    if cell.source == "visits":
        return ngettext("{n} visit", "{n} visits", n).format(n=number(n))
    if cell.source == "claims":
        return ngettext("{n} claim", "{n} claims", n).format(n=number(n))
    if cell.source == "tablets":
        return ngettext("{n} tablet", "{n} tablets", n).format(n=number(n))
    return ngettext("{n} kind fit for use", "{n} kinds fit for use", n).format(n=number(n))


def shown(cell: Cell, on: Any) -> dict[str, Any]:
    """A cell as the pages show it."""
    return {
        "key": cell.line, "name": line(cell.line), "level": cell.level, "word": LEVEL[cell.level],
        "tone": LEVEL_TONE[cell.level], "sign": LEVEL_SIGN[cell.level],
        "source": SOURCE.get(cell.source, ""), "on": cell.on, "count": counted(cell),
        "old": cell.old(on),
    }  # fmt: skip


def said(refusal: Refusal | Outcome) -> str:
    """A refusal as a sentence: sources, packages, stages and fields by their names, money in full."""
    if isinstance(refusal, Outcome):
        refusal = refusal.refusal()
    named: dict[str, Any] = {}
    for key, value in refusal.values.items():
        if key == "field":
            named[key] = str(_FIELDS.get(str(value), value))
        elif key == "source":
            named[key] = source(str(value))
        elif key == "package":
            named[key] = package(str(value))
        elif key in ("amount", "paid", "more", "cost", "planned", "total", "gives"):
            named[key] = number(Decimal(str(value)))
        elif key == "known":
            named[key] = ", ".join(source(one) for one in str(value).split(", "))
    return say(StoredRefusal(refusal.code, refusal.message, {**refusal.values, **named}))


def as_uuid(text: Any) -> UUID | None:
    """An id as an address or a form carries it; None for anything else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
