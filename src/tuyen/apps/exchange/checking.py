"""What a resource must be before it is taken: JSON in one reading, and a resource by its form."""

from typing import Any

from tuyen.apps.exchange import codec
from tuyen.rules.exchange.fhir_types import FhirType


def check(type: FhirType, body: bytes) -> dict[str, Any]:
    """The content of a resource as plain values.

    Raises
    ------
    NotJson, TooDeep, TooLarge, Invalid
    """
    codec.check_size(type.name, body)
    codec.check_form(body)
    return codec.plain(body)
