"""Hashes of passwords that cost next to nothing, of the same kind as those that are stored.

An honest one takes a hundred megabytes and a quarter of a second of a core, so that whoever guesses waits;
tests sign in some hundreds of times. What the program itself spends is asked in `test_production`.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher

SPENT = {
    name: int(getattr(Argon2PasswordHasher, name))
    for name in ("time_cost", "memory_cost", "parallelism")
}
"""By the program: rounds, KiB, lanes."""


def cheapen() -> None:
    """From now on this process spends one round, one MiB and one lane on a password."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 1024
    Argon2PasswordHasher.parallelism = 1
