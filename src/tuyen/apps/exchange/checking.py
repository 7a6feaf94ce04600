"""What a resource must be before it is taken: one of R4 by its form and by the standard's rules."""

from typing import Any

from tuyen.apps.exchange import codec, r4
from tuyen.apps.exchange.refusals import Invalid, WrongType
from tuyen.rules.exchange.fhir_types import FhirType


def check(type: FhirType, body: bytes) -> dict[str, Any]:
    """The content of a resource as plain values, decimals exact. Warnings are not asked about: what examples of the
    standard do themselves is taken.

    Raises
    ------
    TooLarge, NotJson, TooDeep, WrongType
    Invalid
        With every fault and its place.
    """
    codec.check_size(type.name, body)
    content = codec.exact(body)
    if content.get("resourceType") != type.name:
        raise WrongType(found=str(content.get("resourceType"))[:60], expected=type.name)
    try:
        r4.decode(body)  # the tree is of the same text: of a key twice, which differs, it says so
        problems = r4.check(content)
    except r4.NotFhir as error:
        problems = list(error.problems)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise Invalid(errors)
    return content
