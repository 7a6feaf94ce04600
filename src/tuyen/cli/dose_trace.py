"""Why an answer is as it is, in the operator's language: rule, row of the pack, and a sentence."""

import datetime
from collections.abc import Iterable
from typing import Any

from tuyen.cli.terminal import gettext
from tuyen.engines.immunization import Finding, Pack
from tuyen.engines.immunization.words import length, sentence


def traced(findings: Iterable[Finding], pack: Pack) -> list[dict[str, Any]]:
    """The steps of a trace as JSON holds them."""
    return [
        {
            "rule": one.rule,
            "row": one.row,
            "date": one.date.isoformat() if one.date else None,
            "values": dict(one.named),
            "text": spoken(one, pack),
        }
        for one in findings
    ]


def spoken(finding: Finding, pack: Pack) -> str:
    """A step as a sentence, with vaccines and observations by name."""
    said, values = sentence(finding)
    words = {name: _word(name, value, pack) for name, value in values.items()}
    return gettext(said).format(**words)


def _word(name: str, value: object, pack: Pack) -> str:
    if isinstance(value, datetime.date):
        return f"{value.day}/{value.month}/{value.year}"
    text = str(value)
    if name == "vaccine" and text in pack.vaccines:
        return pack.vaccines[text].name or text
    if name == "observation":
        return pack.observations.get(text, text)
    if name == "span":
        parts = [(sign, gettext(said).format(count=count)) for sign, said, count in length(text)]
        return " ".join(
            part if not place and sign != "-" else f"{sign} {part}"
            for place, (sign, part) in enumerate(parts)
        )
    return text
