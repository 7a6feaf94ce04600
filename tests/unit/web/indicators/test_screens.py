"""The screens of published figures: recording, correcting, voiding, and who may."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.indicators import queries
from tuyen.apps.indicators.operations import PublishFigure
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import CreateUnit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
PROGRAM = Actor.program(date(2026, 10, 25))


def send(*operations):
    receipts = commit(by=PROGRAM, operations=list(operations), at=NOW)
    assert [receipt.refusal for receipt in receipts if not receipt.ok] == []


def operation(payload, unit: UUID = NODE):
    return Operation.of(payload, unit=unit, happened_on=date(2026, 10, 25), recorded_at=NOW)


@pytest.fixture
def province(db):
    unit = operation(CreateUnit(type="province", name="Thử", full_name="Tỉnh Thử"))
    send(unit)
    return unit.id


@pytest.fixture
def signed_in(client, province):
    """A browser of somebody with a post of a role at the province."""

    def give(role):
        user = operation(OpenAccount(login=f"{role}1", name="Người Thử"))
        post = operation(CreatePost(role=role, since=date(2020, 1, 1)), province)
        send(user, post, operation(Appoint(post=post.id, user=user.id, since=date(2020, 1, 1)), province))  # fmt: skip
        client.force_login(User.objects.get(pk=user.id), "django.contrib.auth.backends.ModelBackend")  # fmt: skip
        client.cookies["tuyen_language"] = "vi"
        return client

    return give


def typed(**changes):
    return {
        "indicator": "patients", "unit": "Tỉnh Thử", "year": "2025", "part": "-H1",
        "calendar": "statistics", "value": "635.950", "qualifier": "exact",
        "document": "Báo cáo 6 tháng", **changes,
    }  # fmt: skip


@pytest.fixture
def published(province):
    """Figures of two halves; the id of the later one."""

    def figure(value, period):
        return operation(
            PublishFigure(indicator="patients", period=period, value=Decimal(value),
                          measure_unit="visits", document=f"Báo cáo {period}"), province)  # fmt: skip

    base, half = figure("597001", "2024-H1"), figure("635950", "2025-H1")
    send(base, half)
    return half.id


def test_a_figure_is_recorded_as_typed(signed_in):
    browser = signed_in("planner")

    answer = browser.post(reverse("figure-new"), typed(), follow=True)

    (row,) = queries.figures(by=PROGRAM).rows
    assert (row.value, row.period.label, row.unit_name) == (635950, "2025-H1", "Tỉnh Thử")
    assert "635.950 lượt" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "95,2x"}, "value"),
        ({"unit": "Không có đâu"}, "unit"),
        ({"numerator": "1"}, "denominator"),
        ({"year": "25"}, "year"),
        ({"document": ""}, "document"),
        ({"indicator": "nothing"}, "indicator"),
        ({"dated": "31/02/2026"}, "dated"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(signed_in, changes, field):
    answer = signed_in("planner").post(reverse("figure-new"), typed(**changes))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert queries.figures(by=PROGRAM).total == 0


def test_a_refusal_is_said_in_the_readers_language(signed_in, published):
    again = typed(document="Báo cáo 2025-H1")

    answer = signed_in("planner").post(reverse("figure-new"), again)

    assert answer.status_code == 422
    assert "đã được ghi nhận" in str(answer.context["form"].non_field_errors())


def test_the_page_compares_and_projects(signed_in, published):
    page = signed_in("planner").get(reverse("figure", kwargs={"id": published})).content.decode()

    assert "+38.949" in page
    assert "+6,52%" in page
    assert "Lịch thống kê y tế" in page


def test_a_correction_shows_both(signed_in, published):
    browser = signed_in("planner")
    change = typed(value="635.905", document="Báo cáo 2025-H1", reason="Gõ nhầm")

    page = browser.post(
        reverse("figure-correct", kwargs={"id": published}), change, follow=True
    ).content.decode()
    old = browser.get(reverse("figure", kwargs={"id": published})).content.decode()

    assert all(text in page for text in ("635.905", "635.950", "Gõ nhầm"))
    assert all(text in old for text in ("635.950", "Phiên bản trước"))


def test_the_form_of_a_correction_says_what_stands_there(signed_in, published):
    page = signed_in("planner").get(reverse("figure-correct", kwargs={"id": published}))

    form = page.context["form"]
    assert (form["value"].value(), form["part"].value()) == ("635.950", "-H1")


def test_a_correction_of_an_old_version_leads_to_the_latest(signed_in, published):
    browser = signed_in("planner")
    browser.post(
        reverse("figure-correct", kwargs={"id": published}),
        typed(value="1", document="Báo cáo 2025-H1", reason="Gõ nhầm"),
    )

    answer = browser.get(reverse("figure-correct", kwargs={"id": published}))

    (latest,) = queries.figures(by=PROGRAM, period="2025-H1").rows
    assert answer.headers["Location"] == reverse("figure", kwargs={"id": latest.id})


def test_voiding_takes_a_reason(signed_in, published):
    browser, address = signed_in("planner"), reverse("figure-void", kwargs={"id": published})

    assert browser.get(address).status_code == 200  # the way without JavaScript
    browser.post(address, {"reason": " "})
    before = queries.figure(by=PROGRAM, id=published).row.state
    browser.post(address, {"reason": "Không có trong văn bản"})

    assert (before, queries.figure(by=PROGRAM, id=published).row.state) == ("in-force", "void")


@pytest.mark.parametrize(
    ("role", "seen", "open_form"),
    [("planner", 200, 200), ("food-safety-inspector", 200, 404), ("border-officer", 404, 404)],
)
def test_each_post_sees_its_own(signed_in, published, role, seen, open_form):
    browser = signed_in(role)

    shown = [
        browser.get(reverse("figures")).status_code,
        browser.get(reverse("figure", kwargs={"id": published})).status_code,
    ]
    forms = [
        browser.get(reverse("figure-new")).status_code,
        browser.get(reverse("figure-correct", kwargs={"id": published})).status_code,
        browser.post(
            reverse("figure-void", kwargs={"id": published}), {"reason": "xxx"}
        ).status_code,
    ]

    assert shown == [seen, seen]
    assert forms == ([200, 200, 302] if open_form == 200 else [404, 404, 404])


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("", 2),
        ("year=2025", 1),
        ("indicator=staff", 0),
        ("text=2024-H1", 1),
        ("calendar=administrative", 0),
        ("indicator=%27%3B--&year=xx&page=99999999&every=on", 2),
    ],
)
def test_filters(signed_in, published, query, total):
    answer = signed_in("planner").get(f"{reverse('figures')}?{query}")

    assert (answer.status_code, len(answer.context["rows"])) == (200, total)


def test_a_list_of_one_or_many_takes_as_many_queries(signed_in, province):
    browser = signed_in("planner")

    def used(n):
        send(*(
            operation(PublishFigure(indicator="patients", period="2025", value=Decimal(k),
                                    measure_unit="visits", document=f"Báo cáo {n} {k}"), province)
            for k in range(n)
        ))  # fmt: skip
        browser.get(reverse("figures"))
        with CaptureQueriesContext(connection) as context:
            browser.get(reverse("figures"))
        return len(context)

    assert used(1) == used(45)
