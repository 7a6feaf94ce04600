"""The components of every screen: ``{% load ui %}``. See `docs/design-system.md` for pictures.

A component takes plain values and escapes them. Tags with an ``end…`` partner wrap what stands
between them. Labels are given translated: ``{% button _("Save") %}``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import RequestContext
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from tuyen.apps.access import clock
from tuyen.web.palette import ALARM_LEVELS
from tuyen.web.shell import Shell
from tuyen.web.shell import frame as frame_of
from tuyen.web.tables import Column, cells

register = template.Library()

TONES = ("plain", "good", "warn", "bad", "calm", "tag")
TONE_ICONS = {"good": "check", "warn": "warn", "bad": "bad", "calm": "info"}
RECEIPT_STAGES = ("saved", "sent", "confirmed")


def render(name: str, /, **values: Any) -> SafeString:
    """Render ``components/<name>.html`` with plain values."""
    return mark_safe(get_template(f"components/{name}.html").render(values))  # noqa: S308


@register.simple_tag(takes_context=True)
def frame(context: RequestContext) -> Shell:
    """The frame around the page, for `base.html`: ``{% frame as shell %}``."""
    return context.get("shell") or frame_of(context.get("request"))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line icon of `static/tuyen/icons.svg`; ``label`` only when no text stands beside it."""
    return _icon(name, str(label))


@lru_cache(maxsize=1024)
def _icon(name: str, label: str) -> SafeString:
    """A screen has a hundred icons of twenty sorts."""
    return render("icon", name=name, label=label)


@register.simple_tag
def url_or_none(name: str, *args: Any, **kwargs: Any) -> str | None:
    """Like ``{% url %}``, but None where this installation has no such screen."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return None


@register.inclusion_tag("components/language_switch.html", takes_context=True)
def language_switch(context: RequestContext) -> dict[str, Any]:
    """Vietnamese, English, Chinese: one tap, back to the same page."""
    request = context.get("request")
    return {
        "current": context.get("LANGUAGE_CODE", "vi"),
        "languages": [
            ("vi", "Tiếng Việt", "Vi"),
            ("en", "English", "En"),
            ("zh-hans", "中文", "中"),
        ],
        "action": url_or_none("set_language"),
        "next": request.get_full_path() if request else "/",
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_block_tag(end_name="endpage_header")
def page_header(
    content: str,
    title: str,
    lead: str = "",
    trail: Sequence[tuple[str, str | None]] = (),
    as_of: datetime | date | None = None,
    completeness: float | None = None,
) -> SafeString:
    """Path, title, lead, freshness line; the actions of the page stand between the tags.

    trail: (label, href) from the province down; the last is where we are (href None).
    as_of: the newest fact in the figures. completeness: share of 1 of the reports due that are in.
    """
    return render(
        "page_header",
        title=title,
        lead=lead,
        trail=trail,
        fresh=_fresh(as_of, completeness),
        actions=mark_safe(content.strip()),  # noqa: S308
    )


@register.inclusion_tag("components/route.html")
def breadcrumbs(trail: Sequence[tuple[str, str | None]]) -> dict[str, Any]:
    """The path to this page, (label, href) from the top; the last has no href."""
    return {"trail": trail}


@register.inclusion_tag("components/freshness.html")
def freshness(
    as_of: datetime | date | None = None, completeness: float | None = None
) -> dict[str, Any]:
    """How old and how complete the figures are, in words and as a filled line."""
    return {"fresh": _fresh(as_of, completeness)}


@register.inclusion_tag("components/button.html")
def button(
    label: str,
    kind: str = "plain",
    href: str | None = None,
    type: str = "submit",
    icon: str = "",
    size: str = "",
    name: str = "",
    value: str = "",
    dialog: str = "",
    describedby: str = "",
) -> dict[str, Any]:
    """A button, or a link that looks like one when ``href`` is given.

    kind: plain, primary (one a page), quiet, danger. size: "" or small. dialog: id of the dialog
    it opens (with ``href`` as the page to go to without JavaScript).
    """
    return dict(locals())


@register.simple_block_tag(end_name="endcard")
def card(
    content: str,
    title: str = "",
    sub: str = "",
    more: str = "",
    more_label: str = "",
    flush: bool = False,
    ident: str = "",
    level: int = 2,
) -> SafeString:
    """A bordered section. flush: a table or list runs to its edges. more: href of all of it."""
    return render("card", **locals())


@register.inclusion_tag("components/stat.html")
def stat(
    label: str,
    value: str,
    href: str = "",
    unit: str = "",
    change: str = "",
    direction: str = "",
    as_of: datetime | date | None = None,
    completeness: float | None = None,
) -> dict[str, Any]:
    """One figure that opens to its rows (``href``), with its age and completeness.

    value: already formatted (``n|number``). change: a sentence ("+12 on last week").
    direction: up, down or same, for the arrow.
    """
    return {**locals(), "fresh": _fresh(as_of, completeness)}


@register.inclusion_tag("components/badge.html")
def badge(text: str, tone: str = "plain", icon: str = "") -> dict[str, Any]:
    """A state in words. tone: plain, good, warn, bad, calm, tag; each has its icon."""
    return {"text": text, "tone": tone, "icon": icon or TONE_ICONS.get(tone, "")}


@register.inclusion_tag("components/alarm.html")
def alarm(level: str, text: str, href: str = "") -> dict[str, Any]:
    """The level of an alarm: signal, alert, epidemic, ended. Shape, word and colour together."""
    if level not in ALARM_LEVELS:
        raise template.TemplateSyntaxError(
            f"alarm level {level!r} is not one of {', '.join(ALARM_LEVELS)}"
        )
    return {"level": level, "text": text, "href": href}


@register.filter
def tone(level: str) -> str:
    """The tone of a Django message level."""
    return {"success": "good", "warning": "warn", "error": "bad"}.get(level, "calm")


@register.simple_tag
def notice(
    text: str, tone: str = "calm", title: str = "", closable: bool = False, href: str = ""
) -> SafeString:
    """A sentence that the reader must see: good, warn, bad or calm."""
    return render("notice", icon=TONE_ICONS.get(tone, "info"), body=text, **_but(locals(), "text"))


@register.simple_block_tag(end_name="endcallout")
def callout(content: str, tone: str = "calm", title: str = "") -> SafeString:
    """A notice with markup inside."""
    return render("notice", icon=TONE_ICONS.get(tone, "info"), body=content, tone=tone, title=title)


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Events on a line. Each: title, and any of when (date or datetime), text, href, by, tone
    (good, warn, bad, future)."""
    return {"events": events}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Sequence[Any]], current: str, label: str = "") -> dict[str, Any]:
    """Pages of one thing, as links. items: (key, label, href[, count]); current: the open key."""
    return {
        "items": [(*item, None)[:4] if len(item) == 3 else item for item in items],
        "current": current,
        "label": label,
    }


@register.inclusion_tag("components/receipt.html")
def receipt(stage: str, text: str = "", reference: str = "", href: str = "") -> dict[str, Any]:
    """How far a record has come, by what a receipt proves: saved, sent, confirmed, or refused."""
    reached = RECEIPT_STAGES.index(stage) if stage in RECEIPT_STAGES else 1
    return {
        "stage": stage,
        "text": text,
        "reference": reference,
        "href": href,
        "stops": [(key, at <= reached, at < reached) for at, key in enumerate(RECEIPT_STAGES)],
    }


@register.simple_block_tag(end_name="enddialog")
def dialog(content: str, ident: str, title: str) -> SafeString:
    """A modal dialog, opened by any element with ``data-dialog="<ident>"``."""
    return render("dialog", content=content, ident=ident, title=title)


@register.inclusion_tag("components/empty.html")
def empty_state(
    title: str, text: str = "", action: str = "", href: str = "", heading: int = 3
) -> dict[str, Any]:
    """Nothing here: say why, and the next step."""
    return {"title": title, "text": text, "action": action, "href": href, "heading": heading}


@register.inclusion_tag("components/facts.html")
def key_values(pairs: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """A list of facts: (label, value[, href])."""
    return {"pairs": [(*pair, None)[:3] for pair in pairs]}


@register.inclusion_tag("components/diff.html")
def diff_list(rows: Iterable[Sequence[Any]], caption: str = "") -> dict[str, Any]:
    """What changed: (field, before, after); None means there was or is nothing."""
    return {"rows": rows, "caption": caption}


@register.simple_block_tag(end_name="endtable")
def table(
    content: str, caption: str, stack: bool = True, tall: bool = False, ident: str = ""
) -> SafeString:
    """A table whose rows are written by hand between the tags (thead, tbody).

    On a phone its rows become cards (``stack``), or it scrolls inside its own region, which takes
    the keyboard focus. tall: it scrolls under its sticky head.
    """
    return render("table", **locals())


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: RequestContext, key: str, label: str, kind: str = "text", param: str = "sort"
) -> dict[str, Any]:
    """A column head that sorts: a link that sets ``?sort=key`` or ``-key``, keeping the rest."""
    query = context["request"].GET.copy()
    now = query.get(param, "")
    query[param] = f"-{key}" if now == key else key
    query.pop("page", None)
    return {
        "label": label,
        "kind": kind,
        "href": f"?{query.urlencode()}",
        "order": {key: "ascending", f"-{key}": "descending"}.get(now, ""),
    }


@register.inclusion_tag("components/data_table.html", takes_context=True)
def data_table(
    context: RequestContext,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    caption: str,
    page: Any = None,
    empty: str = "",
    stack: bool = True,
    tall: bool = False,
    ident: str = "",
) -> dict[str, Any]:
    """A whole table from :class:`tuyen.web.tables.Column` and mappings, with pagination."""
    return {
        "request": context.get("request"),
        "columns": columns,
        "rows": [cells(columns, row) for row in rows],
        **{k: v for k, v in locals().items() if k not in ("context", "columns", "rows")},
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: RequestContext, page: Any, param: str = "page") -> dict[str, Any]:
    """Links to the pages of a Django ``Page``, keeping the query string."""
    return {"request": context["request"], "page": page, "param": param, "pages": _near(page)}


@register.simple_block_tag(takes_context=True, end_name="endfilter_bar")
def filter_bar(
    context: RequestContext,
    content: str,
    saved: Iterable[Mapping[str, Any]] = (),
    save_url: str = "",
    target: str = "",
    clear: str = "?",
) -> SafeString:
    """A row of filter fields as a GET form, with saved filters under it.

    saved: mappings of label, href, current, and delete (a URL to POST to). save_url: where a name
    for the current filters is posted. target: selector of the element htmx swaps (else a page load).
    """
    values = {k: v for k, v in locals().items() if k != "context"}
    query = context["request"].GET.urlencode() if context.get("request") else ""
    return render("filter_bar", **values, csrf_token=context.get("csrf_token"), query=query)


@register.inclusion_tag("components/time_slider.html")
def time_slider(
    stops: Sequence[Mapping[str, Any]], label: str, ident: str = "time", target: str = ""
) -> dict[str, Any]:
    """Choose a day on a line of labelled stops: each a mapping of label, href, current, major."""
    now = next((at for at, stop in enumerate(stops) if stop.get("current")), len(stops) - 1)
    return {**locals(), "last": len(stops) - 1, "shown": stops[now]["label"] if stops else ""}


@register.inclusion_tag("components/options.html")
def options(items: Iterable[Mapping[str, Any]], prefix: str = "option") -> dict[str, Any]:
    """The answer to a combobox or the palette: mappings of label and any of value, href, note,
    icon, group (say it on the first of a group)."""
    return {"items": list(items), "prefix": prefix}


def _fresh(as_of: datetime | date | None, completeness: float | None) -> dict[str, Any] | None:
    if as_of is None and completeness is None:
        return None
    return {
        "as_of": as_of,
        "exact": isinstance(as_of, datetime),
        "now": clock.now(),
        "completeness": completeness,
        "reach": f"{100 * completeness:.1f}%" if completeness is not None else "",
    }


def _near(page: Any) -> list[int | None]:
    """Page numbers to link: the ends, and two about the current one; None is a gap."""
    last = page.paginator.num_pages
    wanted = sorted({1, last, *range(max(1, page.number - 1), min(last, page.number + 1) + 1)})
    shown: list[int | None] = []
    for number in wanted:
        if shown and number - (shown[-1] or 0) > 1:
            shown.append(None)
        shown.append(number)
    return shown


def _but(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in names}
