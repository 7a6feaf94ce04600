"""The tables of the record of care."""

from tuyen.apps.clinical.models.allergies import Allergy, AllergyStep
from tuyen.apps.clinical.models.closings import (
    MonthClosing,
)
from tuyen.apps.clinical.models.coming import Coming
from tuyen.apps.clinical.models.deaths import DeathAccount, DeathStep
from tuyen.apps.clinical.models.families import (
    ContraceptionStep,
    Couple,
    CoupleAdvice,
    ThalassaemiaTest,
)
from tuyen.apps.clinical.models.growth import (
    GrowthPoint,
    NutritionCare,
    Supplement,
)
from tuyen.apps.clinical.models.mothers import (
    Birth,
    Delivery,
    MaternalReview,
    MotherContact,
    Pregnancy,
    PregnancyEnd,
)
from tuyen.apps.clinical.models.programmes import (
    Call,
    Contact,
    Enrolment,
    HomeVisit,
    SensitiveContact,
    SensitiveEnrolment,
)
from tuyen.apps.clinical.models.talks import Talk, TalkStep
from tuyen.apps.clinical.models.visits import (
    Diagnosis,
    Measurement,
    Practitioner,
    Referral,
    SensitiveContent,
    SensitiveDiagnosis,
    Visit,
    VisitStep,
)

__all__ = [
    "Allergy",
    "AllergyStep",
    "Birth",
    "Call",
    "Coming",
    "Contact",
    "ContraceptionStep",
    "Couple",
    "CoupleAdvice",
    "DeathAccount",
    "DeathStep",
    "Delivery",
    "Diagnosis",
    "Enrolment",
    "GrowthPoint",
    "HomeVisit",
    "MaternalReview",
    "Measurement",
    "MonthClosing",
    "MotherContact",
    "NutritionCare",
    "Practitioner",
    "Pregnancy",
    "PregnancyEnd",
    "Referral",
    "SensitiveContact",
    "SensitiveContent",
    "SensitiveDiagnosis",
    "SensitiveEnrolment",
    "Supplement",
    "Talk",
    "TalkStep",
    "ThalassaemiaTest",
    "Visit",
    "VisitStep",
]
