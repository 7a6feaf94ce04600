"""Where the other side of a joint drill may be: https anywhere, or this machine."""

import ipaddress
from urllib.parse import urlsplit

from tuyen.kernel.refusal import N_, Refusal


class BadAddress(Refusal):
    code = "surveillance.bad-drill-address"
    message = N_(
        "{url} is not an address of a drill; expected https://HOST, or http on this machine."
    )


def checked(url: str, *, this_machine: bool = True) -> str:
    """The address without a path; refused when it is neither https nor this machine.

    With ``this_machine`` False what listens on this machine only is refused, too: a person at a screen
    has no business there.

    >>> checked(" https://dien-bien.example/drills/ ")
    'https://dien-bien.example'

    Raises
    ------
    BadAddress
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        port = parts.port  # reads it: a port that is no number is refused
    except ValueError:
        raise BadAddress(url=url) from None
    try:
        here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    secure = parts.scheme == "https" or (parts.scheme == "http" and here)
    if not host or not secure or parts.username or parts.query or port == 0:
        raise BadAddress(url=url)
    if here and not this_machine:
        raise BadAddress(url=url)
    return f"{parts.scheme}://{parts.netloc}"
