"""What can be asked of the exchange: resources that came in, and views of this system's records."""

from tuyen.apps.exchange.queries.finding import search
from tuyen.apps.exchange.queries.reading import (
    about,
    everything,
    fhir_ids,
    history,
    kept_of_encounters,
    kept_parts,
    people_of,
    person_of,
    read,
    several,
    standing,
    taken,
    type_history,
    version,
)
from tuyen.apps.exchange.queries.rows import Page, Row

__all__ = [
    "Page", "Row", "about", "everything", "fhir_ids", "history", "kept_of_encounters", "kept_parts", "people_of", "person_of", "read", "search", "several", "standing", "taken",
    "type_history", "version",
]  # fmt: skip
