"""A travel surface comes into the installation, or is put away."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.network.operations.reviews import Reason
from tuyen.kernel.operation import Payload, operation

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Side = Annotated[int, Meta(ge=1, le=40_000_000)]


class SurfaceFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that a surface was made from, or, of a made-up one, the generator."""

    role: Literal["roads", "elevation", "cover", "surface", "generator"]
    name: Annotated[str, Meta(min_length=1, max_length=255)]
    sha256: Sha256 | None = None
    size: Annotated[int, Meta(ge=0, le=1_000_000_000_000)] = 0


@operation("network.load_surface", version=1, right="network.surface.load")
class LoadSurface(Payload, frozen=True, kw_only=True):
    """A surface is there, as a file named by its hash in the installation's folder. From the operation's
    day on ways are measured on it, until a later one comes or it is withdrawn."""

    title: Annotated[str, Meta(min_length=3, max_length=120)]
    sha256: Sha256
    files: Annotated[tuple[SurfaceFile, ...], Meta(min_length=1, max_length=20)]
    west: Annotated[float, Meta(ge=-180, le=180)]
    north: Annotated[float, Meta(ge=-90, le=90)]
    cell: Annotated[float, Meta(gt=0, le=10_000)]
    rows: Side
    columns: Side
    made_up: bool = False


@operation("network.withdraw_surface", version=1, right="network.surface.load")
class WithdrawSurface(Payload, frozen=True, kw_only=True):
    """A surface is not to be measured on: wrong, or of another province. The one before it counts again."""

    surface: UUID
    reason: Reason
