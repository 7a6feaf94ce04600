"""The components as templates use them, and what a page weighs."""

import gzip
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

import tuyen.web
from tuyen.web import gallery

STATIC = Path(tuyen.web.__path__[0]) / "static/tuyen"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def render(source, url="/", **values):
    request = RequestFactory().get(url)
    return Template("{% load ui entry figures %}" + source).render(
        Context({"request": request, **values})
    )


class Form(forms.Form):
    name = forms.CharField(label="Name", help_text="As on paper")
    onset = forms.DateField(label="Onset", input_formats=["%d/%m/%Y"])
    place = forms.CharField(label="Place", required=False)
    place_id = forms.CharField(widget=forms.HiddenInput, required=False)


def test_styles_and_scripts_weigh_at_most_60_kilobytes():
    files = [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]
    base = Path(tuyen.web.__path__[0], "templates/base.html").read_text(encoding="utf-8")
    shared = [file for file in files if f"/{file.name}'" in base]
    own = sum(len(file.read_bytes()) for file in shared)
    of_rooms = [len(file.read_bytes()) for file in files if file not in shared]
    vendor = sum(len(file.read_bytes()) for file in STATIC.glob("vendor/*.js"))
    sent = sum(len(gzip.compress(f.read_bytes())) for f in [*files, *STATIC.glob("vendor/*.js")])

    assert own <= 64 * 1024, "what every page loads"
    assert max(of_rooms) <= 8 * 1024, "what a page of one room loads besides"
    assert vendor <= 60 * 1024
    assert sent <= 60 * 1024, "what crosses the line, all of it"


def test_the_gallery_shows_every_component():
    shown = Path(tuyen.web.__path__[0]) / "templates/components/gallery.html"
    source = shown.read_text()
    tags = ("page_header", "stat", "card", "alarm", "badge", "button", "receipt", "timeline")
    tags += ("tabs", "filter_bar", "field", "data_table", "empty_state", "error_summary")
    tags += ("combobox", "date_field", "key_values", "diff_list", "notice", "callout", "options")
    tags += ("time_slider", "dialog")

    assert [tag for tag in tags if "{% " + tag not in source] == []


@pytest.mark.django_db
def test_the_gallery_renders():
    response = gallery.gallery(RequestFactory().get("/", {"sort": "-onset"}))

    assert response.status_code == 200


@pytest.mark.parametrize(
    "source",
    [
        "{% card x %}{{ x }}{% endcard %}",
        "{% badge x %}",
        "{% alarm 'alert' x href=x %}",
        "{% button x href=x name=x value=x %}",
        "{% notice x title=x %}",
        "{% stat x x href=x change=x %}",
        "{% empty_state x x action=x href=x %}",
        "{% page_header x lead=x %}{% endpage_header %}",
        "{% receipt 'sent' x reference=x %}",
        "{% dialog x x %}{% enddialog %}",
        "{% table x %}{% endtable %}",
        "{% key_values pairs %}{% diff_list pairs %}{% timeline events %}{% options events %}",
    ],
)
def test_values_are_escaped(source):
    x = "<script>\"'&"
    shown = render(source, x=x, pairs=[(x, x, x)], events=[{"title": x, "label": x, "text": x}])

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_an_alarm_says_its_level_by_shape_and_word():
    shown = render("{% alarm 'epidemic' 'EP-B1' %}")

    assert "icons.svg#epidemic" in shown
    assert "EP-B1" in shown


def test_an_unknown_level_is_a_mistake_of_the_template():
    with pytest.raises(TemplateSyntaxError, match="'panic' is not one of signal"):
        render("{% alarm 'panic' 'x' %}")


@pytest.mark.parametrize(
    ("why", "url", "href", "order"),
    [
        ("not sorted yet", "/?q=a&page=3", "?q=a&amp;sort=onset", None),
        ("ascending turns", "/?sort=onset", "?sort=-onset", "ascending"),
        ("descending turns back", "/?sort=-onset", "?sort=onset", "descending"),
    ],
)
def test_sort_header(why, url, href, order):
    shown = render("{% sort_header 'onset' 'Onset' %}", url)

    assert f'href="{href}"' in shown, why
    assert (f'aria-sort="{order}"' in shown) == bool(order), why


def test_pages_keep_the_query_and_do_not_group_digits_in_links():
    page = Paginator(range(60_000), 25).get_page(1200)
    shown = render("{% pagination page %}", "/?q=a", page=page)

    assert "?q=a&amp;page=1201" in shown
    assert "1,201" in shown, "but people read them grouped"


def test_a_field_ties_its_hint_and_error_to_its_input():
    shown = render("{% field form.name %}", form=Form({"onset": "x"}))

    assert 'aria-describedby="id_name_hint id_name_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_name_error"' in shown
    assert shown.count("aria-describedby") == 1


def test_the_error_summary_links_to_the_fields():
    shown = render("{% error_summary form %}", form=Form({}))

    assert 'href="#id_name"' in shown
    assert 'href="#id_onset"' in shown


def test_a_form_without_errors_has_no_summary():
    assert render("{% error_summary form %}", form=Form()).strip() == ""


@pytest.mark.parametrize("typed", ["31/02/2026", "07/03/2026"])
def test_a_date_stays_as_it_was_typed(typed):
    shown = render("{% date_field form.onset %}", form=Form({"onset": typed}))

    assert f'value="{typed}"' in shown


def test_a_combobox_is_a_plain_input_and_keeps_what_was_chosen():
    form = Form({"place": "Na Ư", "place_id": "u1"})
    shown = render("{% combobox form.place '/suggest' chosen=form.place_id %}", form=form)

    assert 'name="place" value="Na Ư"' in shown
    assert 'name="place_id" value="u1"' in shown
    assert 'role="combobox"' in shown


@pytest.mark.parametrize(
    ("stage", "reached"), [("saved", 1), ("sent", 2), ("confirmed", 3), ("refused", 2)]
)
def test_a_receipt_claims_no_more_than_it_proves(stage, reached):
    assert render("{% receipt stage %}", stage=stage).count('class="reached') == reached
