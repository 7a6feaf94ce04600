"""A drill speaks to the drill it was paired with: to no other address, and to nothing that is real."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import UUID

import pytest

from tuyen.cli.drill import talking
from tuyen.kernel.refusal import Refusal

PEER = UUID("6c1c2f0e-7d0b-4a93-9a1e-60c6a9c4b7d1")


@pytest.fixture
def served():
    """A server of this machine that answers as it is told; what it was asked is kept."""
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    server.asked, server.says = [], (200, f"drill {PEER}", b"{}", "")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.path, self.headers.get("Tuyen-World"), body))
        status, world, content, location = self.server.says
        self.send_response(status)
        for name, value in (("Tuyen-World", world), ("Location", location),
                            ("Content-Length", str(len(content)))):  # fmt: skip
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *args):
        self.server.logged = args


def test_news_goes_to_the_drill_that_is_named(served):
    server, url = served
    server.says = (200, f"drill {PEER}", b'{"news":1}', "")

    assert talking.world_of(url) == f"drill {PEER}"
    assert talking.post(url, talking.NEWS, b"sealed", f"drill {PEER}") == b'{"news":1}'
    assert server.asked[-1] == (talking.NEWS, f"drill {PEER}", b"sealed")


@pytest.mark.parametrize("world", ["real", "", "drill", f"drill {UUID(int=7)}"])
def test_what_is_not_that_drill_is_refused(served, world):
    server, url = served
    server.says = (200, world, b"{}", "")

    with pytest.raises(talking.OtherSideIsReal):
        talking.post(url, talking.NEWS, b"sealed", f"drill {PEER}")
    if UUID(int=7).hex not in world.replace("-", ""):
        with pytest.raises(talking.OtherSideIsReal):
            talking.world_of(url)


def test_nobody_joins_what_is_real_and_nothing_of_the_code_is_sent_there(served):
    server, url = served
    server.says = (421, "real", b"{}", "")

    with pytest.raises(talking.OtherSideIsReal):
        talking.join(url, "AAAAA-BBBBB-CCCCC-DDDDD", drill=PEER, scenario="dengue_border")
    assert [body for _, _, body in server.asked] == [b""]


def test_a_redirection_is_not_followed(served):
    server, url = served
    server.says = (302, f"drill {PEER}", b"", f"{url}/elsewhere")

    with pytest.raises(talking.OtherSideRefused):
        talking.post(url, talking.NEWS, b"sealed", f"drill {PEER}")
    assert len(server.asked) == 1


def test_a_side_that_is_away_is_no_fault_of_the_play(served):
    server, url = served
    server.shutdown()
    server.server_close()
    line = talking.Line({"url": url, "peer": str(PEER)}, every=0.0)

    line.turn(lambda: b"news", lambda content: pytest.fail("nothing came"))
    line.finish(lambda: b"news", lambda content: pytest.fail("nothing came"))

    assert line.exchanged == 0
    assert url in line.trouble


def test_what_comes_back_is_taken_in_its_turn(served):
    _, url = served
    line, taken = talking.Line({"url": url, "peer": str(PEER)}, every=0.0), []

    line.turn(lambda: b"news", lambda content: taken.append(content) or 1)
    line.finish(lambda: b"last", lambda content: taken.append(content) or 1)

    assert taken == [b"{}", b"{}"]
    assert (line.exchanged, line.trouble) == (2, "")


@pytest.mark.parametrize(
    "url",
    ["https://drill.example.org", "http://127.0.0.1:8010", "http://localhost:1", "http://[::1]:9"],
)
def test_an_address_is_secure_or_of_this_machine(url):
    assert talking.checked(f" {url}/any/path ") == url


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.7:8010", "ftp://localhost/", "file:///etc/passwd", "localhost:80", "",
     "https://user:x@drill.example.org", "http://127.0.0.1.example.org/"],
)  # fmt: skip
def test_any_other_address_is_refused(url):
    with pytest.raises(Refusal) as refused:
        talking.checked(url)
    assert refused.value.code == "surveillance.bad-drill-address"
