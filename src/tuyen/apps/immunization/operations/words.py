"""The plain values that every operation of the room is made of."""

from typing import Annotated, Literal

from msgspec import Meta

Code = Annotated[str, Meta(min_length=1, max_length=40)]
Product = Annotated[str, Meta(max_length=60)]
Short = Annotated[str, Meta(max_length=40)]
Line = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=500)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Ordinal = Annotated[int, Meta(ge=1, le=20)]

Programme = Literal["routine", "catch-up", "campaign", "school", "private"]
PlaceKind = Literal["station", "satellite", "mobile", "clinic", "school", "hospital-birth"]
Precision = Literal["day", "month", "year"]
Screening = Literal["passed", "deferred", "contraindicated"]
Site = Literal["left-arm", "right-arm", "left-thigh", "right-thigh", "mouth"]
Route = Literal["IM", "SC", "ID", "PO"]
