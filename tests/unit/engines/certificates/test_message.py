"""The layers of a certificate: what each refuses, and that nothing hostile gets further or costs more."""

import contextlib
import zlib
from datetime import UTC, datetime

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.certificates import base45
from tuyen.engines.certificates import message as layers
from tuyen.engines.certificates.message import Broken, Limits

# RFC 9285, section 4.3 and 4.4.
RFC = {"BB8": b"AB", "%69 VD92EX0": b"Hello!!", "UJCLQE7W581": b"base-45", "QED8WEX0": b"ietf!"}


@pytest.mark.parametrize(("text", "content"), RFC.items())
def test_base45_is_that_of_the_rfc(text, content):
    assert layers.unbase45(text) == content


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("A", "a group of one sign"),
        ("BB8\n", "an end of line, which a decoder forgives and a checker must not"),
        ("bb8", "small letters"),
        (":::", "a group above 65535"),
        ("::", "a pair above 255"),
        ("BB8" * 3000, "longer than a QR can be"),
    ],
)
def test_what_is_not_base45_is_broken(text, why):
    with pytest.raises(Broken, match="base45"):
        layers.unbase45(text)


@pytest.mark.parametrize("text", ["HL0:BB8", "HC2:BB8", "BB8", "hc1:BB8"])
def test_only_the_known_prefix_is_read(text):
    with pytest.raises(Broken, match="prefix"):
        layers.strip_prefix(text)


def test_a_bomb_is_read_no_further_than_the_limit():
    bomb = zlib.compress(b"\0" * 50_000_000, 9)

    with pytest.raises(Broken, match="65536 bytes"):
        layers.inflate(bomb)


@pytest.mark.parametrize("content", [b"", b"plain", zlib.compress(b"whole")[:-3]])
def test_what_is_not_whole_zlib_is_broken(content):
    with pytest.raises(Broken, match="zlib"):
        layers.inflate(content)


def test_deep_nesting_is_refused():
    with pytest.raises(Broken, match="cbor"):
        layers.uncbor(b"\x81" * 5000 + b"\x00")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bytes.fromhex("9b0000ffffffffffff"), "an array that claims to have 2^48 entries"),
        (bytes.fromhex("5b0000ffffffffffff"), "bytes that claim to be 2^48"),
        (bytes.fromhex("c1fb7ff0000000000000"), "a time at infinity"),
        (bytes.fromhex("c4821b7fffffffffffffff01"), "a fraction of 10^2^63"),
        (bytes.fromhex("a200010002"), "one key twice"),
        (b"\x01\x02", "something after the end"),
    ],
)
def test_cbor_that_lies_about_itself_is_broken(content, why):
    with pytest.raises(Broken):
        layers.uncbor(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bytes.fromhex("d81c81d81d00"), "an array that holds itself"),
        (b"\xd8\x23\x63(a+", "a pattern to compile"),
        (b"\xd8\x24\x61a", "a mail"),
    ],
)
def test_tags_that_do_something_are_refused(content, why):
    with pytest.raises(Broken, match="cbor"):
        layers.uncbor(content)


def test_times_and_bytes_become_what_json_can_hold():
    plain = layers.plain(
        {1: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), b"k": b"\x01", "n": float("nan"), "b": 2**70}
    )

    assert plain == {"1": "2026-01-02T03:04:05Z", "6b": "01", "n": None, "b": hex(2**70)}


@pytest.mark.parametrize("tags", [(), (18,), (61, 18)])
def test_a_message_may_be_tagged_as_cose_and_as_cwt(tags):
    held = [
        cbor2.dumps({1: -7, 4: b"kid"}),
        {},
        cbor2.dumps({6: 5, 4: 9, -260: {1: {}}}),
        b"s" * 64,
    ]
    for tag in reversed(tags):
        held = cbor2.CBORTag(tag, held)

    read = layers.open_cose(cbor2.dumps(held))

    assert (read.algorithm, read.kid, read.issued, read.expires) == (-7, b"kid", 5.0, 9.0)
    assert read.tagged == tags


def test_a_protected_kid_wins_over_a_loose_one():
    held = [cbor2.dumps({4: b"right"}), {1: -7, 4: b"wrong"}, cbor2.dumps({}), b""]

    read = layers.open_cose(cbor2.dumps(held))

    assert (read.kid, read.algorithm) == (b"right", -7)


@pytest.mark.parametrize(
    "held",
    [7, [], [b"", {}, b""], [b"", {}, b"\xa0", "text"], cbor2.CBORTag(98, [b"", {}, b"\xa0", b""]),
     [b"", [], b"\xa0", b""], [b"", {}, b"\x80", b""]],
)  # fmt: skip
def test_what_is_no_message_is_broken(held):
    with pytest.raises(Broken):
        layers.open_cose(cbor2.dumps(held))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_broken(content):
    for attempt in (layers.open_cose, layers.inflate, layers.uncbor):
        with contextlib.suppress(Broken):
            assert attempt(content) is not Broken


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers() | st.text(max_size=3), inner, max_size=4),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_content_comes_back_through_all_layers(value):
    limits = Limits(depth=32)
    sealed = layers.seal(cbor2.dumps({1: -7}), cbor2.dumps({-260: value}), b"")

    read = layers.open_text(layers.write_text(sealed), limits)

    assert layers.plain(read.claims)["-260"] == layers.plain(value)


def test_text_is_written_as_base45():
    text = layers.write_text(b"abc")

    assert zlib.decompress(base45.decode(text.removeprefix("HC1:"))) == b"abc"
