"""The screens of published tables, their files, and the read route of the API."""

import io
import zipfile
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.unit.apps.indicators.publishing_world import (
    BEFORE,
    NOW,
    PROGRAM,
    TODAY,
    build,
    good,
    operation,
    publish,
    report,
    wish,
)
from tuyen.apps.access import clock, services
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.indicators import queries
from tuyen.kernel.ids import NODE

MAY = date(2026, 5, 12)


@pytest.fixture(autouse=True)
def day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def world(db):
    made = build()
    for name, n in {"A": 3, "B": 30, "C": 14, "D": 16, "E": 40}.items():
        report(made.old[name], MAY, n)
    return made


@pytest.fixture
def somebody(world):
    """(a browser, the user) of somebody with a post of a role at the province."""

    def give(role):
        user = operation(OpenAccount(login=f"{role}1", name="Người Thử"), NODE)
        post = operation(CreatePost(role=role, since=date(2020, 1, 1)), world.province)
        held = Appoint(post=post.id, user=user.id, since=date(2020, 1, 1))
        good(user, post, operation(held, world.province))
        account = User.objects.get(pk=user.id)
        browser = Client()
        browser.force_login(account, "django.contrib.auth.backends.ModelBackend")
        browser.cookies["tuyen_language"] = "en"
        return browser, account

    return give


def address(**chosen):
    said = {"disease": "measles", "kind": "month", "first": "01/05/2026", "last": "31/05/2026",
            "map": "old", **chosen}  # fmt: skip
    return reverse("release-new") + "?" + "&".join(f"{k}={v}" for k, v in said.items())


def test_a_table_is_looked_at_published_and_taken_out_as_published(world, somebody):
    browser, _ = somebody("cdc-epidemiologist")
    shown = browser.get(address())
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "counts from 1 to 9 people" in page
    assert "Xã A" in page
    form = shown.context["form"]

    sent = browser.post(
        address(),
        {
            "title": "Sởi tháng 5",
            "audience": "public",
            "seen": form["seen"].value(),
            "replaces": "",
        },
    )

    assert sent.status_code == 302
    row = queries.releases(by=PROGRAM).rows[0]
    assert row.title == "Sởi tháng 5"
    assert row.map_on == BEFORE
    csv = reverse("release-file", args=[row.id, "csv"])
    before = browser.get(csv).content
    report(world.old["E"], MAY, 5)
    assert browser.get(csv).content == before
    assert "Xã A,*" in before.decode("utf-8-sig")
    book = browser.get(reverse("release-file", args=[row.id, "xlsx"])).content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>40</v>" in sheet
    assert "<v>3</v>" not in sheet
    assert browser.get(reverse("release-file", args=[row.id, "pdf"])).status_code == 404


def test_what_changed_since_it_was_shown_is_shown_again_and_not_published(world, somebody):
    browser, _ = somebody("cdc-epidemiologist")
    form = browser.get(address()).context["form"]
    report(world.old["E"], MAY, 1)

    sent = browser.post(address(), {"title": "Sởi tháng 5", "audience": "public",
                                    "seen": form["seen"].value()})  # fmt: skip

    assert sent.status_code == 422
    assert "look at it again" in sent.content.decode()
    assert queries.releases(by=PROGRAM).total == 0
    again = sent.context["form"]["seen"].value()
    assert again != form["seen"].value()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"first": "01/03/2026", "last": "31/03/2026"}, "No case is counted in this table"),
        ({"first": "01/10/2026", "last": "31/10/2026"}, "a period is published once it is over"),
        ({"first": "01/06/2026", "last": "01/05/2026"}, "is not a run of periods"),
        (
            {"kind": "week", "first": "01/01/2015", "last": "31/05/2026"},
            "at most 1200 are published",
        ),
        ({"first": "không"}, "Onset from"),
        ({"disease": "khong-co"}, "Diseases"),
        ({"kind": "fortnight"}, "By"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(somebody, chosen, said):
    browser, _ = somebody("cdc-epidemiologist")

    answer = browser.get(address(**chosen))

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_correction_needs_a_reason_and_both_pages_name_each_other(world, somebody):
    browser, _ = somebody("cdc-epidemiologist")
    first, _draft = publish(world, wish(world), title="Lần một")
    report(world.old["E"], MAY, 12)
    seen = browser.get(address()).context["form"]["seen"].value()
    said = {"title": "Lần hai", "audience": "public", "seen": seen, "replaces": str(first.id)}

    assert browser.post(address(), said).status_code == 422
    sent = browser.post(address(), {**said, "reason": "Ca báo cáo muộn"})

    assert sent.status_code == 302
    later = browser.get(sent["Location"]).content.decode()
    assert "Ca báo cáo muộn" in later
    assert str(first.id) in later
    assert (
        "A later release corrects this one"
        in browser.get(reverse("release", args=[first.id])).content.decode()
    )


def test_who_may_not_publish_finds_no_form_and_no_button(somebody):
    browser, _ = somebody("food-safety-inspector")

    assert browser.get(address()).status_code == 404
    assert "For publication" not in browser.get(reverse("counts")).content.decode()
    assert browser.get(reverse("releases")).status_code == 200


def test_the_counts_open_the_table_they_show(somebody):
    browser, _ = somebody("cdc-epidemiologist")
    counts = reverse("counts") + "?disease=measles&from=01/05/2026&to=31/05/2026&map=old"

    answer = browser.get(counts)
    link = answer.context["for_publication"]

    assert "disease=measles" in link
    assert "map=old" in link
    assert browser.get(link).context["draft"] is not None


def test_the_api_gives_tables_as_they_were_published(world, somebody):
    _browser, account = somebody("cdc-epidemiologist")
    receipt, draft = publish(world, wish(world))
    key = services.issue_key(user=account.pk, label="t", days=30, now=clock.real_now())
    program = Client(headers={"Authorization": f"Bearer {key}"})

    listed = program.get("/api/v1/tables").json()
    one = program.get(f"/api/v1/tables/{receipt.id}").json()

    assert listed["total"] == 1
    assert listed["tables"][0] == one
    assert one["cells"] == [None if n < 0 else n for n in draft.printed]
    assert None in one["cells"]
    assert 3 not in one["cells"]
    assert program.get(f"/api/v1/tables/{world.province}").status_code == 404


def test_a_form_that_was_only_opened_says_nothing_is_missing(somebody):
    browser, _ = somebody("cdc-epidemiologist")

    answer = browser.get(reverse("release-new"))

    assert answer.status_code == 200
    assert not answer.context["wish"].errors
