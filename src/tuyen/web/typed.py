"""Numbers as people type them, and as addresses carry them."""


def whole(text: str, *, signed: bool = False) -> int | None:
    """A whole number with marks between its thousands; None for anything else.

    >>> whole("1.200"), whole(" 12 000 "), whole("-3"), whole("−3", signed=True), whole("9" * 400)
    (1200, 12000, None, -3, None)
    """
    text = text.strip().replace(".", "").replace(",", "").replace(" ", "").replace("−", "-")
    sign, bare = (-1, text[1:]) if signed and text.startswith("-") else (1, text.lstrip("+"))
    if not (bare.isascii() and bare.isdecimal() and len(bare) < 9):
        return None
    return sign * int(bare)
