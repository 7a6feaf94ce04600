"""What can be asked of the register of doses."""

from tuyen.apps.immunization.queries.amending import StepRow, steps
from tuyen.apps.immunization.queries.certificates import CertificateRow, certificate, certificates
from tuyen.apps.immunization.queries.children import (
    Card,
    DoseRow,
    GroupRow,
    Why,
    card,
    dose,
    doses,
    doses_by_ids,
    why,
)
from tuyen.apps.immunization.queries.cohort import FULL
from tuyen.apps.immunization.queries.coverage import (
    Coverage,
    CoverageRow,
    Year,
    coverage,
    coverages,
    flows,
    indicators,
    yearly,
)
from tuyen.apps.immunization.queries.coverage_shapes import (
    AgeCurve,
    Place,
    Series,
    Spread,
    Way,
    not_reached,
    series,
    spread,
    timeliness,
    way,
)
from tuyen.apps.immunization.queries.lists import (
    KINDS,
    ChildRow,
    ListFilters,
    Missing,
    Open,
    Page,
    children,
    counted,
    export,
    open_doses,
    school_check,
)
from tuyen.apps.immunization.queries.working import doses_by_day

__all__ = [
    "FULL", "KINDS", "AgeCurve", "Card", "CertificateRow", "ChildRow", "Coverage", "CoverageRow", "DoseRow",
    "GroupRow", "ListFilters", "Missing", "Open", "Page", "Place", "Series", "Spread", "StepRow", "Way",
    "Why", "Year", "card", "certificate", "certificates", "children", "counted", "coverage", "coverages", "dose",
    "doses", "doses_by_day", "doses_by_ids", "export", "flows", "indicators", "not_reached", "open_doses", "school_check", "series",
    "spread", "steps", "timeliness", "way", "why", "yearly",
]  # fmt: skip
