"""Where the other side of a joint drill may be."""

import pytest

from tuyen.apps.surveillance.drills.addresses import BadAddress, checked


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://dt.example:8443/drills/", "https://dt.example:8443"),
        (" http://127.0.0.1:8010 ", "http://127.0.0.1:8010"),
        ("http://[::1]:8010/", "http://[::1]:8010"),
        ("http://localhost:8010", "http://localhost:8010"),
    ],
)
def test_https_and_this_machine_are_addresses(said, kept):
    assert checked(said) == kept


@pytest.mark.parametrize(
    "said",
    ["", "dt.example", "http://dt.example", "ftp://dt.example", "https://u:p@dt.example",
     "https://dt.example/?x=1", "https://dt.example:port", "https://[::1", "https://dt.example:0"],
)  # fmt: skip
def test_anything_else_is_refused(said):
    with pytest.raises(BadAddress):
        checked(said)


@pytest.mark.parametrize("said", ["http://127.0.0.1:8010", "https://localhost", "https://[::1]"])
def test_a_person_at_a_screen_names_no_program_of_this_machine(said):
    with pytest.raises(BadAddress):
        checked(said, this_machine=False)
