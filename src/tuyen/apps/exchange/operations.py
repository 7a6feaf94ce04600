"""What can be done about resources from elsewhere."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.kernel.operation import Payload, operation

TypeName = Annotated[str, Meta(pattern=r"^[A-Z][A-Za-z]{2,39}$")]
FhirId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9\-.]{1,64}$")]
Criterion = Annotated[str, Meta(max_length=500)]


class Item(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One resource as it came. ``body`` is its JSON, letter by letter; empty takes it out of use.

    ``expects`` is the version that it takes the place of, 0 where there must be none yet; left out,
    whatever stands. ``condition`` is what a conditional create asked that there be none of.
    ``person`` is whom a Patient is on the register.
    """

    type: TypeName
    id: FhirId
    body: Annotated[str, Meta(max_length=250_000)] = ""
    expects: Annotated[int, Meta(ge=0)] | None = None
    condition: Criterion = ""
    person: UUID | None = None


class Asked(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What must be so of a resource that comes in a later part of the same bundle."""

    type: TypeName
    id: FhirId
    expects: Annotated[int, Meta(ge=0)] | None = 0
    condition: Criterion = ""
    person: UUID | None = None


@operation("exchange.store_resources", version=1, right="exchange.fhir.write")
class StoreResources(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Keep resources as they came, all of them or none.

    A bundle that is longer than one operation comes in parts: the first asks in ``asks`` for all of
    them, the others name it in ``part_of`` and are taken only where it was.
    """

    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=2000)]
    asks: Annotated[tuple[Asked, ...], Meta(max_length=4000)] = ()
    part_of: UUID | None = None
