"""The portal as it is spoken to, against the stand-in that speaks as it does."""

import json
from datetime import date

import pytest

from tests.unit.apps.claims.conftest import NOW, pair
from tests.unit.engines.claims import making
from tuyen.apps.claims import imports, settings, signing, standin_cards
from tuyen.apps.claims.portal import Client, Down, Shut
from tuyen.apps.claims.refusals import (
    BadAnswerFile,
    ForeignHost,
    NoKey,
    NoPortal,
    NotSigned,
    OpenKeyFile,
)
from tuyen.apps.claims.settings import Portal
from tuyen.apps.claims.standin import StandIn, opened
from tuyen.rules.claims import lookup


@pytest.fixture(scope="module")
def content():
    return making.written(making.station())


@pytest.fixture(scope="module")
def signed(content):
    return signing.XmlSigner(*pair()).sign(content)


def client(address, password="rehearsal", timeout=5.0):
    return Client(Portal(address, "20001_BV", password, "20", "Lò Văn C", "020182037967", timeout))


def test_a_signed_file_is_taken_with_its_receipt_and_kept_as_it_is(signed):
    standin = StandIn(certificate=pair()[1], now=lambda: NOW)
    with opened(standin) as address:
        answer = client(address).send(signed, "20001")

    assert answer == (True, "200", "GD000000001", "20261006030000", "Thành công")
    (got,) = standin.got
    assert (got.key, got.content) == ("20001261004000001", signed)


def test_what_the_portal_does_not_take_it_says_why(content, signed):
    standin = StandIn(certificate=pair()[1])
    with opened(standin) as address:
        speaker = client(address)
        codes = [
            speaker.send(content, "20001").code,
            speaker.send(signed.replace(b"<SOLUONGHOSO>1<", b"<SOLUONGHOSO>2<"), "20001").code,
            speaker.send(signed, "20002").code,
            speaker.send(b"<!DOCTYPE x><GIAMDINHHS/>", "20001").code,
        ]
        standin.mode = "refuse"
        codes.append(speaker.send(signed, "20001").code)

    assert codes == ["704", "704", "703", "701", "403"]
    assert standin.got == []


def test_a_token_that_ran_out_is_taken_anew_and_a_wrong_login_shuts_the_door(signed):
    standin = StandIn()
    with opened(standin) as address:
        speaker = client(address)
        speaker.send(signed, "20001")
        standin.mode = "forget"
        again = speaker.send(signed, "20001")
        with pytest.raises(Shut):
            client(address, "wrong").send(signed, "20001")

    assert again.accepted
    assert standin.calls.count("/token/take") == 3


def test_a_portal_that_is_down_or_slow_or_gone_is_down(signed):
    standin = StandIn(delay=1)
    with opened(standin) as address:
        standin.mode = "down"
        with pytest.raises(Down):
            client(address).send(signed, "20001")
        standin.mode = "slow"
        with pytest.raises(Down):
            client(address, timeout=0.2).send(signed, "20001")
    with pytest.raises(Down):
        client(address).send(signed, "20001")


def test_a_check_in_is_a_post_of_its_own():
    standin = StandIn()
    with opened(standin) as address:
        answer = client(address).check_in(making.written_check_in(), "20001")

    assert (answer.accepted, standin.got[0].kind) == (True, "0")


def test_a_card_is_looked_up_by_name_and_birth():
    standin = StandIn()
    standin.cards["HN2206992237902"] = {"hoTen": "Nông Thị B", "maDKBD": "20001"}
    with opened(standin) as address:
        speaker = client(address)
        codes = [
            speaker.card(code, name, "13/03/1982")["maKetQua"]
            for code, name in (("HN2206992237902", "NÔNG THỊ B"), ("HN2206992237902", "Ai đó"),
                               ("XX1", "Nông Thị B"))
        ]  # fmt: skip

    assert codes == ["000", "060", "051"]


@pytest.mark.parametrize("node", ["THONGTINHOSO", "whole"])
def test_a_signature_holds_for_its_node_and_for_nothing_else(content, node):
    key, certificate = pair()
    made = signing.XmlSigner(key, certificate, node).sign(content)

    assert signing.verify(made, certificate).node in (node, "GIAMDINHHS")
    assert making.again(made).tables == making.again(content).tables
    for bad in (
        made.replace(b"20261004</NGAYLAP>", b"20261005</NGAYLAP>"),
        made.replace(b"</GIAMDINHHS>", b"<THONGTINHOSO/></GIAMDINHHS>"),
        content,
        b"<!DOCTYPE a><GIAMDINHHS/>",
    ):
        with pytest.raises(NotSigned):
            signing.verify(bad, certificate)


def test_the_key_is_a_file_that_nobody_else_reads(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "folder", lambda: tmp_path / "claims")
    with pytest.raises(NoKey):
        signing.own()
    signing.make_test_key(NOW)
    first = (tmp_path / "claims/key.pem").read_bytes()
    signing.make_test_key(NOW)

    assert (tmp_path / "claims/key.pem").read_bytes() == first
    assert signing.own().name == signing.fingerprint(signing.own_certificate())
    (tmp_path / "claims/key.pem").chmod(0o644)
    with pytest.raises(OpenKeyFile):
        signing.own()


def written(folder, **changes):
    told = {"address": "http://127.0.0.1:1/api", "username": "u", "password_file": "password"}
    (folder / "portal.json").write_text(json.dumps(told | changes))
    (folder / "password").write_text("secret\n")
    (folder / "password").chmod(0o600)


def test_the_portal_is_on_this_machine_unless_a_host_is_allowed(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "folder", lambda: tmp_path)
    with pytest.raises(NoPortal):
        settings.portal()
    written(tmp_path)
    assert settings.portal().password == "secret"
    for address in ("https://portal.example/api", "file:///etc/passwd"):
        written(tmp_path, address=address)
        with pytest.raises((ForeignHost, NoPortal)):
            settings.portal()
    written(tmp_path, address="http://portal.example/api", hosts=["portal.example"])
    with pytest.raises(ForeignHost):
        settings.portal()
    written(tmp_path, address="https://portal.example/api", hosts=["portal.example"])
    assert settings.portal().address == "https://portal.example/api"
    (tmp_path / "password").chmod(0o644)
    with pytest.raises(OpenKeyFile):
        settings.portal()


def test_a_catalogue_is_read_by_names_or_by_fields_of_the_claim():
    named = "key,code,name,unit,strength,route,price\namlodipine-5,40.491,Amlodipin,Viên,5mg,1.01,115.5\n"
    filled = "item;MA_THUOC;TEN_THUOC;DON_VI_TINH;HAM_LUONG;DUONG_DUNG;DON_GIA\namlodipine-5;40.491;Amlodipin;Viên;5mg;1.01;115.5\n"

    one, other = (
        imports.read_catalogue(text.encode(), "a.csv", "drug", date(2026, 1, 1))
        for text in (named, filled)
    )

    assert one == other
    assert one[0].lines[0].values["price"] == "115.5"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("MA_LK,SO_TIEN\n,5\n", "MA_LK"),
        ("MA_LK,SO_TIEN\na,5đ\n", "SO_TIEN"),
        ("MA_LK,BANG\na,XML99\n", "BANG"),
        ("MA_LK,STT\na,x\n", "STT"),
        ("MA_LK,KET_QUA\na,maybe\n", "KET_QUA"),
        ("MA_LK,MAU\na,b\n", "-"),
    ],
)
def test_an_answer_that_cannot_be_read_names_its_row_and_field(text, field):
    with pytest.raises(BadAnswerFile) as refused:
        imports.read_answers(text.encode(), "a.csv", date(2026, 10, 20))

    assert refused.value.values["field"] == field


def test_every_row_of_answers_that_cannot_be_read_is_named():
    rows = "".join(f"k{n},{'maybe' if n % 2 else 'denied'}\n" for n in range(60))
    with pytest.raises(BadAnswerFile) as refused:
        imports.read_answers(f"MA_LK,KET_QUA\n{rows}".encode(), "a.csv", date(2026, 10, 20))

    told = [refused.value, *refused.value.others]
    assert [one.values["row"] for one in told] == [3 + 2 * n for n in range(20)]


def test_answers_are_read_from_the_insurers_words():
    text = "MA_LK,KET_QUA,BANG,STT,TRUONG,MA_LY_DO,SO_TIEN\nk1,Từ chối,XML2,1,DON_GIA,GIA,3465.00\nk2,Chấp nhận,,,,,\n"

    (told,) = imports.read_answers(text.encode(), "a.csv", date(2026, 10, 20))

    assert [(a.key, a.outcome, a.table, str(a.amount)) for a in told.answers] == [
        ("k1", "denied", "XML2", "3465.00"), ("k2", "settled", "", "None"),
    ]  # fmt: skip


CARDS = {
    "HN2206992237902": {},
    "QN5206992237903": {},
    "CA5206992237904": {},
    "GD4206992237905": {"gtTheDen": "30/09/2026", "maTheMoi": "GD4206992237915"},
    "GD4206992237906": {"gtTheDen": "31/12/2026", "maTheMoi": "GD4206992237916"},
    "GD4206992237907": {"gtTheTu": "01/01/2025", "gtTheDen": "31/12/2025"},
    "GD4206992237908": {"maKetQua": "110"},
    "GD4206992237909": {"maKetQua": "123"},
}
PERSON = {"hoTen": "Nông Thị B", "ngaySinh": "13/03/1982"}
OFFICIAL = {"hoTenCb": "Lò Văn C", "cccdCb": "020182037967"}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"maThe": "HN2206992237902"}, "000"), ({"maThe": "QN5206992237903"}, "001"),
        ({"maThe": "CA5206992237904"}, "002"), ({"maThe": "GD4206992237905"}, "003"),
        ({"maThe": "GD4206992237906"}, "004"), ({"maThe": "GD4206992237907"}, "010"),
        ({"maThe": "HN2206992237999"}, "051"), ({"maThe": "HN22069922379"}, "051"),
        ({"maThe": "HN2006992237902"}, "052"), ({"maThe": "HN9206992237902"}, "053"),
        ({"cccdCb": "12345"}, "054"), ({"cccdCb": ""}, "055"), ({"hoTenCb": ""}, "055"),
        ({"hoTen": "Ai đó"}, "060"), ({"hoTen": "Nông Thị C"}, "061"),
        ({"ngaySinh": "14/03/1982"}, "070"), ({"maThe": "GD4206992237908"}, "110"),
        ({"maThe": "GD4206992237909"}, "123"), ({"ngaySinh": ""}, "205"), ({"maThe": ""}, "205"),
    ],
)  # fmt: skip
def test_the_stand_in_answers_of_cards_with_the_documented_codes(asked, code):
    fields = {"maThe": "HN2206992237902", **PERSON, **OFFICIAL, **asked}
    known = CARDS.get(fields["maThe"])
    held = None if known is None else PERSON | known

    told = standin_cards.answer(fields, held, date(2026, 10, 6))

    assert told["maKetQua"] == code
    assert lookup.said(code, "vi") == told["ghiChu"] != code
