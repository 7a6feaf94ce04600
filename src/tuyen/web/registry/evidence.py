"""Why two records may be one person's, in plain words."""

from typing import Any

from django.utils.translation import gettext as _

from tuyen.engines.registry.duplicates import LIKELY, Match
from tuyen.web.templatetags.figures import percent

_SUREST = 0.99
"""Nobody is told that it is certain: that is for people to find."""
_PARTS = ("family", "middle", "given")


def judged(match: Match) -> dict[str, Any]:
    """How sure it is, and what speaks for it and against it."""
    said = list(_said(match))
    return {
        "sure": f"> {percent(_SUREST, 0)}"
        if match.probability > _SUREST
        else percent(match.probability, 0),
        "likely": match.probability >= LIKELY,
        "word": _("Very likely one person")
        if match.probability >= LIKELY
        else _("Perhaps one person"),
        "for": [_weighed(text, weight) for text, weight, agrees in said if text and agrees],
        "against": [text for text, _weight, agrees in said if text and not agrees],
    }


def _weighed(text: str, weight: float) -> str:
    """An agreement that says little because many have it in common is told as such."""
    return text if weight > 1 else _("{text} (common here)").format(text=text)


def _said(match: Match) -> list[tuple[str, float, bool]]:
    """(words, bits, whether it speaks for one person)."""
    levels = {each.field: each for each in match.evidence}
    told = [_names(match)]
    for field, each in levels.items():
        if field not in _PARTS:
            told.append((_word(field, each.level), each.weight, each.level != "differs"))
    return told


def _names(match: Match) -> tuple[str, float, bool]:
    """The name as a whole: what its parts say together."""
    parts = [each for each in match.evidence if each.field in _PARTS]
    weight = sum(each.weight for each in parts)
    levels = {each.level for each in parts}
    if not parts:
        return "", 0.0, False
    if levels == {"equal"}:
        return _("Same name"), weight, True
    if levels <= {"equal", "marks"}:
        return _("Same name but for the marks"), weight, True
    if "differs" not in levels:
        return _("Names that are close"), weight, True
    differing = [each.field for each in parts if each.level == "differs"]
    words = {"family": _("family name"), "middle": _("middle name"), "given": _("given name")}
    text = _("Differs: {parts}")
    return text.format(parts=", ".join(words[field] for field in differing)), weight, False


def _word(field: str, level: str) -> str:
    return {
        ("order", "turned"): _("Name written in another order"),
        ("birth", "equal"): _("Same birth date"),
        ("birth", "year"): _("Same birth year; the day is not known of one"),
        ("birth", "turned"): _("Day and month of birth exchanged"),
        ("birth", "near"): _("Birth dates that differ in one part"),
        ("birth", "same-year"): _("Born in the same year"),
        ("birth", "year-apart"): _("Born a year apart"),
        ("birth", "differs"): _("Different birth dates"),
        ("sex", "equal"): _("Same sex"),
        ("sex", "differs"): _("Different sex"),
        ("place", "village"): _("Same village"),
        ("place", "commune"): _("Same commune"),
        ("place", "differs"): _("Different communes"),
        ("household", "equal"): _("Same household"),
        ("household", "differs"): _("Different households"),
        ("phone", "equal"): _("Same telephone"),
        ("phone", "differs"): _("Different telephones"),
        ("number", "equal"): _("A number in common"),
        ("number", "mistyped"): _("Numbers that differ by one slip"),
        ("number", "differs"): _("Different numbers"),
    }.get((field, level), "")
