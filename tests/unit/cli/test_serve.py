"""Plain HTTP is for this machine only."""

import granian
import pytest

from tuyen.cli import platform


@pytest.fixture
def served(monkeypatch):
    """What would be served, instead of serving it."""
    asked = []

    class Server:
        def __init__(self, target, **options):
            asked.append(options["address"])

        def serve(self):
            return None

    monkeypatch.setattr(granian, "Granian", Server)
    return asked


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.7", "tuyen.example", "10.0.0.1"])
def test_an_installation_without_tls_is_not_opened_to_others(address, served, settings):
    settings.LOOPBACK = True

    with pytest.raises(platform.OpenWithoutTls, match=address):
        platform.serve(address, 8000, 2)

    assert served == []


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_it_is_served_to_this_machine(address, served, settings, capsys):
    settings.LOOPBACK = True

    platform.serve(address, 8000, 2)

    assert served == [address]


def test_with_tls_of_its_own_any_address_is_served(served, settings, capsys, tmp_path):
    settings.LOOPBACK = False
    pair = (tmp_path / "a.pem", tmp_path / "a.key")

    with pytest.raises(platform.OpenWithoutTls):
        platform.serve("0.0.0.0", 8000, 2)
    platform.serve("0.0.0.0", 8000, 2, pair)

    assert served == ["0.0.0.0"]
    assert "https://0.0.0.0:8000/" in capsys.readouterr().out
