"""What stands in each column of a book of a line that is no visit: a birth, a step of contraception, a
death, a dose, a talk, a day of advice."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tuyen.apps.registry import queries as registry
from tuyen.rules.clinical import deaths, family_planning, talks
from tuyen.rules.clinical import pregnancy as rules
from tuyen.web.clinical.care_sending import word
from tuyen.web.immunization import words as vaccine_words
from tuyen.web.templatetags.figures import number

APART = "‡"
"""Stands where something stands apart that the reader may not open."""

Told = Mapping[str, Any]


def told(source: str, said: Told, field: str) -> str:
    """The text of a column; "" of one that this line says nothing of."""
    cells = {
        "births": _BIRTH, "contraception": _STEP, "deaths": _DEATH, "doses": _DOSE,
        "talks": _TALK, "advice": _ADVICE,
    }.get(source, {})  # fmt: skip
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


def _place_of_death(said: Told) -> str:
    place = word(deaths.words("place"), said["place"]) if said["place"] else ""
    return ", ".join(filter(None, (place, said["place_name"])))


def _cause(said: Told) -> str:
    return APART if said["shut"] else " ".join(filter(None, (said["cause"], said["cause_words"])))


def _certified(said: Told) -> str:
    by = word(deaths.words("certified_by"), said["certified_by"]) if said["certified_by"] else ""
    return ", ".join(filter(None, (by, said["certifier"])))


def _yes_no(value: bool | None) -> str:
    return "" if value is None else _("Yes") if value else _("No")


def _maternal(said: Told) -> str:
    if said["mother"] in deaths.MOTHERS:
        return word(deaths.words("mother"), said["mother"])
    return _("Yes") if said["maternal"] else ""


_DEATH: dict[str, Callable[[Told], str]] = {
    "died_at": _place_of_death,
    "cared": lambda said: _yes_no(said["cared"]),
    "cause": _cause,
    "certified": _certified,
    "maternal": _maternal,
    "note": lambda said: said["note"] or "",
}
_DOSE: dict[str, Callable[[Told], str]] = {
    "vaccine": lambda said: vaccine_words.vaccine_name(said["vaccine"]),
    "dose": lambda said: _text(said["number"]),
    "lot": lambda said: said["lot"],
    "injected": lambda said: _listed("site", said["site"]),
    "given_at": lambda said: _listed("place-kind", said["place_kind"]),
    "drive": lambda said: _listed("programme", said["programme"]),
    "vaccinator": lambda said: said["vaccinator"],
    "note": lambda said: said["note"],
}


def _listed(name: str, code: str) -> str:
    return vaccine_words.listed(name, code) if code else ""


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


def topic(said: Told) -> str:
    """What a talk was about: the word of the rule, and the words that say more."""
    return ": ".join(
        filter(None, (word(talks.words("topics"), said["topic"]), said["topic_words"]))
    )


def talk_place(said: Told) -> str:
    """Where a talk was given: a village or commune of the map, else the house of the unit, and the
    words that say more."""
    place = registry.atlas().full_name(said["place"] or said["unit"], said["on"])
    return ", ".join(filter(None, (place, said.get("place_name", ""))))


def reached(said: Told) -> str:
    """How many people were there; a dash where they cannot be counted."""
    return number(said["reached"]) if said["reached"] else "–"


_TALK: dict[str, Callable[[Told], str]] = {
    "talk_form": lambda said: word(talks.words("forms"), said["form"]),
    "topic": topic,
    "talk_place": talk_place,
    "reached": reached,
    "speaker": lambda said: said["speaker"],
    "note": lambda said: said["note"],
}
_ADVICE: dict[str, Callable[[Told], str]] = {
    "talk_form": lambda _said: word({"individual": talks.individual()}, "individual"),
    "talk_place": lambda said: talk_place({**said, "place": None}),
    "reached": reached,
    "speaker": lambda said: said["speaker"],
    "note": lambda _said: _("counted from the visits"),
}
