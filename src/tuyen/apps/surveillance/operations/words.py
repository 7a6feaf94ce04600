"""The plain values that every operation of the room is made of."""

from typing import Annotated

from msgspec import Meta

Word = Annotated[str, Meta(max_length=60)]
Line = Annotated[str, Meta(max_length=200)]
Prose = Annotated[str, Meta(max_length=4000)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Label = Annotated[str, Meta(pattern=r"^\d{4}-W\d{2}$", max_length=8)]
