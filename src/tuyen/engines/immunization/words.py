"""The trace of an answer in words a nurse reads: a sentence for each rule, filled by a door.

The engine gives rules and values; :func:`sentence` gives the English sentence (a msgid of
``locale/*/doses.po``) and the values in it. A door translates, and says vaccines and observations
by their names.
"""

from collections.abc import Iterator
from datetime import date

from tuyen.engines.immunization.history import Finding, Value
from tuyen.engines.immunization.spans import parse_span
from tuyen.kernel.refusal import N_

SENTENCES = {
    "4.4-6": N_("The series was complete before: this dose is extra and need not be repeated."),
    "6.1": N_("Marked as unusable (cold chain, recall or the like): it does not count."),
    "CALCDTLOTEXP-1": N_("The lot expired on {date}: it does not count."),
    "6.2": N_("Dose {dose} of the series was not needed."),
    "6.3": N_("{vaccine} is not meant for this dose: given by mistake, it does not count."),
    "CALCDTAGE-5": N_("Too young: this dose counts from {date} (age {span})."),
    "CALCDTAGE-1": N_("Too old: this dose counted until {date} (age {span})."),
    "CALCDTINT-3": N_("Too soon after the dose of {from}: it counts from {date} ({span} later)."),
    "CONFLICT-3": N_("Too soon after {vaccine} of {from}: it counts from {date}."),
    "6.9": N_("{vaccine} is not a vaccine for this dose at this age."),
    "6.10": N_("Counts as dose {dose} of the series."),
    "7.1": N_("Dose {dose} of the series is not needed."),
    "7.2": N_("Immune to this disease: no dose is needed."),
    "7.3-antigen": N_("Must not be given: {observation}."),
    "7.3-vaccine": N_("None of the vaccines for this dose may be given: {observation}."),
    "7.4-complete": N_("All doses of the series are given."),
    "7.4-history": N_("Earlier doses protect enough: none is needed now."),
    "7.4-season": N_("The season ended on {date}."),
    "aged_out:CALCDTAGE-1": N_("Too old for this series from {date} (age {span})."),
    "earliest:CALCDTAGE-4": N_("Not before {date}: age {span}."),
    "earliest:CALCDTINT-4": N_("Not before {date}: {span} after the dose of {from}."),
    "earliest:CALCDTCONFLICT-3": N_("Not before {date}: apart from {vaccine} of {from}."),
    "earliest:FORECASTDTCAN-1-season": N_("Not before {date}, when the season begins."),
    "earliest:FORECASTDTCAN-1-dose": N_("Not before {date}, the day of the last dose."),
    "recommended:CALCDTAGE-3": N_("Due on {date}: age {span}."),
    "recommended:CALCDTINT-5": N_("Due on {date}: {span} after the dose of {from}."),
    "past_due:CALCDTAGE-2": N_("Late from {date}: age {span}."),
    "past_due:CALCDTINT-6": N_("Late from {date}: {span} after the dose of {from}."),
}
"""The sentence of every rule that a finding can name."""

UNITS = {
    "years": (N_("1 year"), N_("{count} years")),
    "months": (N_("1 month"), N_("{count} months")),
    "weeks": (N_("1 week"), N_("{count} weeks")),
    "days": (N_("1 day"), N_("{count} days")),
}


def sentence(finding: Finding) -> tuple[str, dict[str, Value | date]]:
    """The sentence of a finding, and its values: ``date``, and those of its rule."""
    values: dict[str, Value | date] = {"date": finding.date, **finding.named}
    if isinstance(start := finding.named.get("from"), str):
        values["from"] = date.fromisoformat(start)
    return SENTENCES[finding.rule], values


def length(text: str) -> Iterator[tuple[str, str, int]]:
    """The parts of a span such as "12 months - 4 days": sign, sentence and count of each."""
    span = parse_span(text)
    if span is None:
        return
    days, weeks = span.days, 0
    if days and days % 7 == 0:
        days, weeks = 0, days // 7
    parts = {"years": span.years, "months": span.months, "weeks": weeks, "days": days}
    if not any(parts.values()):
        yield "", UNITS["days"][1], 0
    for unit, count in parts.items():
        if count:
            one, several = UNITS[unit]
            yield "-" if count < 0 else "+", one if abs(count) == 1 else several, abs(count)
