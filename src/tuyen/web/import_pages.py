"""What the pages of an import show: the matching of columns, and each finding in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tuyen.engines.exchange.columns import ColumnMap
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.findings import Finding
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import Column, Table
from tuyen.kernel.refusal import Refusal
from tuyen.web.sentences import say
from tuyen.web.surveillance.words import language

_SAMPLES = 3


def matching(table: Table, proposed: ColumnMap, fields: Fields) -> list[dict[str, Any]]:
    """One row of the matching for each column: its samples, its field, and how sure that is."""
    matches = {match.letter: match for match in proposed.matches}
    doubtful = {letter for doubt in proposed.doubts for letter in doubt.letters}
    lang = language()
    options = [(field.id, field.label(lang)) for field in fields.by_id.values()]
    options.sort(key=lambda option: option[1])
    return [
        {
            "letter": column.letter,
            "header": column.header,
            "samples": _samples(column),
            "field": match.field if (match := matches.get(column.letter)) else "",
            "how": _how(match.how) if match else "",
            "sure": match.confidence if match else None,
            "doubt": column.letter in doubtful,
            "known": column.letter in proposed.ignored,
            "options": options,
        }
        for column in table.columns
    ]


def _samples(column: Column) -> str:
    found = dict.fromkeys(str(value)[:40] for value in column.values[:200] if value != "")
    return " · ".join(list(found)[:_SAMPLES])


def _how(how: str) -> str:
    return {
        "exact": _("the same words"),
        "words": _("some of the words"),
        "spelling": _("spelt alike"),
        "chosen": _("chosen by you"),
    }.get(how, how)


def told(finding: Finding) -> dict[str, Any]:
    message, advice = spoken(finding.refusal)
    tone, word = {
        "error": ("bad", _("Error")),
        "question": ("warn", _("Question")),
        "warning": ("calm", _("Note")),
    }[finding.severity]
    return {
        "row": finding.row,
        "column": f"{finding.letter} {finding.header}".strip(),
        "value": str(finding.value)[:80],
        "message": message,
        "advice": advice,
        "tone": tone,
        "word": word,
    }


def sheets(refusal: Refusal | None) -> list[str]:
    if refusal is None or "sheets" not in refusal.values:
        return []
    return [name for name in str(refusal.values["sheets"]).split(", ") if name != "–"]


def spoken(refusal: ExchangeRefusal) -> tuple[str, str]:
    """Message and advice in the reader's language, days written as people write them."""
    values = {
        name: f"{value:%d/%m/%Y}" if isinstance(value, date) else value
        for name, value in refusal.values.items()
    }
    said = ExchangeRefusal(**values)
    # An instance speaks for the refusal whose words it carries.
    said.message, said.advice = refusal.message, refusal.advice  # type: ignore[misc]
    return said.parts(_)


def parts(refusal: Refusal) -> tuple[str, str]:
    if isinstance(refusal, ExchangeRefusal):
        return spoken(refusal)
    return say(refusal), ""


def labels(missing: Iterable[str], fields: Fields) -> list[str]:
    return [" / ".join(label(id, fields) for id in ids.split("|")) for ids in missing]


def label(field: str, fields: Fields) -> str:
    return fields.by_id[field].label(language())
