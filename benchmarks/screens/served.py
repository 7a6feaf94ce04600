"""Every main screen through the real server, as a browser asks for it: sockets, TLS left out.

``python -m benchmarks.screens.served``: signs in over HTTP, then asks one request after the other
on a kept connection; and, for the board, from four browsers at once.
"""

import http.client
import itertools
import re
import threading
import time
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note
from benchmarks.serving import served

BROWSERS = 4


def main() -> None:
    given = measuring.arguments(("requests", 60), ("workers", 2))
    demo = installation.opened()
    from benchmarks.screens.addresses import WHO, screens

    figures: Figures = {}
    with served(given.workers) as server:
        port = server.port
        browsers = {login: Browser(port, login, demo["password"]) for login in WHO}
        for screen in screens():
            note(screen.name)
            login = next(
                (who for who, browser in browsers.items()
                 if screen.addresses and browser.get(screen.addresses[0]) == 200), None,
            )  # fmt: skip
            if login is None:
                figures[screen.name] = {"absent": "no route, or nobody may"}
                continue
            times = _ask(browsers[login], screen.addresses, given.requests)
            figures[screen.name] = measuring.spread(times) | {"login": login}
        board = next(screen for screen in screens() if screen.name == "board")
        crowd = _crowd(port, demo["password"], board.addresses, given.requests // 2)
    measuring.tell({"screens": figures, "four_browsers_at_the_board": crowd})


class Browser:
    """One kept connection with its cookies."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: SimpleCookie = SimpleCookie()
        body = self._ask("GET", "/sign-in/")[1].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        assert token is not None
        form = {"csrfmiddlewaretoken": token[1], "login": login, "password": password}
        status, _ = self._ask("POST", "/sign-in/", urlencode(form))
        if status != 302:
            raise SystemExit(f"{login} could not sign in: {status}")

    def get(self, address: str) -> int:
        return self._ask("GET", quote(address, safe="/?=&"))[0]

    def _ask(self, method: str, address: str, body: str = "") -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in self.cookies.values())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.connection.port}/"
        self.connection.request(method, address, body or None, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(cookie)
        return answer.status, content


def _ask(browser: Browser, addresses: list[str], requests: int) -> list[float]:
    turn = itertools.cycle(addresses)
    for _ in range(6):  # both workers wake
        browser.get(next(turn))
    return [measuring.timed(lambda: browser.get(next(turn))) for _ in range(requests)]


def _crowd(port: int, password: str, addresses: list[str], requests: int) -> Figures:
    """Several browsers at once: what one waits, and how many requests a second are answered."""
    from benchmarks.screens.addresses import WHO

    browsers = [Browser(port, WHO[0], password) for _ in range(BROWSERS)]
    times: list[float] = []
    threads = [
        threading.Thread(target=lambda b=b: times.extend(_ask(b, addresses, requests)))
        for b in browsers
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return measuring.spread(times) | {"per_second": round(len(times) / seconds, 1)}


if __name__ == "__main__":
    main()
