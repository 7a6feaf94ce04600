"""What stands in each column of a book of a line that is no visit: a birth, a step of contraception."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tuyen.rules.clinical import family_planning
from tuyen.rules.clinical import pregnancy as rules
from tuyen.web.clinical.care_sending import word

Told = Mapping[str, Any]


def told(source: str, said: Told, field: str) -> str:
    """The text of a column; "" of one that this line says nothing of."""
    cells = {"births": _BIRTH, "contraception": _STEP}.get(source, {})
    return cells[field](said) if field in cells else ""


def signs(keys: Iterable[str]) -> str:
    """Danger signs in words."""
    names = rules.words("words")
    return "; ".join(word(names, key) for key in keys)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _choice(name: str) -> Callable[[Told], str]:
    return lambda said: word(rules.choices(name), said[name])


def _child(said: Told) -> str:
    return {1: _("boy"), 2: _("girl")}.get(said["sex"], _("not known"))


def _born(said: Told) -> str:
    if not said["alive"]:
        return _("born dead")
    parts = [_("alive")]
    scores = [said[name] for name in ("apgar1", "apgar5") if said[name] is not None]
    if scores:
        parts.append("Apgar " + "/".join(map(str, scores)))
    return ", ".join([*parts, *filter(None, [said["malformation"]])])


def _newborn_care(said: Told) -> str:
    given = (("vitamin_k", _("Vitamin K")), ("breastfed", _("Breastfed within an hour")))
    return "; ".join(label for name, label in given if said[name])


def _method(said: Told) -> str:
    held = family_planning.methods().get(said["method"])
    return word({held.key: held.name}, held.key) if held else str(said["method"])


def _step(said: Told) -> str:
    names = {"start": _("start"), "supply": _("handed out again"), "follow-up": _("looked after"),
             "stop": _("stop")}  # fmt: skip
    return names.get(said["what"]) or str(said["what"])


def _effects(said: Told) -> str:
    effects, reasons = (family_planning.words(part) for part in ("side_effects", "stop_reasons"))
    keys = filter(None, said["side_effects"].split(","))
    parts = [word(effects, key) for key in keys]
    return "; ".join([*parts, *([word(reasons, said["reason"])] if said["reason"] else [])])


_BIRTH: dict[str, Callable[[Told], str]] = {
    "weeks": lambda said: _text(said["weeks"]),
    "gravida": lambda said: _text(said.get("gravida")),
    "para": lambda said: _text(said.get("para")),
    "mode": _choice("mode"),
    "place": _choice("place"),
    "attendant": _choice("attendant"),
    "child": _child,
    "birth_weight": lambda said: _text(said["weight"]),
    "born": _born,
    "newborn_care": _newborn_care,
    "note": lambda said: said["note"],
}
_STEP: dict[str, Callable[[Told], str]] = {
    "method": _method,
    "step": _step,
    "quantity": lambda said: _text(said["quantity"]),
    "effects": _effects,
    "note": lambda said: said["note"],
}
