"""What is asked of claims. For doors, and for rooms above:

- ``desk(by=, on=)``: what waits, what is late, what is at risk; ``listed``: the claims of a span;
- ``claim(by=, id=, on=)``: one claim as it stands now, with its files, receipts and refusals;
- ``patient(by=, claim=)``: what the insurer asks of the patient of a claim;
- ``evidence(by=, claim=)``: what the portal was asked about the card and said; ``entitlements``: how many
  are not confirmed;
- ``preview(by=, visit=, on=)``: what is found in the claim of a visit, for the screen of the visit;
- ``draft(by=, unit=, content=, id=, on=)``: what would be found if this visit was saved;
- ``denials``, ``reasons``, ``at_risk``: what the insurer refused; ``catalogue``, ``lacking``.
"""

from tuyen.apps.claims.queries.cards import (
    CardTryRow,
    Evidence,
    entitlement,
    entitlements,
    evidence,
    unconfirmed,
)
from tuyen.apps.claims.queries.catalogues import CatalogueRow, Lack, catalogue, lacking
from tuyen.apps.claims.queries.claims import (
    FIGURES,
    PREPARE,
    READ,
    SEND,
    SETTLE,
    ClaimPage,
    ClaimRow,
    FileRow,
    Told,
    claim,
    file_of,
    listed,
    preview,
)
from tuyen.apps.claims.queries.denials import DenialRow, Risk, at_risk, denials, reasons
from tuyen.apps.claims.queries.desk import Desk, Waiting, desk, sent, states, to_check, to_send
from tuyen.apps.claims.queries.drafts import Draft, draft
from tuyen.apps.claims.queries.patients import Card, PatientPage, patient
from tuyen.apps.claims.queries.shown import ClaimLine, ShownClaim, shown

__all__ = [
    "FIGURES",
    "PREPARE",
    "READ",
    "SEND",
    "SETTLE",
    "Card",
    "CardTryRow",
    "CatalogueRow",
    "ClaimLine",
    "ClaimPage",
    "ClaimRow",
    "DenialRow",
    "Desk",
    "Draft",
    "Evidence",
    "FileRow",
    "Lack",
    "PatientPage",
    "Risk",
    "ShownClaim",
    "Told",
    "Waiting",
    "at_risk",
    "catalogue",
    "claim",
    "denials",
    "desk",
    "draft",
    "entitlement",
    "entitlements",
    "evidence",
    "file_of",
    "lacking",
    "listed",
    "patient",
    "preview",
    "reasons",
    "sent",
    "shown",
    "states",
    "to_check",
    "to_send",
    "unconfirmed",
]
