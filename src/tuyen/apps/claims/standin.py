"""A portal to rehearse with: the documented calls and their error codes, on this machine only.

It checks login, token, envelope, facility, link key and, where it has a certificate, the signature;
it keeps what it got. It can be told to be down, slow, or to refuse: by its ``mode``, or from another
process by a POST of {"mode": "down"} to ``/standin``. It answers nobody
but this machine. ``any_card``: every card of 15 characters is good.
"""

import base64
import binascii
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from tuyen.apps.claims import signing, standin_cards
from tuyen.apps.claims.judging import checker
from tuyen.apps.claims.portal import CARD, CHECK_IN, SEND, TOKEN, password_hash
from tuyen.apps.claims.refusals import NotSigned
from tuyen.engines.claims.reader import CHECK_IN as CHECK_IN_TABLE
from tuyen.engines.claims.reader import Unreadable, read

MODES = ("open", "down", "slow", "refuse", "forget")
"""``forget``: tokens given before are no longer known."""
MOST_BYTES = 60_000_000


class Got(NamedTuple):
    """A file that was taken: its receipt number, kind, facility, link key and bytes."""

    transaction: str
    kind: str
    facility: str
    key: str
    content: bytes


class StandIn:
    """The state of the stand-in; `opened` serves it."""

    def __init__(
        self,
        username: str = "20001_BV",
        password: str = "rehearsal",  # noqa: S107  # of the rehearsal, no secret
        certificate: bytes | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        delay: float = 30,
        any_card: bool = False,
    ) -> None:
        self.username, self.certificate, self.now = username, certificate, now
        self.mode, self.delay, self.any_card = "open", delay, any_card
        self.got: list[Got] = []
        self.cards: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self._hash = password_hash(password)
        self._tokens: set[str] = set()
        self._lock = threading.Lock()

    def answer(
        self, call: str, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """What the portal says to a call."""
        with self._lock:
            self.calls.append(call)
            if call == TOKEN:
                return self._token(fields)
            if self.mode == "forget":
                self._tokens.clear()
                self.mode = "open"
            if headers.get("accesstoken", "") not in self._tokens:
                return _said("401", "Token không hợp lệ hoặc đã hết hạn")
            if headers.get("passwordhash", "") != self._hash:
                return _said("401", "Sai mật khẩu")
            if call == CARD:
                return self._card(fields)
            if call in (SEND, CHECK_IN):
                return self._file(call, fields)
            return _said("404", "Không có dịch vụ này")

    def _token(self, fields: Mapping[str, str]) -> dict[str, Any]:
        if fields.get("username") != self.username or fields.get("password") != self._hash:
            return _said("401", "Sai tên đăng nhập hoặc mật khẩu")
        token = hashlib.sha256(f"{self.username}{len(self.calls)}".encode()).hexdigest()
        self._tokens.add(token)
        return {
            "maKetQua": "200",
            "APIKey": {"access_token": token, "id_token": token[:32], "username": self.username},
        }

    def _file(self, call: str, fields: Mapping[str, str]) -> dict[str, Any]:
        if self.mode == "refuse":
            return _said("403", "Cơ sở không được phép gửi hồ sơ")
        kind = "0" if call == CHECK_IN else "130"
        if fields.get("loaiHoSo") != kind:
            return _said("500", "loaiHoSo")
        try:
            content = base64.b64decode(fields.get("fileHSBase64", ""), validate=True)
            package = read(content, checker().book(date.max).layouts)
        except (binascii.Error, Unreadable) as error:
            return _said("701", f"Tệp không đọc được: {error}"[:500])
        visit = package.visits[0]
        table = CHECK_IN_TABLE if kind == "0" else "XML1"
        row = (visit.tables.get(table) or [{}])[0]
        facility = fields.get("maCSKCB", "")
        if len(package.visits) != 1 or visit.faults:
            return _said("702", "Mỗi tệp chỉ chứa một hồ sơ, các bảng phải đọc được")
        if row.get("MA_CSKCB") != facility or fields.get("maTinh") != facility[:2]:
            return _said("703", "Mã cơ sở không khớp")
        if self.certificate is not None:
            try:
                signing.verify(content, self.certificate)
            except NotSigned as refusal:
                return _said("704", str(refusal)[:500])
        transaction = f"GD{len(self.got) + 1:09d}"
        self.got.append(Got(transaction, kind, facility, row.get("MA_LK", ""), content))
        return {
            "maKetQua": "200", "maGiaoDich": transaction,
            "thoiGianTiepNhan": f"{self.now():%Y%m%d%H%M%S}", "thongDiep": "Thành công",
        }  # fmt: skip

    def _card(self, fields: Mapping[str, str]) -> dict[str, Any]:
        code = fields.get("maThe", "")
        held = self.cards.get(code)
        if held is None and self.any_card and len(code) == 15:  # to rehearse with
            held = {"maThe": code, "hoTen": fields.get("hoTen", "")}
        return standin_cards.answer(fields, held, self.now().date())


@contextmanager
def opened(standin: StandIn, port: int = 0) -> Iterator[str]:
    """Serve the stand-in on this machine while the block runs; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(standin))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(standin: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), MOST_BYTES)
            body = self.rfile.read(length)
            if self.path == "/standin":
                self._told(body)
                return
            if standin.mode == "down":
                self._reply(503, {})
                return
            if standin.mode == "slow":
                time.sleep(standin.delay)
            told = parse_qs(body.decode("ascii", "replace"), keep_blank_values=True)
            fields = {name: values[0] for name, values in told.items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._reply(200, standin.answer(self.path, fields, headers))

        def do_GET(self) -> None:
            kept = [[g.transaction, g.kind, g.facility, g.key] for g in standin.got]
            self._reply(200, {"mode": standin.mode, "got": kept})

        def _told(self, body: bytes) -> None:
            try:
                mode = json.loads(body).get("mode")
            except (ValueError, AttributeError):
                mode = None
            if mode in MODES:
                standin.mode = mode
            self._reply(200 if mode in MODES else 400, {"mode": standin.mode})

        def _reply(self, status: int, answer: Mapping[str, Any]) -> None:
            content = json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is logged: a claim names a person."""

    return Handler


def _said(code: str, words: str) -> dict[str, Any]:
    return {"maKetQua": code, "maGiaoDich": "", "thoiGianTiepNhan": "", "thongDiep": words}
