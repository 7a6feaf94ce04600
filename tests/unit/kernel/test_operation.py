"""Kinds of operation: decoding strictly, and lifting what was written years ago."""

from uuid import UUID

import msgspec
import pytest

from tuyen.kernel.operation import (
    KINDS,
    Batch,
    Entry,
    FromTheFuture,
    Kinds,
    Payload,
    PayloadInvalid,
    PayloadTooLong,
    UnknownKind,
    operation,
)


@operation(
    "test.weigh",
    version=3,
    right="test.weigh",
    upcasts={1: lambda old: {"kg": old["weight"]}, 2: lambda old: {"grams": old["kg"] * 1000}},
)
class Weigh(Payload, frozen=True):
    grams: int


# Known to this file only: guards elsewhere walk every kind that is registered.
del KINDS._by_name["test.weigh"]


@pytest.mark.parametrize(
    ("why", "version", "raw"),
    [
        ("today's version", 3, b'{"grams":3000}'),
        ("one step", 2, b'{"kg":3}'),
        ("two steps", 1, b'{"weight":3}'),
    ],
)
def test_every_version_ever_written_is_lifted_to_today(why, version, raw):
    assert Weigh.KIND.decode(version, raw) == Weigh(grams=3000), why


@pytest.mark.parametrize(
    ("why", "version", "raw", "error"),
    [
        ("an unknown field", 3, b'{"grams":1,"extra":2}', PayloadInvalid),
        ("a wrong type", 3, b'{"grams":"a"}', PayloadInvalid),
        ("a missing field", 3, b"{}", PayloadInvalid),
        ("not JSON", 3, b"{", PayloadInvalid),
        ("bad UTF-8", 3, b'{"grams":"\xff"}', PayloadInvalid),
        ("very deep", 3, b"[" * 30000, PayloadInvalid),
        ("an old one without its field", 1, b"{}", PayloadInvalid),
        ("a newer version", 4, b"{}", FromTheFuture),
        ("a version below one", 0, b"{}", FromTheFuture),
        ("too long", 3, b" " * 300000, PayloadTooLong),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_kind(why, version, raw, error):
    with pytest.raises(error) as refused:
        Weigh.KIND.decode(version, raw)

    assert "test.weigh" in str(refused.value), why


def test_an_upcast_that_is_missing_is_found_when_the_kind_is_declared():
    with pytest.raises(ValueError, match="no upcast from version 1"):
        operation("test.gap", version=2, right="x")


def test_two_payloads_cannot_share_a_name(monkeypatch):
    monkeypatch.setitem(KINDS._by_name, "test.weigh", Weigh.KIND)
    with pytest.raises(ValueError, match="two payloads"):

        @operation("test.weigh", version=1, right="x")
        class Other(Payload, frozen=True):
            grams: int


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownKind):
        Kinds().get("nothing.here")


def test_the_first_reason_for_refusing_an_entry_stands():
    entry = Entry(UUID(int=1), Weigh(grams=1), UUID(int=2), None, None, None, None)
    batch = Batch([entry])

    batch.refuse(entry, UnknownKind(kind="first"))
    batch.refuse(entry, UnknownKind(kind="second"))

    assert batch.refusals[entry.id].values == {"kind": "first"}
    assert list(batch.accepted()) == []


def test_a_payload_cannot_be_changed_after_it_was_made():
    with pytest.raises(AttributeError):
        Weigh(grams=1).grams = 2


def test_payloads_survive_the_wire():
    assert msgspec.json.decode(msgspec.json.encode(Weigh(grams=5)), type=Weigh) == Weigh(grams=5)
