"""The insurer's portal as it is spoken to: the documented REST calls, with the standard library.

Whatever goes wrong on the way is one of two things: the portal is not there (`Down`), or it does not
let the program in (`Shut`). Both mean that files wait. Only an answer about a file settles the file.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from tuyen.apps.claims.settings import Portal

TOKEN, SEND = "/token/take", "/qd130/guiHoSoXmlQD3176"
CHECK_IN, CARD = "/qd130/checkInKcbQd3176", "/egw/KQNhanLichSuKCB2024"
LONGEST_ANSWER = 4_000_000


class Down(Exception):
    """Nobody answered, or not as a portal does; the file waits."""


class Shut(Exception):
    """The portal does not know the program's login or token; the file waits."""


class Answered(NamedTuple):
    """What the portal said of a file: its code, the number and time of the receipt, its words."""

    accepted: bool
    code: str
    transaction: str
    received: str
    message: str


class Token(NamedTuple):
    access: str
    id: str


class _Stay(HTTPRedirectHandler):
    """A portal that sends the program elsewhere is not the portal."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


class Client:
    """One conversation with the portal; takes its token when it is first needed."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._opener = build_opener(ProxyHandler({}), _Stay())
        self._token: Token | None = None
        self._hash = password_hash(portal.password)

    def send(self, content: bytes, facility: str) -> Answered:
        """Offer the file of a visit.

        Raises
        ------
        Down, Shut
        """
        return self._file(SEND, "130", content, facility)

    def check_in(self, content: bytes, facility: str) -> Answered:
        """Offer the check-in of a visit (table 0)."""
        return self._file(CHECK_IN, "0", content, facility)

    def card(self, code: str, name: str, born: str) -> dict[str, Any]:
        """What the portal knows of a card; ``born`` as dd/mm/yyyy. Its code is under ``maKetQua``."""
        portal = self._portal
        return self._asked(CARD, {
            "maThe": code, "hoTen": name, "ngaySinh": born, "username": portal.username,
            "hoTenCb": portal.staff_name, "cccdCb": portal.staff_citizen,
        })  # fmt: skip

    def _file(self, call: str, kind: str, content: bytes, facility: str) -> Answered:
        answer = self._asked(call, {
            "username": self._portal.username, "loaiHoSo": kind,
            "maTinh": self._portal.province or facility[:2], "maCSKCB": facility,
            "fileHSBase64": base64.b64encode(content).decode("ascii"),
        })  # fmt: skip
        code = str(answer.get("maKetQua", ""))
        if not code:
            raise Down("no maKetQua")
        return Answered(
            code == "200", code[:40], str(answer.get("maGiaoDich") or "")[:100],
            str(answer.get("thoiGianTiepNhan") or "")[:40],
            str(answer.get("thongDiep") or "")[:500],
        )  # fmt: skip

    def _asked(self, call: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """An answer to a call with the token; one that has run out is taken anew, once."""
        for last in (False, True):
            token = self._token = self._token or self._taken()
            answer = self._post(call, fields, {
                "accessToken": token.access, "tokenId": token.id, "passwordHash": self._hash,
            })  # fmt: skip
            if str(answer.get("maKetQua")) != "401":
                return answer
            self._token = None
            if last:
                raise Shut(str(answer.get("thongDiep") or "401")[:500])
        raise Shut("401")

    def _taken(self) -> Token:
        answer = self._post(TOKEN, {"username": self._portal.username, "password": self._hash}, {})
        held = answer.get("APIKey") or answer
        if str(answer.get("maKetQua")) != "200" or not isinstance(held, dict):
            raise Shut(str(answer.get("thongDiep") or answer.get("maKetQua") or "")[:500])
        return Token(str(held.get("access_token", "")), str(held.get("id_token", "")))

    def _post(
        self, call: str, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        # The address is that of the installation's own file, its scheme and host were checked.
        request = Request(  # noqa: S310
            self._portal.address + call, data=urlencode(fields).encode("ascii"),
            headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
        )  # fmt: skip
        try:
            with self._opener.open(request, timeout=self._portal.timeout) as reply:
                told = reply.read(LONGEST_ANSWER + 1)
        except HTTPError as error:
            told = error.read(LONGEST_ANSWER + 1)
            if error.code not in (400, 401, 403):
                raise Down(f"HTTP {error.code}") from error
        except (URLError, OSError, HTTPException) as error:
            raise Down(str(getattr(error, "reason", error))[:500]) from error
        try:
            answer = json.loads(told) if len(told) <= LONGEST_ANSWER else None
        except ValueError as error:
            raise Down("no JSON") from error
        if not isinstance(answer, dict):
            raise Down("no JSON")
        return answer


def password_hash(password: str) -> str:
    """The password as the portal demands it: MD5, upper case. It guards nothing; TLS does."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().upper()
