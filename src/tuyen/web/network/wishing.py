"""Wishes to the engine as they are typed, and, where they cannot be kept together, what is said of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.network import conflicting, planned
from tuyen.apps.network.operations import FundMoney, Pin, Wishes
from tuyen.apps.network.planned import Drawn
from tuyen.apps.network.queries import Answered, Clash, Ease, Held, PlanPage
from tuyen.apps.registry import queries as registry
from tuyen.engines.network.decision_price import Price
from tuyen.rules import network as rules
from tuyen.web.network import words
from tuyen.web.network.views_sites import weights_of
from tuyen.web.templatetags.figures import number
from tuyen.web.typed import whole

TERMS = ("access", "suitability", "cost", "disruption")
MOST = 100_000_000


def wishes_of(given: Any, problems: list[str], on: date, held: Wishes | None = None) -> Wishes:
    """What the engine is to be asked, from a form or an address. Pins, and lists of sites that the form
    does not show, stay as ``held`` has them."""
    terms: dict[str, Any] = {key: min(value, 100) for key in TERMS
             if (value := whole(str(given.get(key, "")))) is not None and value >= 0}  # fmt: skip
    budget = _amount(given, "budget", _("Budget for upgrades, million VND"), MOST, problems)
    within = _amount(given, "satellite_within", _("Minutes of a satellite point"), 1000, problems)
    return Wishes(
        weights=tuple(round(w) for w in weights_of(given)), budget=budget,
        funds=tuple(_funds(given, on, held, problems)), capacity=given.get("capacity") == "yes",
        capacity_over=_amount(given, "capacity_over", _("Per cent over"), 1000, problems) or 0,
        satellite_within=within or None,
        doctors=_amount(given, "doctors", _("Doctors at each main station"), 20, problems),
        recruits=_amount(given, "recruits", _("Doctors who come"), 10_000, problems) or 0,
        pins=held.pins if held else (), **terms,
    )  # fmt: skip


def _amount(given: Any, key: str, label: str, most: int, problems: list[str]) -> int | None:
    text = str(given.get(key, "")).strip()
    found = whole(text) if text else None
    if text and (found is None or not 0 <= found <= most):
        problems.append(_("{label}: {text} is no whole number from 0 to {most}.").format(
            label=label, text=text[:20], most=most))  # fmt: skip
        return None
    return found


def _funds(given: Any, on: date, held: Wishes | None, problems: list[str]) -> list[FundMoney]:
    lists = {one.fund: one.sites for one in held.funds} if held else {}
    found = []
    for key, fund in rules.funds(on).items():
        name = words.told(fund.name)
        money = _amount(given, f"f-{key}", name, MOST, problems)
        if money is None:
            continue
        sites = lists.get(key)
        if f"has-l-{key}" in given:
            sites = tuple(id for text in given.getlist(f"l-{key}") if (id := words.as_uuid(text)))
        if fund.listed is not None and not sites:
            problems.append(_("{name}: choose the sites of its list.").format(name=name))
            continue
        found.append(FundMoney(fund=key, money=money, sites=sites))
    return found


def typed_of(wishes: Wishes) -> dict[str, Any]:
    """Wishes as the form shows them."""
    found: dict[str, Any] = {key: getattr(wishes, key) for key in TERMS}
    for key in ("budget", "doctors", "satellite_within"):
        value = getattr(wishes, key)
        found[key] = "" if value is None else value
    found |= {"capacity": "yes" if wishes.capacity else "", "recruits": wishes.recruits or "",
              "capacity_over": wishes.capacity_over or ""}  # fmt: skip
    found |= {f"f-{one.fund}": one.money for one in wishes.funds}
    if wishes.weights:
        found |= {f"w-{one.key}": weight
                  for one, weight in zip(rules.criteria(), wishes.weights, strict=False)}  # fmt: skip
    return found


def form(given: Mapping[str, Any], on: date, lists: Drawn | None = None, held: Wishes | None = None) -> dict[str, Any]:  # fmt: skip
    """What the form of wishes shows. ``lists``: a plan, whose sites can be named in a fund's list."""
    names = [_("People's way"), _("The five criteria"), _("Cost"), _("Few changes")]
    chosen = {one.fund: set(one.sites or ()) for one in held.funds} if held else {}
    funds = []
    for key, fund in rules.funds(on).items():
        if fund.listed is not None and lists is None:
            continue  # its list needs the sites of a plan
        sites = []
        if fund.listed is not None and lists is not None:
            sites = [(id, registry.atlas().full_name(id, lists.day), id in chosen.get(key, ()))
                     for id in lists.sites]  # fmt: skip
        funds.append({
            "key": f"f-{key}", "name": words.told(fund.name), "value": given.get(f"f-{key}", ""),
            "list": f"l-{key}", "sites": sorted(sites, key=lambda one: one[1]), "fund": fund,
            "pays": ", ".join(str(words.PAYS[kind]) for kind in fund.pays),
        })  # fmt: skip
    return {
        "sliders": [{"key": f"w-{one.key}", "name": words.told(one.name),
                     "value": given.get(f"w-{one.key}", round(one.weight))} for one in rules.criteria()],
        "terms": [{"key": key, "name": name, "value": given.get(key, getattr(Wishes(), key))}
                  for key, name in zip(TERMS, names, strict=True)],
        "funds": funds, "given": given,
    }  # fmt: skip


def refused(found: Answered, plan: Drawn) -> dict[str, Any]:
    """Why there is no plan, and the buttons of what would do."""
    if found.empty:
        return {"sentences": [_("No site or nobody is on the map of that day: there is nothing to decide.")],
                "eases": []}  # fmt: skip
    return {
        "sentences": [sentence(one, plan) for one in found.clashes],
        "eases": [{"value": f"{one.what}:{one.of}:{one.value}", "label": offer(one, plan),
                   "sure": surely(one)} for one in found.eases],
    }  # fmt: skip


def sentence(clash: Clash, plan: Drawn) -> str:
    """The rules of a conflict, with the communes and amounts."""
    parts = [_clause(clash, rule, plan) for rule in clash.rules]
    return _("These cannot be kept together: {rules}.").format(
        rules="; ".join(dict.fromkeys(parts))
    )


def _clause(clash: Clash, rule: Held, plan: Drawn) -> str:
    communes = ", ".join(planned.commune_name(plan, id) for id in clash.communes)
    limit = "–" if rule.limit is None else number(round(rule.limit))
    short = None if rule.short is None else number(max(round(rule.short), 1))
    if rule.key == "budget":
        said = _("the budget of {limit} million VND")
    elif rule.key == "funds":
        said = _("the {limit} million VND of {funds}, for what no other source may pay")
    elif rule.key == "doctors":
        said = _("the {limit} doctors who are there or come")
    elif rule.key == "capacity":
        said = _(
            "the places: {people} people in {communes}, and its largest main station serves {places}"
        )
    elif rule.key == "satellite-within":
        said = _("satellite points within {limit} minutes of their main station")
    elif rule.key == "pinned":
        said = _("the pins of {sites}")
    elif communes:
        said = _("one main station in {communes}")
    else:
        said = _("one main station in every commune")
    text = said.format(
        limit=limit, communes=communes, people=number(clash.people), sites=_pins(clash.sites, plan),
        places="–" if clash.places is None else number(clash.places),
        funds=", ".join(_fund(key, plan.on) for key in rule.funds) or "–",
    )  # fmt: skip
    return _("{rule} (short by {n})").format(rule=text, n=short) if short else text


def passed(page: PlanPage, price: Price) -> list[str]:
    """By how much a plan passes each limit of its wishes, in words."""
    found = conflicting.passed(page.problem, page.wishes, price) if page.wishes else ()
    return [_passed(one, max(round(one.short or 0), 1), page.plan.on) for one in found]


def _passed(one: Held, short: int, on: date) -> str:
    if one.key == "budget":
        said = _(
            "The upgrades cost {short} million VND more than the budget of {limit} million VND."
        )
    elif one.key == "funds":
        said = _("Upgrades that no other source may pay for cost {short} million VND more than the"
                 " {limit} million VND of {funds}.")  # fmt: skip
    elif one.key == "doctors":
        said = ngettext(
            "Its main stations ask for {short} doctor more than the {limit} who are there or come.",
            "Its main stations ask for {short} doctors more than the {limit} who are there or come.", short,
        )  # fmt: skip
    else:
        said = ngettext("{short} person is more than the nearest main station has places for.",
                        "{short} people are more than their nearest main station has places for.", short)  # fmt: skip
    return said.format(short=number(short), limit=number(round(one.limit or 0)),
                       funds=", ".join(_fund(key, on) for key in one.funds))  # fmt: skip


def _fund(key: str, on: date) -> str:
    found = rules.funds(on).get(key)
    return words.told(found.name) if found else key


def _pins(sites: Sequence[UUID], plan: Drawn) -> str:
    must = {pin.unit: str(words.MUST[pin.must]) for pin in plan.pins}
    names = [(registry.atlas().full_name(id, plan.day), must.get(id, "")) for id in sites]
    return ", ".join(f"{name} ({what})" if what else name for name, what in names)


def pin_said(pin: Pin, plan: Drawn) -> dict[str, Any]:
    """A pin in words."""
    ground = rules.answers("grounds").get(pin.ground)
    return {
        "id": pin.unit, "name": registry.atlas().full_name(pin.unit, plan.day),
        "must": words.MUST[pin.must], "ground": words.told(ground.name) if ground else pin.ground,
        "reason": pin.reason,
    }  # fmt: skip


def paid(page: PlanPage) -> list[dict[str, Any]]:
    """Each source of a plan: what it holds, what it pays, for how many sites."""
    return [
        {"name": _fund(one.fund, page.plan.on), "money": one.money, "paid": one.paid,
         "left": one.money - one.paid, "sites": len(one.sites)}
        for one in page.paying.rows
    ]  # fmt: skip


def offer(ease: Ease, plan: Drawn) -> str:
    """What a button that eases a wish says."""
    told = {"more": number(ease.more), "value": number(ease.value)}
    if ease.what == "budget":
        return _("Raise the budget by {more} to {value} million VND").format(**told)
    if ease.what == "fund":
        return _("Raise {fund} by {more} to {value} million VND").format(
            fund=_fund(ease.of, plan.on), **told)  # fmt: skip
    if ease.what == "doctors":
        return ngettext("Allow {more} doctor fewer: {value} at each main station",
                        "Allow {more} doctors fewer: {value} at each main station", ease.more).format(**told)  # fmt: skip
    if ease.what == "recruits":
        return ngettext("Let {more} more doctor come", "Let {more} more doctors come",
                        ease.more).format(**told)  # fmt: skip
    if ease.what == "capacity_over":
        return _("Let main stations serve {value} % more people than their places").format(**told)
    if ease.what == "satellite_within":
        return _("Allow satellite points {value} minutes away").format(**told)
    id = words.as_uuid(ease.of)
    name = registry.atlas().full_name(id, plan.day) if id else ""
    return _("Drop the pin of {name}").format(name=name)


def surely(ease: Ease) -> str:
    if not ease.enough:
        return _("settles one conflict; another is left")
    if ease.exact:
        return _("the least that will do")
    return _("will do; whether less would is not proven")


def ease_of(text: str) -> tuple[str, str, int] | None:
    """What a pressed button names: (wish, fund or site, amount)."""
    what, _colon, rest = text.partition(":")
    of, _again, amount = rest.rpartition(":")
    value = whole(amount)
    return (what, of, value) if value is not None and 0 <= value <= MOST else None
