"""What stands beside the figures of a programme: who must be expected, its medicines, its budget."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.queries import READ
from tuyen.apps.supply import queries as supply
from tuyen.rules.clinical.programme import Programme
from tuyen.web.clinical import book_cells
from tuyen.web.clinical import programme_words as words
from tuyen.web.templatetags.figures import number as number_of


def detection(by: Actor, key: str, on: date) -> list[dict[str, Any]]:
    """Who is expected and who is known, by commune of residence, the total last."""
    return [
        {"row": row, "name": row.name or _("Everybody"), "expected": round(row.expected),
         "share": None if row.percent is None else row.percent / 100, "total": row.unit is None}
        for row in queries.detection(by=by, programme=key, on=on)
    ]  # fmt: skip


def budget(by: Actor, one: Programme, on: date) -> dict[str, Any]:
    """What was spent this year against the cap, each figure leading to its people."""
    found = queries.budget(by=by, programme=one.key, on=on)
    if found is None:
        return {}
    may = policies.may(by, queries.SENSITIVE if one.sensitive else READ)
    here = reverse("programme-people", args=[one.key])
    facts = []
    for part, word in words.BUDGET.items():
        count = getattr(found, part.removeprefix("budget-"))
        href = f"{here}?part={part}&on={on:%Y-%m-%d}" if may and count else None
        facts.append((_(word), number_of(count), href))
    return {"budget": found, "budget_facts": facts}


def groups(by: Actor, one: Programme, on: date) -> list[tuple[str, queries.GroupCount]]:
    """The priority groups of a programme with their names; those without anybody are left out."""
    asked = one.form.get(queries.GROUP)
    choices = asked.choices if asked else {}
    return [
        (
            choices[row.group].names.of(words.language()) if row.group else _("No group on record"),
            row,
        )
        for row in queries.by_group(by=by, programme=one.key, on=on)
        if row.people or row.seen
    ]


def drugs(by: Actor, key: str, on: date) -> dict[str, Any]:
    """Where the programme's medicines were there on every day of the month so far, and what lacked
    elsewhere; for who may read the stock."""
    if not policies.may(by, supply.READ) or not supply.core_medicines(key):
        return {}
    found = supply.availability(by=by, programme=key, first=on.replace(day=1), last=on)
    rows = [row for row in found if row.days]
    return {
        "core": [book_cells.item_name(code) for code in supply.core_medicines(key)],
        "keeping": len(rows), "not_keeping": len(found) - len(rows),
        "always": sum(row.always for row in rows),
        "lacking": [
            (row, "; ".join(_("{medicine}: {n} days").format(medicine=book_cells.item_name(code), n=n)
                            for code, n in row.short.items()))
            for row in rows if not row.always
        ],
    }  # fmt: skip
