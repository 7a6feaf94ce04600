"""What stands in a certificate, in words for a screen: foreign text is only ever a value here."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuyen.engines.certificates.verdict import Verdict
from tuyen.kernel.refusal import N_
from tuyen.rules.certificates import forms as rules
from tuyen.rules.certificates import words
from tuyen.rules.immunization import lists

TONES = {
    "valid": "good", "withdrawn": "bad", "expired": "warn", "not-yet": "warn", "unknown-issuer": "warn",
    "altered": "bad", "not-permitted": "bad", "malformed": "bad", "unreadable": "bad",
}  # fmt: skip

_LABELS = {
    "n": N_("Full name"), "nam": N_("Full name"), "dob": N_("Date of birth"), "s": N_("Sex"),
    "ntl": N_("Nationality"), "nid": N_("Document"), "gn": N_("Parent or guardian"),
    "is": N_("Issued by"), "ci": N_("Certificate number"), "vp": N_("Vaccine"), "mp": N_("Product"),
    "ma": N_("Maker"), "dt": N_("Day of vaccination"), "bo": N_("Lot"), "cn": N_("Clinician"),
    "vls": N_("Counts from"), "vle": N_("Counts until"), "co": N_("Country"), "dn": N_("Dose"),
    "sd": N_("Doses of the series"), "tg": N_("Disease prevented"), "tt": N_("Kind of test"),
    "sc": N_("Sample taken"), "tr": N_("Test result"), "tc": N_("Testing centre"),
    "fr": N_("First positive test"), "df": N_("Counts from"), "du": N_("Counts until"),
    "nm": N_("Test"),
}  # fmt: skip
_SEXES = {"male": N_("male"), "female": N_("female")}
# Codes of the two tables that stand in almost every certificate of the EU (SNOMED CT).
_CODES = {
    "840539006": "COVID-19", "1119349007": "mRNA", "1119305005": "antigen", "J07BX03": "COVID-19",
    "260415000": N_("not detected"), "260373001": N_("detected"),
}  # fmt: skip


def heading(verdict: Verdict) -> str:
    """The verdict as a sentence."""
    return _(words.STATUS[verdict.status])


def why(verdict: Verdict) -> list[str]:
    """What stopped the reading, and what departs from the form, as sentences."""
    said = [_(words.LAYER[verdict.layer])] if verdict.layer else []
    for fault in verdict.faults:
        said.append(f"{fault.where}: {_(words.FAULT[fault.what])}")
    return said


def title(verdict: Verdict) -> str:
    """The name of the form, in the reader's language; empty for none that is known."""
    form = next((one for one in rules.forms().values() if one["name"] == verdict.form), None)
    if form is None:
        return ""
    language = (get_language() or "vi").split("-")[0]
    return str(form["title"].get(language, form["title"]["en"]))


def told(verdict: Verdict) -> list[tuple[str, str]]:
    """The statements of a certificate as (label, value), in the order in which they are read."""
    return [(label, value) for label, value in _told(verdict.content) if value]


def doses(verdict: Verdict) -> list[dict[str, str]]:
    """The doses of a booklet: vaccine, day, number, lot, product."""
    rows = verdict.content.get("d") if verdict.form == "booklet" else None
    if not isinstance(rows, list):
        return []
    return [
        {"vaccine": vaccine(str(row.get("v", ""))), "day": str(row.get("t", "")),
         "number": str(row.get("n") or ""), "lot": str(row.get("b", "")),
         "product": str(row.get("p", ""))}
        for row in rows if isinstance(row, Mapping)
    ]  # fmt: skip


def vaccine(code: str, language: str | None = None) -> str:
    """A vaccine of the catalogue by name; the code itself where the list does not know it."""
    found = lists.vaccines().get(code)
    return found.names.of(language or get_language() or "vi") if found else code


def product(code: str) -> str:
    """A product of WHO's list: trade name and maker."""
    row = rules.products().get(code)
    return f"{row['name'] or row['disease']} ({row['maker']})" if row else code


def _told(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = content.get("nam")
    if isinstance(name, Mapping):
        full = [name.get("fn") or name.get("fnt"), name.get("gn") or name.get("gnt")]
        yield _(_LABELS["nam"]), " ".join(str(part) for part in full if part)
    for key in ("n", "dob", "s", "ntl", "nid", "gn", "is", "ci"):
        yield _(_LABELS[key]), _value(key, content.get(key))
    for group in ("v", "t", "r"):
        held = content.get(group)
        for row in held if isinstance(held, list) else [held]:
            if isinstance(row, Mapping):
                for key, value in row.items():
                    yield (_(_LABELS[key]) if key in _LABELS else str(key)), _value(key, value)


def _value(key: str, value: Any) -> str:
    if value is None or isinstance(value, (Mapping, list)):
        return ""
    text = str(value)
    if key == "vp" and text in rules.products():
        return product(text)
    if key == "s":
        return _(_SEXES[text]) if text in _SEXES else text
    if key in ("dn", "sd") and text == "0":
        return ""
    return _(_CODES[text]) if text in _CODES else text
