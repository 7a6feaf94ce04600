"""What the screens of claims say: states, places to mend, tables and fields as people read them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuyen.apps.access import clock
from tuyen.kernel.operation import Outcome
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.claims import book
from tuyen.rules.claims.catalogues import catalogues
from tuyen.web import sentences

STATES = {
    "open": (N_("to be checked"), "plain"),
    "faulty": (N_("to be mended"), "bad"),
    "ready": (N_("ready to send"), "good"),
    "approved": (N_("waits for the signature"), "warn"),
    "signed": (N_("waits for the portal"), "warn"),
    "accepted": (N_("taken by the portal"), "good"),
    "refused": (N_("refused by the portal"), "bad"),
    "settled": (N_("settled"), "good"),
    "denied": (N_("denied by the insurer"), "bad"),
    "void": (N_("visit taken back"), "plain"),
    "waiting": (N_("waits for the portal"), "warn"),
    "withdrawn": (N_("withdrawn, never sent"), "plain"),
    "corrected": (N_("corrected"), "good"),
}
CHECK_INS = {
    "due": (N_("to be posted"), "warn"),
    "waiting": (N_("waits for the portal"), "warn"),
    "accepted": (N_("taken by the portal"), "good"),
    "refused": (N_("refused by the portal"), "bad"),
}
ENTITLEMENTS = {
    "due": (N_("entitlement not confirmed"), "warn"),
    "good": (N_("entitlement confirmed"), "good"),
    "bad": (N_("entitlement contradicted"), "bad"),
}
VERDICTS = {"good": "good", "bad": "bad", "": "warn"}
"""Tones of what the portal said of a card."""
REFUSALS = {"open": (N_("not corrected yet"), "bad"), "corrected": (N_("corrected"), "good")}
PAYERS = {
    "insurance": N_("insurance"),
    "self": N_("the patient"),
    "programme": N_("a programme"),
    "free": N_("free of charge"),
}
MATCHES = {
    "line": N_("a line that was sent"),
    "visit": N_("the whole visit"),
    "amended": N_("the visit was amended since it was sent"),
    "no-row": N_("a row that was not sent"),
    "unknown": N_("nothing such was sent from here"),
}
OUTCOMES = {
    "accepted": N_("taken"),
    "refused": N_("refused"),
    "down": N_("the portal did not answer"),
    "shut": N_("the portal did not let us in"),
}
PLACES = {
    "visit": N_("the visit"),
    "paper": N_("the papers of the visit"),
    "patient": N_("the patient"),
    "facility": N_("facts of the facility"),
    "drug": N_("catalogue of drugs"),
    "service": N_("catalogue of services"),
    "practitioner": N_("catalogue of practitioners"),
}


def state(code: str) -> tuple[str, str]:
    """(words, tone) of a state."""
    words, tone = STATES.get(code, (code, "plain"))
    return _(words), tone


def check_in(code: str) -> tuple[str, str]:
    """(words, tone) of the state of a check-in; none where none is owed."""
    words, tone = CHECK_INS.get(code, (N_("none is owed"), "plain"))
    return _(words), tone


def entitlement(code: str) -> tuple[str, str]:
    """(words, tone) of what stands of a card; none is asked of who is not insured."""
    words, tone = ENTITLEMENTS.get(code, (N_("no card is asked about"), "plain"))
    return _(words), tone


def refusal(code: str) -> tuple[str, str]:
    """(words, tone) of the state of a refusal."""
    words, tone = REFUSALS.get(code, (code, "plain"))
    return _(words), tone


def spoken() -> str:
    """The language of the rules that is nearest to the reader's."""
    language = get_language() or "vi"
    return "zh" if language.startswith("zh") else language if language in ("vi", "en") else "vi"


def said(refusal: Refusal | Outcome) -> str:
    return sentences.say(refusal)


def table(code: str) -> str:
    """A table by its number and name."""
    row = next((row for row in book.material()["tables"] if row["table"] == code), None)
    return f"{code} · {row[spoken()]}" if row else code


def catalogue(kind: str) -> str:
    return catalogues()[kind].words[spoken()]


OF_CLAIMS = frozenset({
    "MA_QUOCTICH", "MA_NGHE_NGHIEP", "MA_KHUVUC", "NGAY_MIEN_CCT", "NAM_NAM_LIEN_TUC", "MA_THE_BHYT",
    "MA_DKBD", "GT_THE_TU", "GT_THE_DEN",
})  # fmt: skip
"""Fields of a patient that are mended at the claim."""


def place(
    where: str, *, visit: UUID | None, person: UUID | None, unit: UUID, field: str = ""
) -> tuple[str, str]:
    """(words, address) of where something is entered; "" where this installation has no page."""
    if where == "visit":
        return _(PLACES[where]), address("visit", visit)
    if where == "paper":
        return _(PLACES[where]), address("visit-papers", visit)
    if where == "patient":
        named = "claim-patient" if field in OF_CLAIMS else "person"
        return _(PLACES[where]), address(named, visit if field in OF_CLAIMS else person)
    if where in PLACES:
        return _(PLACES[where]), f"{reverse('claim-catalogues')}?kind={where}&unit={unit}"
    return where, ""


def address(name: str, id: UUID | None) -> str:
    try:
        return reverse(name, args=[id]) if id is not None else ""
    except NoReverseMatch:
        return ""


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def day(text: str, other: date | None = None) -> date | None:
    """A day as a browser sends it; ``other`` for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return other


def span(asked: Any) -> tuple[date, date]:
    """The first and last day that an address asks for; this month until today if none."""
    today = clock.today()
    first = day(asked.get("first", ""), today.replace(day=1)) or today
    last = day(asked.get("last", ""), today) or today
    return (first, last) if first <= last else (last, first)


def portal_time(text: str) -> str:
    """A moment as the portal writes it, yyyymmddHHMMSS, as people read it; anything else as it came.

    >>> portal_time("20261006100000"), portal_time("06/10/2026")
    ('10:00 06/10/2026', '06/10/2026')
    """
    if len(text) in (12, 14) and text.isdigit():
        return f"{text[8:10]}:{text[10:12]} {text[6:8]}/{text[4:6]}/{text[:4]}"
    return text
