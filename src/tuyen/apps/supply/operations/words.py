"""The plain values that every operation of the room is made of."""

from typing import Annotated

from msgspec import Meta

Code = Annotated[str, Meta(min_length=1, max_length=40)]
Word = Annotated[str, Meta(max_length=120)]
Note = Annotated[str, Meta(max_length=500)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Vials = Annotated[int, Meta(ge=1, le=10_000_000)]
Many = Annotated[int, Meta(ge=0, le=10_000_000)]
"""A number of vials that may be none."""
Stage = Annotated[int, Meta(ge=1, le=4)]
