"""Certificates: verify one that somebody shows, issue one of what a person got, print it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access.services import record_readings
from tuyen.apps.immunization import certifying, keyring
from tuyen.apps.immunization import queries as immunization
from tuyen.apps.immunization.operations import WithdrawCertificate
from tuyen.apps.immunization.queries import CertificateRow, DoseRow
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.certificates.picture import read_qr
from tuyen.engines.certificates.verdict import Verdict
from tuyen.kernel import qr
from tuyen.kernel.operation import Operation
from tuyen.rules.certificates import forms as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import certificate_words as words
from tuyen.web.sentences import say

ISSUE = "immunization.certificate.issue"
VERIFY = "immunization.certificate.verify"


@screen(right=VERIFY)
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: ActorRequest) -> HttpResponse:
    """Judge a text or a picture. Nothing of it is kept, and nothing is asked of a network."""
    context: dict[str, Any] = {
        "trusted": len(keyring.ring()),
        "bad_keys": [path.name for path in keyring.unreadable()],
        "most": rules.limits()["picture"]["bytes"] // 2**20,
    }
    if request.method == "POST":
        text = request.POST.get("text", "").strip()
        sent = request.FILES.get("picture")
        if not text and not sent:
            context["problem"] = _("Paste the text of the code, or choose a picture of it.")
        else:
            context |= _judged(request, text, sent)
    return render(
        request, "immunization/certificate_verify.html", context,
        status=422 if "problem" in context else 200,
    )  # fmt: skip


def _judged(request: ActorRequest, text: str, sent: Any) -> dict[str, Any]:
    limits = rules.limits()["picture"]
    if not text and sent is not None:
        small = (sent.size or 0) <= limits["bytes"]
        text = read_qr(sent.read(), limits["bytes"], limits["pixels"]) or "" if small else ""
        if not text:
            return _shown(Verdict("unreadable", layer="picture"))
    return _shown(certifying.verify(text, clock.now(), by=request.actor))


def _shown(verdict: Verdict) -> dict[str, Any]:
    """What the page says. The content of an altered one is not shown: it is nobody's word."""
    shown = verdict.status != "altered"
    return {
        "verdict": verdict,
        "heading": words.heading(verdict),
        "tone": words.TONES[verdict.status],
        "why": words.why(verdict),
        "title": words.title(verdict),
        "facts": words.told(verdict) if shown else [],
        "doses": words.doses(verdict) if shown else [],
        "proof": [
            (_("Issuer"), verdict.issuer), (_("Key"), verdict.key.name if verdict.key else ""),
            (_("Key number"), verdict.kid), (_("Signed on"), verdict.issued),
            (_("Holds until"), verdict.expires),
            *([(_("Withdrawn on"), verdict.withdrawn)] if verdict.withdrawn else []),
        ],
    }  # fmt: skip


@screen(right=ISSUE)
@never_cache
@require_http_methods(["GET", "POST"])
def of_person(request: ActorRequest, id: UUID) -> HttpResponse:
    """What a person can be given a certificate of, and what was given. Posting issues one."""
    card = registry.person(by=request.actor, id=id)
    if card is None:
        raise Http404
    record_readings(by=request.actor, subject="registry.person", ids=[card.row.id], at=clock.now())
    doses = _doses(request, card.row.id)
    problem = ""
    if request.method == "POST":
        answer = _issue(request, card, doses)
        if not isinstance(answer, str):
            return answer
        problem = answer
    issued = immunization.certificates(by=request.actor, person=card.row.id)
    context = {
        "row": card.row,
        "trail": _trail(card),
        "doses": [_line(one) for one in doses],
        "problem": problem,
        "issued": [
            {"row": one, "kind": _kind(one.kind), "href": reverse("certificate", args=[one.id])}
            for one in issued
        ],
    }
    return render(
        request, "immunization/certificates.html", context, status=422 if problem else 200
    )


def _issue(
    request: ActorRequest, card: registry.PersonCard, doses: list[DoseRow]
) -> HttpResponse | str:
    """Sign, write down, and show the paper; a sentence where that cannot be."""
    kind = request.POST.get("kind", "")
    chosen = doses
    product = request.POST.get("product", "")[:80]
    if kind == "international":
        chosen = [one for one in doses if str(one.id) == request.POST.get("dose")]
        if not chosen or product not in certifying.accepted_abroad(chosen[0]):
            return _("Choose the product that was given: WHO accepts only those of its list.")
    if kind not in certifying.KINDS or not chosen:
        return _("There is no dose on record to certify.")
    units = (post.unit for post in request.actor.posts)
    unit = next((one for one in units if policies.may(request.actor, ISSUE, one)), None)
    if unit is None:
        return _("A certificate is issued by a unit; this post has none.")
    now = clock.now()
    operation, _written = certifying.prepare(
        _holder(card), card.row.id, chosen, kind=certifying.KINDS[kind], unit=unit, at=now,
        product=product,
    )  # fmt: skip
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return say(receipt.refusal)
    return redirect("certificate", id=operation.id)


@screen(right=ISSUE)
@never_cache
@require_GET
def certificate(request: ActorRequest, id: UUID) -> HttpResponse:
    """The paper of one certificate, its code signed anew; or that the record has changed since."""
    row = immunization.certificate(by=request.actor, id=id)
    card = registry.person(by=request.actor, id=row.person) if row else None
    if row is None or card is None:
        raise Http404
    record_readings(by=request.actor, subject="registry.person", ids=[card.row.id], at=clock.now())
    held = {one.id: one for one in _doses(request, card.row.id)}
    doses = [held[one] for one in row.doses if one in held]
    issuer = certifying.issuer(row.unit, row.issued_at.date())
    terms = certifying.Terms(row.id, row.kind, issuer, row.issued_at, row.expires_on, row.product)
    text = ""
    if row.withdrawn_at is None and len(doses) == len(row.doses):
        written = certifying.write(_holder(card), doses, terms)
        text = written.text if written.digest == row.digest else ""
    context = {
        "row": row,
        "person": card.row,
        "sex": {1: ("Nam", "Male"), 2: ("Nữ", "Female")}.get(card.row.sex, ("", "")),
        "trail": [*_trail(card)[:-1], (_("Certificates"), reverse("certificates", args=[row.person])),
                  (_kind(row.kind), None)],
        "title": _kind(row.kind),
        "doses": [_line(one) for one in doses],
        "issuer": issuer,
        "product": words.product(row.product) if row.product else "",
        "validity": _validity(row, doses),
        "picture": printed(text) if text else "",
        "may_withdraw": row.withdrawn_at is None and _answering(request, row) is not None,
    }  # fmt: skip
    return render(request, "immunization/certificate.html", context)


@screen(right=ISSUE)
@require_POST
def withdraw(request: ActorRequest, id: UUID) -> HttpResponse:
    """Take a certificate back, with the reason."""
    row = immunization.certificate(by=request.actor, id=id)
    unit = _answering(request, row) if row else None
    if row is None or unit is None:
        raise Http404
    reason, now = request.POST.get("reason", "").strip()[:500], clock.now()
    if len(reason) < 3:
        messages.error(request, _("Write why the certificate is withdrawn."))
        return redirect("certificate", id=id)
    operation = Operation.of(
        WithdrawCertificate(certificate=id, reason=reason), unit=unit, happened_on=now.date(),
        recorded_at=now,
    )  # fmt: skip
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        messages.error(request, say(receipt.refusal))
    else:
        messages.success(request, _("Withdrawn: who verifies it here is told from now on."))
    return redirect("certificate", id=id)


def _answering(request: ActorRequest, row: CertificateRow) -> UUID | None:
    """For which unit the reader may take a certificate back: the issuer's, or that of their post."""
    if policies.may(request.actor, ISSUE, row.unit):
        return row.unit
    units = (post.unit for post in request.actor.posts)
    return next((one for one in units if policies.may(request.actor, ISSUE, one)), None)


def printed(text: str) -> str:
    """The code as a picture to print, with as much redundancy as its length leaves room for."""
    level = qr.most_redundant(text)
    return qr.data_uri(text, level, scale=3) if level else ""


def _doses(request: ActorRequest, person: UUID) -> list[DoseRow]:
    """The doses that count, oldest first."""
    rows = immunization.doses(by=request.actor, people=[person])
    return [one for held in rows.values() for one in held if one.counted]


def _line(dose: DoseRow) -> dict[str, Any]:
    atlas = registry.atlas()
    where = atlas.name(dose.facility, dose.given_on) if dose.facility else dose.place
    abroad = certifying.accepted_abroad(dose)
    return {
        "dose": dose,
        "vaccine": words.vaccine(dose.vaccine),
        "vi": words.vaccine(dose.vaccine, "vi"),
        "en": words.vaccine(dose.vaccine, "en"),
        "known": dose.precision,
        "where": where or atlas.name(dose.unit, dose.given_on) or "",
        "abroad": [(code, words.product(code)) for code in abroad],
    }


def _validity(row: CertificateRow, doses: list[DoseRow]) -> tuple[Any, Any] | None:
    """When an international dose counts; (since, None) for life."""
    if row.kind != "international" or not doses:
        return None
    return certifying.validity(rules.products()[row.product]["disease"], doses[0].given_on)


def _holder(card: registry.PersonCard) -> certifying.Holder:
    return certifying.Holder(card.row.name, card.row.born_on, card.row.sex)


def _kind(kind: str) -> str:
    return _("Vaccination booklet") if kind == "booklet" else _("International certificate")


def _trail(card: registry.PersonCard) -> list[tuple[str, str | None]]:
    return [
        (_("Persons"), reverse("persons")),
        (card.row.name, reverse("person", args=[card.row.id])),
        (_("Certificates"), None),
    ]
