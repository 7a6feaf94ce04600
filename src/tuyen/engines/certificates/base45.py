"""Base45 (RFC 9285): bytes as the 45 characters that a QR code packs best, three for every two.

Written here because it is twenty lines and the number of direct dependencies is bounded.
"""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """The text of some bytes.

    >>> encode(b"Hello!!"), encode(b"base-45"), encode(b"")
    ('%69 VD92EX0', 'UJCLQE7W581', '')
    """
    text = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            text.append(ALPHABET[digit])
    return "".join(text)


def decode(text: str) -> bytes:
    """The bytes of a text.

    Raises ValueError for a character that is none of the 45, a group of one character, and a group
    that stands for more than its bytes hold (section 6).

    >>> decode("QED8WEX0")
    b'ietf!'
    >>> decode("GGW")
    Traceback (most recent call last):
    ValueError: 'GGW' stands for 65536, more than 2 bytes hold
    """
    data = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        size = len(group) - 1
        if not size:
            raise ValueError(f"the last character {group!r} stands alone")
        try:
            value = sum(_VALUES[character] * 45**place for place, character in enumerate(group))
        except KeyError as error:
            raise ValueError(f"{error.args[0]!r} is no character of Base45") from None
        if value >= 256**size:
            raise ValueError(f"{group!r} stands for {value}, more than {size} bytes hold")
        data += value.to_bytes(size, "big")
    return bytes(data)
