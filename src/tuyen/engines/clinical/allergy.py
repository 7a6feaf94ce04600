"""Whether a medicine is of what somebody does not bear: the same substance, its class, or a class that
is known to cross with it. Plain sets; the classes and the codes are rules."""

from collections.abc import Hashable, Iterable
from typing import Literal, NamedTuple

How = Literal["same", "class", "cross"]


class Agent(NamedTuple):
    """A medicine: the substances in it, and their ATC codes."""

    item: str
    substances: frozenset[str]
    atc: frozenset[str]


class Against(NamedTuple):
    """What somebody does not bear: substances by name, classes by the beginnings of ATC codes.

    ``crosses`` begin the codes of what is related, of which only some who do not bear this one do not
    bear it either. ``words`` is free text, in which a substance may be named.
    """

    key: Hashable
    substances: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    crosses: frozenset[str] = frozenset()
    words: str = ""


class Match(NamedTuple):
    """A medicine, what it is against, and how closely."""

    item: str
    key: Hashable
    how: How


SHORTEST = 5
"""Letters of a substance's name from which it is looked for in free text."""


def matches(agents: Iterable[Agent], known: Iterable[Against]) -> list[Match]:
    """Every medicine that is of something not borne, once for each such thing, by its closest tie.

    >>> penicillins = Against("a", prefixes=frozenset({"J01C"}), crosses=frozenset({"J01D"}))
    >>> amoxicillin = Agent("amoxicillin-500", frozenset({"amoxicillin"}), frozenset({"J01CA04"}))
    >>> cefalexin = Agent("cephalexin-500", frozenset({"cefalexin"}), frozenset({"J01DB01"}))
    >>> [(one.item, one.how) for one in matches([amoxicillin, cefalexin], [penicillins])]
    [('amoxicillin-500', 'class'), ('cephalexin-500', 'cross')]
    """
    held = list(known)
    return [
        Match(agent.item, against.key, how)
        for agent in agents
        for against in held
        if (how := tie(agent, against)) is not None
    ]


def tie(agent: Agent, against: Against) -> How | None:
    """How a medicine is tied to one thing not borne; None where it is not."""
    named = f" {against.words} "
    if agent.substances & against.substances or any(
        len(name) >= SHORTEST and f" {name} " in named for name in agent.substances
    ):
        return "same"
    for prefixes, how in ((against.prefixes, "class"), (against.crosses, "cross")):
        if prefixes and any(code.startswith(tuple(prefixes)) for code in agent.atc):
            return how  # type: ignore[return-value]
    return None
