"""The checklist as it was typed, and what becomes of it. Nothing typed is lost on an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tuyen.apps.supply.operations import (
    CheckedItem,
    EarlierFinding,
    FoundItem,
    RecordSupervision,
)
from tuyen.apps.supply.queries import FindingRow
from tuyen.rules import supply as rules
from tuyen.rules.supply import CheckItem
from tuyen.web.supply import forms, words
from tuyen.web.supply import supervision_words as named
from tuyen.web.typed import whole

POINTS = ("2", "1", "0", "na")


@dataclass(slots=True)
class Typed:
    """What a posted form says: the payload, or what is wrong with it, by the field's name."""

    payload: RecordSupervision | None = None
    on: date | None = None
    problems: list[str] = field(default_factory=list)
    at: dict[str, str] = field(default_factory=dict)

    def wrong(self, name: str, sentence: str) -> None:
        self.at.setdefault(name, sentence)
        self.problems.append(sentence)


def parsed(given: Mapping[str, Any], earlier: list[FindingRow], today: date) -> Typed:
    """Read the form of a visit."""
    typed = Typed(on=forms.day(given.get("on", "")))
    if typed.on is None:
        typed.wrong("on", _("Write the day as 07/03/2026."))
    on = typed.on or today
    team = tuple(
        one for one in (" ".join(t.split()) for t in given.get("team", "").split(",")) if one
    )
    met = " ".join(given.get("met", "").split())
    if not team or min(len(one) for one in team) < 2:
        typed.wrong("team", _("Write who supervised; several names with commas between them."))
    if len(met) < 2:
        typed.wrong("met", _("Write whom you met at the station."))
    items, findings = [], []
    for item in rules.check_items().values():
        if (line := _line(given, item, typed)) is not None:
            items.append(line)
        if (found := _finding(given, item, on, typed)) is not None:
            findings.append(found)
    if not items:
        typed.wrong("items", _("Mark at least one item."))
    next_on = forms.day(given.get("next", ""))
    if given.get("next", "").strip() and next_on is None:
        typed.wrong("next", _("Write the day as 07/03/2026."))
    if not typed.problems:
        typed.payload = RecordSupervision(
            team=team[:12], met=met[:120], items=tuple(items), findings=tuple(findings),
            earlier=_earlier(given, earlier), next_on=next_on,
            note=given.get("note", "").strip()[:4000], signature=given.get("signature", "")[:12_000],
        )  # fmt: skip
    return typed


def _line(given: Mapping[str, Any], item: CheckItem, typed: Typed) -> CheckedItem | None:
    points = given.get(f"p-{item.key}", "")
    if points not in POINTS:
        return None
    counted, booked = (_quantity(given, f"{sign}-{item.key}", item, typed) for sign in "cb")
    return CheckedItem(
        item=item.key, points=points, note=given.get(f"n-{item.key}", "").strip()[:500],
        counted=counted, booked=booked,
    )  # fmt: skip


def _quantity(given: Mapping[str, Any], name: str, item: CheckItem, typed: Typed) -> int | None:
    text = given.get(name, "").strip()
    if not (item.tracer and text):
        return None
    number = whole(text)
    if number is None or not 0 <= number <= forms.MOST:
        typed.wrong(name, _("{text} is no quantity of {item}; write a whole number.").format(
            text=text[:20], item=named.told(item.name)))  # fmt: skip
        return None
    return number


def _finding(given: Mapping[str, Any], item: CheckItem, on: date, typed: Typed) -> FoundItem | None:
    what = given.get(f"f-{item.key}", "").strip()
    red = item.red and given.get(f"p-{item.key}") == "0"
    if not what and not red:
        return None
    name = named.told(item.name)
    if len(what) < 3:
        typed.wrong(f"f-{item.key}", _("{item}: say what is to be mended.").format(item=name))
    owner = " ".join(given.get(f"o-{item.key}", "").split())
    if len(owner) < 2:
        typed.wrong(f"o-{item.key}", _("{item}: say who mends it.").format(item=name))
    text = given.get(f"d-{item.key}", "").strip()
    due = forms.day(text) if text else on + timedelta(days=rules.finding_days(item.red, on))
    if due is None:
        typed.wrong(f"d-{item.key}", _("{item}: write the day as 07/03/2026.").format(item=name))
    if len(what) < 3 or len(owner) < 2 or due is None:
        return None
    return FoundItem(item=item.key, what=what[:500], owner=owner[:120], due=due)


def _earlier(given: Mapping[str, Any], earlier: list[FindingRow]) -> tuple[EarlierFinding, ...]:
    found = []
    for row in earlier:
        said = given.get(f"e-{row.id}", "")
        if said in ("yes", "no"):
            note = given.get(f"en-{row.id}", "").strip()[:500]
            found.append(EarlierFinding(finding=row.id, mended=said == "yes", note=note))
    return tuple(found)


def sections(given: Mapping[str, Any], typed: Typed | None, facts: Mapping[str, Any]) -> list[Any]:
    """The form's lines: what is asked, what was typed, what the program knows, what is wrong."""
    at = typed.at if typed else {}
    shown = []
    for section in rules.checklist():
        lines = []
        for item in section.items:
            known = facts.get(item.fact) if item.fact else None
            lines.append({
                "item": item, "name": named.told(item.name), "points": given.get(f"p-{item.key}", ""),
                **{key: given.get(f"{sign}-{item.key}", "") for key, sign in (
                    ("note", "n"), ("counted", "c"), ("booked", "b"), ("what", "f"),
                    ("owner", "o"), ("due", "d"))},
                "fact": named.fact(item.fact, *known) if known else "",
                "wrong": [at[f"{s}-{item.key}"] for s in "cbfod" if f"{s}-{item.key}" in at],
            })  # fmt: skip
        shown.append({"key": section.key, "name": named.told(section.name), "lines": lines})
    return shown


def operation_id(given: Mapping[str, Any]) -> UUID | None:
    """The id that the form was made with, so that it is kept once however often it is sent."""
    return words.as_uuid(given.get("id", ""))
