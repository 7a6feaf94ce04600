"""Why a dose counts or not, and why a date is what it is: each step of the engine as a sentence, with
the row of the schedule that decided it and on whose word that row stands."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from tuyen.engines.immunization import Finding
from tuyen.engines.immunization.words import sentence
from tuyen.rules.immunization import lists, schedules
from tuyen.rules.immunization.schedules import Figure
from tuyen.web.immunization import pack_words, words
from tuyen.web.templatetags.figures import day

# Which figure of the row a rule of the specification reads.
_READS = {
    "CALCDTAGE-1": "maximum_age", "CALCDTAGE-2": "late_age", "CALCDTAGE-3": "recommended_age",
    "CALCDTAGE-4": "minimum_age", "CALCDTAGE-5": "minimum_age", "CALCDTINT-3": "minimum_interval",
    "CALCDTINT-4": "minimum_interval", "CALCDTINT-5": "recommended_interval",
    "CALCDTINT-6": "late_interval", "CONFLICT-3": "apart", "CALCDTCONFLICT-3": "apart",
}  # fmt: skip


class Step(NamedTuple):
    """One step: what it says, the row and figure it read, their source, and the rule's number."""

    said: str
    row: str
    source: str
    unconfirmed: bool
    rule: str


def steps(findings: Iterable[Finding], regime: str) -> list[Step]:
    """A trace in words. What several series of one group say alike is said once."""
    told = [_step(one, regime) for one in findings]
    return list({(step.said, step.rule): step for step in reversed(told)}.values())[::-1]


def _step(finding: Finding, regime: str) -> Step:
    rule = finding.rule.rpartition(":")[2]
    figure = _figure(finding.row, rule, regime)
    if figure is None:
        return Step(_said(finding), _place(finding.row, regime), "", False, rule)
    value = pack_words.value(figure.value) if figure.value else _("not stated")
    row = _("{row}: {field} {value}").format(
        row=pack_words.row(figure.row), value=value,
        field=str(pack_words.FIELD.get(figure.field, figure.field)).lower(),
    )  # fmt: skip
    return Step(_said(finding), row, lists.source(figure.source), not figure.verified, rule)


def _figure(label: str, rule: str, regime: str) -> Figure | None:
    """The figure of the schedule behind a row of the compiled pack."""
    field = _READS.get(rule)
    if field == "apart":
        return next((one for one in schedules.figures(regime) if one.field == "apart"), None)
    found = {one.field: one for one in _figures(label, regime)}
    if field == "maximum_age" and field not in found:
        return None
    return found.get(field or "")


def _figures(label: str, regime: str) -> tuple[Figure, ...]:
    known = schedules.provenance(regime)
    return known.get(label) or known.get(label.rpartition(" · ")[0]) or ()


def _place(label: str, regime: str) -> str:
    """The row in words, where the rule read no figure of it."""
    figures = _figures(label, regime)
    return pack_words.row(figures[0].row) if figures else ""


def _said(finding: Finding) -> str:
    template, values = sentence(finding)
    return _(template).format(**{name: _word(name, value) for name, value in values.items()})


def _word(name: str, value: object) -> str:
    if isinstance(value, date):
        return str(day(value))
    text = str(value)
    if name == "vaccine":
        known = lists.by_cvx().get(text) or lists.vaccines().get(text)
        return known.names.of(pack_words.language()) if known else text
    return words.span_name(text) if name == "span" else text
