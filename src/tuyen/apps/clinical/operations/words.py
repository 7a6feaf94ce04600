"""The plain values that every operation of the room is made of."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

Code = Annotated[str, Meta(min_length=1, max_length=40)]
Brief = Annotated[str, Meta(max_length=40)]
Line = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=500)]
Text = Annotated[str, Meta(max_length=4000)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Moment = Annotated[datetime, Meta(tz=True)]
Amount = Decimal
"""Exact: told as text ("0.5") or as a number."""
Times = Annotated[int, Meta(ge=1, le=24)]
Days = Annotated[int, Meta(ge=0, le=366)]

Setting = Literal["station", "satellite", "mobile", "home", "school"]
Payer = Literal["insurance", "self", "programme", "free"]
Certainty = Literal["confirmed", "suspected"]
