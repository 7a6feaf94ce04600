"""The tables of the claims room."""

from tuyen.apps.claims.models.cards import CardTry
from tuyen.apps.claims.models.catalogues import CatalogueLine, PatientFacts
from tuyen.apps.claims.models.claims import Attempt, Claim, Denial, Submission

__all__ = ["Attempt", "CardTry", "CatalogueLine", "Claim", "Denial", "PatientFacts", "Submission"]
