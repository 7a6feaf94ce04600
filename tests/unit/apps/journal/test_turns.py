"""Turns on the embedded store: one at a time, and a pause for those who do not take them."""

import threading

import pytest

from tuyen.apps.journal import turns


@pytest.fixture
def gate(tmp_path, monkeypatch):
    """A file of turns, a clock that is set by hand, and the pauses that were made."""
    clock, pauses = [100.0], []
    monkeypatch.setattr(turns, "_file", lambda: tmp_path / "store-turn")
    monkeypatch.setattr(turns.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(turns.time, "sleep", pauses.append)
    return clock, pauses


def test_nobody_has_the_turn_while_somebody_has_it(gate):
    inside, most, done = [0], [0], []

    def work():
        for _ in range(20):
            with turns.turn():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1
        done.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (most, len(done)) == ([1], 4)


def test_turns_that_follow_each_other_for_long_leave_a_gap(gate, monkeypatch):
    clock, pauses = gate
    monkeypatch.setattr(turns, "_locked", lambda gate: True)  # somebody had it each time
    found = []
    for _ in range(12):
        clock[0] += 0.5
        with turns.turn():
            found.append(len(pauses))

    assert pauses == [turns.PAUSE] * 2
    assert found[0] == 0


def test_a_turn_that_was_free_needs_no_gap(gate):
    clock, pauses = gate
    for _ in range(12):
        clock[0] += 0.5
        with turns.turn():
            pass

    assert pauses == []


def test_the_turn_of_somebody_who_failed_is_handed_on(gate):
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError

    with turns.turn():
        pass
