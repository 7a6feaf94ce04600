"""A station closes its month of claims: all checked, what is ready signed and sent, the rest to mend."""

import json
import os
import re
import subprocess
import sys
from collections import Counter

from tests.journeys.conftest import PHONE
from tuyen.apps.claims.standin import StandIn, opened


def tuyen(home, *verbs):
    """A command of the operator, in the installation that is served."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TUYEN_", "DJANGO_"))}
    environment["TUYEN_LANGUAGE"] = "en"
    command = [sys.executable, "-m", "tuyen", "claims", *verbs, "--home", str(home)]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def rehearse(home, address):
    """A key, and the way to the portal that stands in."""
    assert tuyen(home, "key").returncode == 0
    folder = home / "claims"
    password = folder / "password"
    password.write_text("rehearsal", encoding="utf-8")
    password.chmod(0o600)
    told = {
        "address": address,
        "username": "20001_BV",
        "password_file": "password",
        "province": "11",
    }
    (folder / "portal.json").write_text(json.dumps(told), encoding="utf-8")


def counted(page, state):
    """How many claims the page counts in a state."""
    found = re.search(rf"{state}\s+([\d.]+)", page.inner_text("main"), re.IGNORECASE)
    return int(found[1].replace(".", "")) if found else 0


def test_a_month_is_checked_signed_sent_and_received(visit, province):
    head = visit("tramtruong", PHONE)
    head.open("/claims/closing/")
    page = head.click("main button:has-text('Kiểm tra tất cả')")
    ready = counted(page, "sẵn sàng gửi")
    assert ready > 0
    assert "Cần sửa" in page.inner_text("main")
    head.check_accessible()
    head.check_fits()
    page = head.click("main button:has-text('Ký và gửi mọi hồ sơ')")
    assert counted(page, "sẵn sàng gửi") == 0

    portal = StandIn()
    with opened(portal, 0) as address:
        rehearse(province.home, address)
        portal.mode = "down"
        away = tuyen(province.home, "send")
        portal.mode = "open"
        done = tuyen(province.home, "send", "--now")

    told = re.search(r"0 taken, 0 refused, (\d+) waiting", away.stdout)
    assert told is not None, away.stdout + away.stderr
    waiting = int(told[1])  # the check-ins before the claims
    assert waiting > ready
    assert f"{waiting} taken, 0 refused, 0 waiting" in done.stdout, done.stdout + done.stderr
    assert Counter(got.kind for got in portal.got) == {"0": waiting - ready, "130": ready}
    page = head.open("/claims/list/?state=accepted")
    address = page.locator("main table a").first.get_attribute("href")
    page = head.open(address)
    shown = page.inner_text("main")
    assert [got for got in portal.got if got.transaction in shown] != []  # its receipt
    head.check_accessible()
    head.check_fits()
