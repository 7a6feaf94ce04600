"""A line list through the console: sent, matched, tried, taken; and what is not taken."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.unit.apps.surveillance.conftest import place
from tuyen.apps.surveillance.models import Case
from tuyen.web.surveillance import uploads

HEADER = "Họ và tên,Giới tính,Tuổi,Xã,Chẩn đoán,Ngày khởi phát,Phân loại\n"
GOOD = (
    HEADER
    + "Lò Thị Một,Nữ,7,M,Sởi,21/10/2026,nghi ngờ\nVàng A Hai,Nam,34,M,Sởi,13/10/2026,nghi ngờ\n"
)
MIXED = GOOD + "Giàng Thị Ba,Nữ,9,Không Có,Sởi,22/10/2026,nghi ngờ\n"


@pytest.fixture
def head(signed_in):
    return signed_in("station-head", place("stM"))


def send(client, text, name="list.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post("/cases/import/", {"file": SimpleUploadedFile(name, data)})


def token_of(answer):
    return answer["Location"].split("/")[3]


def test_a_good_file_goes_in_and_is_already_had_the_second_time(head):
    token = token_of(send(head, GOOD))
    assert Case.objects.count() == 0

    taken = head.post(f"/cases/import/{token}/accept/", follow=True)
    again = head.get(f"/cases/import/{token_of(send(head, GOOD))}/check/")

    assert taken.status_code == 200
    assert Case.objects.count() == 2
    assert (len(again.context["made"].operations), len(again.context["made"].already)) == (0, 2)


def test_the_columns_are_proposed_and_can_be_changed(head):
    token = token_of(send(head, GOOD))
    page = head.get(f"/cases/import/{token}/")
    assert next(row["field"] for row in page.context["rows"]) == "person_name"

    head.post(f"/cases/import/{token}/", {"column-A": "", "column-Z": "x", "order": "evil"})
    after = head.get(f"/cases/import/{token}/")

    assert next(row["field"] for row in after.context["rows"]) == ""


def test_good_rows_go_in_only_when_the_person_says_so(head):
    token = token_of(send(head, MIXED))
    refused = head.post(f"/cases/import/{token}/accept/")
    assert (refused.status_code, Case.objects.count()) == (422, 0)

    taken = head.post(f"/cases/import/{token}/accept/", {"good": "1"})

    assert (taken.status_code, Case.objects.count()) == (302, 2)


def test_a_bad_row_names_its_row_value_and_fix_and_comes_back_as_a_file(head):
    token = token_of(send(head, MIXED))

    page = head.get(f"/cases/import/{token}/check/")
    file = head.get(f"/cases/import/{token}/errors.csv")

    finding = page.context["findings"][0]
    assert (finding["row"], finding["value"]) == (4, "Không Có")
    assert finding["advice"]
    assert "Giàng Thị Ba" in file.content.decode()
    assert "Lò Thị Một" not in file.content.decode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("only-header.csv", HEADER.encode()),
        ("zip.xlsx", b"PK\x03\x04 nothing"),
        ("page.csv", b"<html><body>not a table</body></html>"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("binary.csv", bytes(range(256)) * 20),
        ("../../etc/passwd", b"\x00\x01"),
    ],
)
def test_a_file_that_is_no_table_gets_a_sentence(head, name, data):
    answer = send(head, data, name)
    if answer.status_code == 302:
        answer = head.get(answer["Location"])

    assert answer.status_code == 422
    assert answer.context["problem"]


def test_legacy_letters_are_refused_and_can_be_converted(head):
    token = token_of(send(head, HEADER + "§Æng V¨n §iÖn,Nam,7,M,Sëi,21/10/2026,nghi ngê\n" * 3))
    refused = head.get(f"/cases/import/{token}/")

    head.post(f"/cases/import/{token}/", {"convert": "tcvn3"})
    converted = head.get(f"/cases/import/{token}/")

    assert refused.status_code == 422
    assert converted.status_code == 200


def test_a_file_too_large_is_refused_by_its_size(head, monkeypatch):
    from tuyen.engines.exchange import limits
    from tuyen.web import importing

    small = limits.Limits(size=10)
    monkeypatch.setattr(importing, "check_size", lambda n, name: limits.check_size(n, name, small))

    assert send(head, GOOD).status_code == 422


def test_a_file_belongs_to_its_session(head, signed_in):
    token = token_of(send(head, GOOD))
    other = signed_in("station-head", place("stM"))

    for path in ("", "check/", "errors.csv"):
        assert other.get(f"/cases/import/{token}/{path}").status_code == 404
    assert other.post(f"/cases/import/{token}/accept/").status_code == 404
    assert other.post(f"/cases/import/{token}/discard/").status_code == 404


def test_a_discarded_file_is_gone(head):
    token = token_of(send(head, GOOD))

    head.post(f"/cases/import/{token}/discard/")

    assert uploads.read(token) is None
    assert head.get(f"/cases/import/{token}/").status_code == 404


def test_a_file_nobody_came_back_for_is_removed(head, settings):
    import os

    token = token_of(send(head, GOOD))
    path = settings.UPLOADS / token
    os.utime(path, (0, 0))

    uploads.purge()

    assert not path.exists()
    assert head.get(f"/cases/import/{token}/").status_code == 404


def test_a_session_keeps_few_files(head, settings):
    for _ in range(7):
        send(head, GOOD)

    assert len(list(settings.UPLOADS.iterdir())) == 5


def test_files_are_private(head, settings):
    token = token_of(send(head, GOOD))

    assert (settings.UPLOADS / token).stat().st_mode & 0o777 == 0o600
    assert settings.UPLOADS.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("token", ["x", "../../secret.key", "a" * 43])
def test_a_forged_token_finds_nothing(head, token):
    assert uploads.read(token) is None
    assert head.get(f"/cases/import/{token}/").status_code == 404
