"""An installation that would be unsafe does not start."""

from collections.abc import Sequence

from tuyen.kernel.refusal import N_, Refusal

SHORTEST_KEY = 32
_HERE = ("localhost", "127.0.0.1", "[::1]", "testserver")


class Unsafe(Refusal):
    code = "project.unsafe"
    message = N_("This would not be safe to serve, so it does not start: {faults}.")


def faults(*, loopback: bool, debug: bool, key: str, hosts: Sequence[str]) -> list[str]:
    """What is unsafe about these settings, each with its cure; empty when nothing is.

    With ``loopback``, plain HTTP and a developer's settings are let through, and therefore no name
    but this machine's own.
    """
    found = []
    if any("*" in host or host.startswith(".") for host in hosts):
        found.append("TUYEN_HOSTS has a wildcard; name each host")
    if loopback:
        foreign = [host for host in hosts if host not in _HERE]
        if foreign:
            found.append(
                f"TUYEN_LOOPBACK serves plain HTTP, and TUYEN_HOSTS names {', '.join(foreign)};"
                " leave one of them out"
            )
        return found
    if debug:
        found.append("TUYEN_DEBUG shows the program's insides; leave it out")
    if len(key) < SHORTEST_KEY or len(set(key)) < 10:
        found.append(
            f"the secret key is shorter than {SHORTEST_KEY} characters or plain;"
            " leave TUYEN_SECRET_KEY out and one is made"
        )
    return found


def refuse_unsafe(*, loopback: bool, debug: bool, key: str, hosts: Sequence[str]) -> None:
    """Raise :class:`Unsafe`, naming everything that is wrong at once."""
    found = faults(loopback=loopback, debug=debug, key=key, hosts=hosts)
    if found:
        raise Unsafe(faults="; ".join(found))
