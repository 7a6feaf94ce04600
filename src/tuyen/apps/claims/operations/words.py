"""The plain values that every operation of the room is made of."""

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

Kind = Literal["facility", "drug", "service", "practitioner"]
Key = Annotated[str, Meta(max_length=60)]
Word = Annotated[str, Meta(max_length=40)]
Told = Annotated[str, Meta(max_length=1024)]
Cell = Annotated[str, Meta(max_length=4000)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Words = Annotated[str, Meta(max_length=500)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Many = Annotated[int, Meta(ge=0, le=30_000)]
Row = Annotated[int, Meta(ge=0, le=30_000)]
Money = Annotated[Decimal, Meta()]
Table = Annotated[str, Meta(pattern="^(XML([0-9]|1[0-5])|GIAMDINHHS|)$")]
