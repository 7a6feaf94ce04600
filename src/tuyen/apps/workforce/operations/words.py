"""The plain values that every operation of the room is made of."""

from typing import Annotated, Literal

from msgspec import Meta

Code = Annotated[str, Meta(min_length=1, max_length=40)]
Word = Annotated[str, Meta(max_length=120)]
Name = Annotated[str, Meta(min_length=2, max_length=120)]
Note = Annotated[str, Meta(max_length=500)]
Reason = Annotated[str, Meta(min_length=3, max_length=500)]
Phone = Annotated[str, Meta(max_length=20, pattern=r"^[0-9+ .-]*$")]
Number = Annotated[str, Meta(max_length=60)]
Issuer = Annotated[str, Meta(max_length=200)]
Percent = Annotated[int, Meta(ge=1, le=100)]
Hours = Annotated[int, Meta(ge=1, le=2000)]
Sex = Literal["male", "female", "unknown"]
