"""The review of a site as it was typed, and what becomes of it. Nothing typed is lost on an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuyen.apps.access import clock
from tuyen.apps.network.operations import Condition, Found, NationalPoints, Staffed, Stated
from tuyen.apps.network.queries import ReviewRow, Score
from tuyen.rules import network as rules
from tuyen.web.network import words
from tuyen.web.network.sending import day
from tuyen.web.typed import whole

_MONEY = (
    ("refurbish", gettext_lazy("Upgrade to a main station")),
    ("run_main", gettext_lazy("Yearly running cost as main station")),
    ("run_satellite", gettext_lazy("Yearly running cost as satellite point")),
)


@dataclass(slots=True)
class Typed:
    """What a posted form says: what was found, or what is wrong, by the field's name."""

    found: Found | None = None
    on: date | None = None
    problems: list[str] = field(default_factory=list)
    at: dict[str, str] = field(default_factory=dict)

    def wrong(self, name: str, sentence: str) -> None:
        self.at.setdefault(name, sentence)
        self.problems.append(sentence)


def parsed(given: Mapping[str, Any]) -> Typed:
    """Read the form of a review."""
    typed = Typed(on=day(given.get("on", "")))
    if typed.on is None:
        typed.wrong("on", _("Write the day as 07/03/2026."))
    staff = [
        (key, _count(given, f"s-{key}", words.post(key), 1000, typed)) for key in rules.posts()
    ]
    marks = [(key, _count(given, f"n-{key}", words.national(key), one.most, typed))
             for key, one in rules.national(typed.on or clock.today()).items()]  # fmt: skip
    money = {key: _count(given, key, str(label), 10_000_000, typed) for key, label in _MONEY}
    capacity = _count(given, "capacity", _("People it can serve"), 1_000_000, typed)
    stated = [one for rule in rules.criteria() if (one := _stated(given, rule.key, typed))]
    if not typed.problems:
        typed.found = Found(
            transport=given.get("transport", "")[:40], terrain=given.get("terrain", "")[:40],
            conditions=tuple(
                Condition(line=key, level=level[:40]) for key in rules.answers("readiness")
                if (level := given.get(f"c-{key}", ""))
            ),
            staff=tuple(Staffed(post=key, number=n) for key, n in staff if n is not None),
            national=tuple(
                NationalPoints(criterion=key, points=n) for key, n in marks if n is not None
            ),
            stated=tuple(stated), capacity=capacity, note=given.get("note", "").strip()[:4000],
            **money,
        )  # fmt: skip
    return typed


def _count(given: Mapping[str, Any], name: str, label: str, most: int, typed: Typed) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    found = whole(text)
    if found is None or not 0 <= found <= most:
        typed.wrong(name, _("{label}: {text} is no whole number from 0 to {most}.").format(
            label=label, text=text[:20], most=most))  # fmt: skip
        return None
    return found


def _stated(given: Mapping[str, Any], key: str, typed: Typed) -> Stated | None:
    evidence = given.get(f"e-{key}", "").strip()[:1000]
    points = _count(given, f"p-{key}", words.criterion(key), 100, typed)
    return Stated(criterion=key, evidence=evidence, points=points) if evidence or points is not None \
        else None  # fmt: skip


def lines(given: Mapping[str, Any], typed: Typed | None, scores: list[Score]) -> dict[str, Any]:
    """The form's lines: what is asked, what was typed, what the program measured, what is wrong."""
    at = typed.at if typed else {}
    return {
        "transport": _choices("transport", given.get("transport", "")),
        "terrain": _choices("terrain", given.get("terrain", "")),
        "conditions": [
            {"key": f"c-{key}", "name": words.told(one.name),
             "levels": _choices("levels", given.get(f"c-{key}", ""))}
            for key, one in rules.answers("readiness").items()
        ],
        "staff": [_number(f"s-{key}", words.told(one.name), given, at) for key, one in
                  rules.posts().items()],
        "national": [
            _number(f"n-{key}", f"{words.told(one.name)} (0–{one.most})", given, at)
            for key, one in rules.national(day(given.get("on", "")) or clock.today()).items()
        ],
        "money": [_number(key, str(label), given, at) for key, label in _MONEY],
        "criteria": [
            {**words.shown(score), "evidence": given.get(f"e-{score.criterion}", ""),
             "stated_points": given.get(f"p-{score.criterion}", ""),
             "wrong": at.get(f"p-{score.criterion}", "")}
            for score in scores
        ],
    }  # fmt: skip


def _choices(of: str, given: str) -> list[tuple[str, str, bool]]:
    return [(key, words.told(one.name), key == given) for key, one in rules.answers(of).items()]


def _number(key: str, name: str, given: Mapping[str, Any], at: Mapping[str, str]) -> dict[str, str]:
    return {"key": key, "name": name, "value": given.get(key, ""), "wrong": at.get(key, "")}


def filled(row: ReviewRow) -> dict[str, Any]:
    """A review as a form that is to be amended."""
    given: dict[str, Any] = {
        "on": f"{row.on:%d/%m/%Y}", "transport": row.transport, "terrain": row.terrain,
        "note": row.note, "capacity": "" if row.capacity is None else row.capacity,
    }  # fmt: skip
    given |= {f"c-{key}": level for key, level in row.conditions.items()}
    given |= {f"s-{key}": str(number) for key, number in row.staff.items()}
    given |= {f"n-{key}": str(points) for key, points in row.national.items()}
    for key, (points, evidence) in row.stated.items():
        given |= {f"e-{key}": evidence, f"p-{key}": "" if points is None else str(points)}
    for key, _label in _MONEY:
        value = getattr(row, key)
        given[key] = "" if value is None else str(value)
    return given
