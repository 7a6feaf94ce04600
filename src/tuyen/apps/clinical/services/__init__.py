"""How the record of care is written; called by the journal, never by a door."""

from tuyen.apps.clinical.services import (
    after_visit,
    allergies,
    at_the_counter,
    births,
    closings,
    contraception,
    deaths,
    inheritance,
    mother_visits,
    nutrition_care,
    practitioners,
    pregnancies,
    programme_visits,
    programmes,
    supplements,
    visits,
)

__all__ = [
    "after_visit",
    "allergies",
    "at_the_counter",
    "births",
    "closings",
    "contraception",
    "deaths",
    "inheritance",
    "mother_visits",
    "nutrition_care",
    "practitioners",
    "pregnancies",
    "programme_visits",
    "programmes",
    "supplements",
    "visits",
]
