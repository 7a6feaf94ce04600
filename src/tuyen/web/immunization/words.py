"""What the register's codes are called in the reader's language, and why a date is what it is."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import get_language, gettext

from tuyen.apps.immunization.queries import DoseRow
from tuyen.engines.immunization import Finding, GroupAnswer
from tuyen.engines.immunization.spans import BadSpan
from tuyen.engines.immunization.words import length
from tuyen.kernel.refusal import N_
from tuyen.rules.immunization import lists
from tuyen.web.templatetags.figures import day

GROUPS = {
    "HepB birth dose": N_("Hepatitis B, birth dose"),
    "HepB (combination)": N_("Hepatitis B"),
    "BCG": N_("Tuberculosis (BCG)"),
    "DTP": N_("Diphtheria, tetanus, pertussis"),
    "Hib": N_("Hib disease"),
    "OPV": N_("Polio, oral"),
    "IPV": N_("Polio, injected"),
    "Measles": N_("Measles"),
    "Rubella": N_("Rubella"),
    "JE": N_("Japanese encephalitis"),
    "Rotavirus": N_("Rotavirus"),
    "PCV": N_("Pneumococcal disease"),
    "HPV": N_("HPV"),
}
STATUS = {
    "not_complete": N_("Not complete"),
    "complete": N_("All doses had"),
    "immune": N_("Immune"),
    "aged_out": N_("Too old for it"),
    "contraindicated": N_("Contraindicated"),
    "not_recommended": N_("Not recommended"),
}
STATES = {
    "late": N_("Late"),
    "due": N_("Due now"),
    "soon": N_("May be given"),
    "later": N_("Later"),
}
TONES = {"late": "bad", "due": "warn", "soon": "calm", "later": "plain"}
JUDGED = {
    "valid": N_("Counts"),
    "not_valid": N_("Does not count"),
    "extraneous": N_("One too many"),
    "sub_standard": N_("Spoilt dose"),
}
REASONS = {
    "too_young": N_("given too young"),
    "too_old": N_("given too old"),
    "interval_too_soon": N_("too soon after the dose before"),
    "vaccine_conflict": N_("too soon after another vaccine"),
    "inadvertent_vaccine": N_("not meant for this dose"),
    "not_preferable_or_allowable": N_("not a vaccine of this series"),
    "series_already_complete": N_("the series was complete"),
    "lot_expired": N_("the lot had expired"),
    "dose_condition": N_("the dose was spoilt"),
}
SOURCES = {
    "given": N_("Given here"),
    "booklet": N_("From the booklet"),
    "certificate": N_("From a certificate"),
    "register": N_("From a register"),
    "told": N_("As told"),
}
KINDS = {
    "due": N_("Due now"),
    "overdue": N_("Late"),
    "defaulters": N_("Defaulters"),
    "zero-dose": N_("Zero-dose"),
    "drop-outs": N_("Drop-outs"),
    "everybody": N_("Everybody"),
}
DROPS = {
    "dtp1-dtp3": N_("DTP 1 but not DTP 3"),
    "bcg-mr1": N_("BCG but not measles 1"),
    "mr1-mr2": N_("Measles 1 but not measles 2"),
}


def language() -> str:
    return get_language() or "vi"


def word(known: Mapping[str, str], code: str) -> str:
    return gettext(known[code]) if code in known else code


def group_name(code: str) -> str:
    return word(GROUPS, code)


def vaccine_name(code: str) -> str:
    """A vaccine by its code or CVX: its short name in the reader's language."""
    found = lists.vaccines().get(code) or lists.by_cvx().get(code)
    return found.names.of(language()) if found else code


def listed(name: str, code: str) -> str:
    """An entry of a short list of the rules (programme, place-kind, route, site)."""
    found = lists.words(name).get(code)
    return found.names.of(language()) if found else code


def choices(name: str) -> list[tuple[str, str]]:
    return [(code, one.names.of(language())) for code, one in lists.words(name).items()]


def given_on(dose: DoseRow) -> str:
    """The day of a dose, as exactly as it is known."""
    if dose.precision == "month":
        return f"{dose.given_on:%m/%Y}"
    return f"{dose.given_on:%Y}" if dose.precision == "year" else day(dose.given_on)


def span_name(text: str) -> str:
    """A length of time of a schedule, "12 months - 4 days", in words."""
    try:
        parts = [(sign, gettext(said).format(count=n)) for sign, said, n in length(text)]
    except BadSpan:
        return text
    if not any(sign for sign, _said in parts):
        return gettext("at birth")
    return " ".join(
        said if not place and sign != "-" else f"{sign} {said}"
        for place, (sign, said) in enumerate(parts)
    )


def reason(answer: GroupAnswer | None, wanted: str, on: date | None) -> str:
    """Why a date of a forecast (``earliest``, ``recommended``) is what it is: the rule that decided
    it, in words."""
    if answer is None or on is None:
        return ""
    for finding in answer.trace:
        step, _, rule = finding.rule.partition(":")
        if step == wanted and finding.date == on:
            return _said(finding, rule)
    return ""


def _said(finding: Finding, rule: str) -> str:
    span = span_name(str(finding.named.get("span", "")))
    since = str(finding.named.get("from", ""))
    if rule.startswith("CALCDTAGE"):
        return gettext("from the age of {span}").format(span=span)
    if rule.startswith("CALCDTINT") and since:
        return gettext("{span} after the dose of {day}").format(
            span=span, day=day(date.fromisoformat(since))
        )
    if rule.startswith("CALCDTINT"):
        return gettext("{span} after the dose before").format(span=span)
    return gettext("by rule {rule}").format(rule=rule or finding.rule)
