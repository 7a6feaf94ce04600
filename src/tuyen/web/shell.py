"""What the frame around every screen shows: the way about, the person, the day."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, resolve, reverse
from django.utils.translation import get_language, gettext, pgettext

from tuyen.apps.access import clock, exports, policies, world
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.kernel.refusal import N_
from tuyen.rules.access import role_table
from tuyen.web.access import PUBLIC, SIGNED_IN

# The stops of the line, in the order of a working day. A stop is shown where this installation has
# the route and the person's post opens it. Whoever examines patients has those first, and their dock is
# of care; for others the first four fit a phone's dock.
GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        N_("Today"),
        (
            ("board", N_("Province board"), "board"),
            ("signals", N_("Signals"), "signals"),
            ("case-new", N_("Report a case"), "report"),
            ("cases", N_("Line list"), "cases"),
            ("signal-new", N_("Tell of a sign"), "plus"),
            ("responses", N_("Response"), "users"),
            ("preparedness", N_("Preparedness"), "calendar"),
            ("outbreaks", N_("Outbreaks"), "epidemic"),
            ("seven-one-seven", N_("7-1-7"), "clock"),
        ),
    ),
    (
        N_("Places and people"),
        (
            ("map", N_("Dated map"), "map"),
            ("units", N_("Units"), "unit"),
            ("persons", N_("Persons"), "person"),
            ("households", N_("Households"), "household"),
            ("emergency-new", N_("Emergency access"), "warn"),
            ("emergencies", N_("Emergency openings"), "verify"),
            ("duplicates", N_("Duplicates"), "person"),
            ("moves", N_("Moves between units"), "household"),
            ("certificate-verify", N_("Verify a certificate"), "verify"),
            ("network-sites", N_("Network of stations"), "map"),
            ("readiness", N_("Readiness of stations"), "verify"),
            ("projects", N_("Capital projects"), "report"),
            ("reorganisations", N_("Reorganisations"), "unit"),
        ),
    ),
    (
        N_("Examination and treatment"),
        (
            ("care", N_("Station today"), "board"),
            ("overdue", N_("Who did not come"), "person"),
            ("programmes", N_("Programmes of care"), "report"),
            ("pregnancies", N_("Pregnant women"), "users"),
            ("births", N_("Births"), "plus"),
            ("care-deaths", N_("Deaths"), "person"),
            ("care-talks", N_("Health education"), "users"),
            ("growth", N_("Growth of children"), "person"),
            ("family-planning", N_("Family planning"), "household"),
            ("claims", N_("Claims desk"), "report"),
        ),
    ),
    (
        N_("Immunisation"),
        (
            ("immunization", N_("Immunisation today"), "board"),
            ("children", N_("Children to immunise"), "person"),
            ("immunization-coverage", N_("Coverage of immunisation"), "verify"),
            ("school-check", N_("School entry"), "users"),
            ("sessions", N_("Sessions"), "calendar"),
            ("planner", N_("Microplan"), "map"),
            ("outreach", N_("Mobile sessions"), "household"),
            ("aefis", N_("Adverse events"), "warn"),
            ("lot-holds", N_("Suspended lots"), "bad"),
            ("campaign-days", N_("Campaign days"), "report"),
            ("packs", N_("Immunisation schedules"), "calendar"),
        ),
    ),
    (
        N_("Stores"),
        (
            ("medicines", N_("Medicines"), "household"),
            ("stock", N_("Vaccine stock"), "household"),
            ("cold", N_("Cold chain"), "clock"),
            ("supervision", N_("Supervision of stations"), "verify"),
        ),
    ),
    (
        N_("People at work"),
        (
            ("workforce", N_("Posts and gaps"), "users"),
            ("staff", N_("Staff"), "person"),
            ("training", N_("Training"), "calendar"),
            ("my-file", N_("My file"), "report"),
            ("roster", N_("Duty roster"), "clock"),
            ("my-duty", N_("My duty"), "clock"),
        ),
    ),
    (
        N_("Records"),
        (
            ("case-import", N_("Import"), "import"),
            ("names-asked", N_("Lists with names"), "export"),
            ("names-waiting", N_("Names asked for"), "verify"),
            ("figures", N_("Published figures"), "verify"),
            ("releases", N_("Published tables"), "export"),
            ("drills", N_("Drills"), "clock"),
            ("backtest", N_("Back-test"), "verify"),
            ("operations", N_("Operations and receipts"), "journal"),
            ("refused", N_("Refused"), "warn"),
            ("journal-verify", N_("Verify the journal"), "verify"),
        ),
    ),
    (
        N_("This installation"),
        (
            ("accounts", N_("Users and posts"), "users"),
            ("tablets", N_("Tablets"), "report"),
            ("doctor", N_("Health of the system"), "doctor"),
        ),
    ),
)
EXAMINES = "clinical.visit.record"
_CARE, _CARE_DOCK = N_("Examination and treatment"), ("care", "overdue", "case-new", "signals")
DOCK_STOPS = 4
WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Stop:
    """One place to go."""

    key: str
    label: str
    short: str
    href: str
    icon: str
    current: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Stops that belong together."""

    label: str
    items: tuple[Stop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The frame of one page, for `base.html`."""

    today: date
    nav: tuple[Group, ...] = ()
    user: str = ""
    post: str = ""
    demo: bool = False
    drill: str = ""
    mark: str = ""
    node: str = ""
    version: str = ""
    home_url: str | None = None
    palette_url: str | None = None
    account_url: str | None = None
    sign_out_url: str | None = None
    dock: tuple[Stop, ...] = field(default=())


def frame(request: HttpRequest | None) -> Shell:
    """Return the frame for the person at the door; without one, a frame with no way about."""
    actor = getattr(request, "actor", None)
    shell = Shell(
        today=clock.today(),
        demo=clock.is_demo(),
        drill=(drill := _drill()),
        mark=world.WORDS if drill else "",
        version=_version(),
        home_url=_route("home"),
    )
    if request is None or actor is None:
        return shell
    waiting = getattr(request, "waiting", None) is not None  # only one's own security page is open
    opened = frozenset() if waiting else policies.rights(actor)
    groups = _menu(opened, get_language() or "vi", get_urlconf())
    here = _here(request.path, [stop.href for group in groups for stop in group.items])
    counts = {} if waiting else {_route(stop): _waiting(actor, stop) for stop in _COUNTED}
    nav = tuple(
        Group(group.label, tuple(_marked(stop, here, counts) for stop in group.items))
        for group in groups
        if not waiting
    )
    return Shell(
        today=shell.today,
        demo=shell.demo,
        drill=shell.drill,
        mark=shell.mark,
        version=shell.version,
        home_url=shell.home_url,
        nav=nav,
        dock=_dock(nav, opened),
        user=actor.name,
        post=_posts(actor),
        palette_url=None if waiting else _route("palette"),
        account_url=_route("security" if waiting else "account"),
        sign_out_url=_route("sign-out"),
    )


def destinations(request: HttpRequest) -> list[Stop]:
    """Every screen this person may open, for the command palette."""
    return [stop for group in frame(request).nav for stop in group.items]


@functools.lru_cache(512)
def _menu(opened: frozenset[str], language: str, urlconf: str | None) -> tuple[Group, ...]:
    """The stops that these rights open, in the language that is spoken: alike for all who hold them,
    and on every page."""
    ordered = sorted(GROUPS, key=lambda group: not (EXAMINES in opened and group[0] == _CARE))
    groups = ((gettext(label), _stops(entries, opened, urlconf)) for label, entries in ordered)
    return tuple(Group(label, stops) for label, stops in groups if stops)


def _dock(nav: tuple[Group, ...], opened: frozenset[str]) -> tuple[Stop, ...]:
    """The four stops under a thumb."""
    stops = [stop for group in nav for stop in group.items]
    held = {stop.key: stop for stop in stops}
    care = [held[key] for key in _CARE_DOCK if key in held] if EXAMINES in opened else []
    return tuple(dict.fromkeys((*care, *stops)))[:DOCK_STOPS]


def _stops(
    entries: tuple[tuple[str, str, str], ...], opened: frozenset[str], urlconf: str | None
) -> tuple[Stop, ...]:
    stops = []
    for key, label, icon in entries:
        href, right = _place(key, urlconf)
        if href is None:
            continue
        if right not in (PUBLIC, SIGNED_IN) and right not in opened:
            continue
        stops.append(Stop(key, gettext(label), _short(key) or gettext(label), href, icon))
    return tuple(stops)


def _marked(stop: Stop, here: str | None, counts: dict[str | None, str]) -> Stop:
    """A stop as this page shows it: whether one is there, and how many things wait."""
    count = counts.get(stop.href, "")
    if stop.href != here and not count:
        return stop
    return replace(stop, current=stop.href == here, count=count)


@functools.cache
def _place(key: str, urlconf: str | None) -> tuple[str | None, str | None]:
    """Where a stop leads, and the right it takes: resolved once, for every page shows every stop."""
    href = _route(key)
    return href, None if href is None else getattr(resolve(href).func, "right", None)


def look_again(actor: Actor) -> None:
    """Count anew what waits for somebody, at the next page."""
    cache.delete_many([f"{stop}-waiting:{actor.user}" for stop in _COUNTED])


_COUNTED: dict[str, tuple[str, Callable[[Actor], int]]] = {
    "emergencies": (access.REVIEW_EMERGENCY, lambda by: access.emergencies_waiting(by=by)),
    "names-waiting": (exports.APPROVE, lambda by: exports.waiting(by=by, at=clock.now())),
}
"""Stop -> the right it takes, and how many things wait there for somebody."""


def _waiting(actor: Actor, stop: str) -> str:
    """How many things of a stop wait for somebody: asked once a minute."""
    right, counted = _COUNTED[stop]
    if actor.user is None or right not in policies.rights(actor):
        return ""
    key = f"{stop}-waiting:{actor.user}"
    count = cache.get(key)
    if count is None:
        count = counted(actor)
        cache.set(key, count, WAIT_SECONDS)
    return str(count) if count else ""


def _here(path: str, hrefs: list[str]) -> str | None:
    """The most exact of the addresses wins, so that /cases/new is not also /cases."""
    fitting = (href for href in hrefs if path == href or _inside(path, href))
    return max(fitting, key=len, default=None)


def _inside(path: str, href: str) -> bool:
    return href != "/" and path.startswith(href.rstrip("/") + "/")


def _short(key: str) -> str:
    """The word under an icon of the dock, where the full label would not fit."""
    return {
        "care": pgettext("dock", "Patients"),
        "overdue": pgettext("dock", "Overdue"),
        "board": pgettext("dock", "Board"),
        "signals": pgettext("dock", "Signals"),
        "case-new": pgettext("dock", "Report"),
        "cases": pgettext("dock", "Line list"),
        "signal-new": pgettext("dock", "Sign"),
        "preparedness": pgettext("dock", "Ready"),
    }.get(key, "")


def _drill() -> str:
    """Which drill is played here, what its clock shows and how fast it runs; '' in reality."""
    played, pace = world.played(), world.pace()
    if played is None or pace is None:
        return ""
    key = {"zh-hans": "zh"}.get(get_language() or "vi", get_language() or "vi")
    name = played["name"].get(key, played["scenario"])
    shows = f"{clock.now():%d/%m/%Y %H:%M}"
    speed = f"×{pace.speed:g}" if pace.speed else gettext("the clock stands still")
    return f"{name} · {shows} · {speed}"


def _route(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _posts(actor: Actor) -> str:
    """The names of the posts held today, in the reader's language."""
    key = {"zh-hans": "zh"}.get(get_language() or "vi", get_language() or "vi")
    roles = role_table().roles
    return ", ".join(
        roles[post.role].name.get(key, post.role) for post in actor.posts if post.role in roles
    )


@functools.cache
def _version() -> str:
    try:
        return version("tuyen")
    except PackageNotFoundError:
        return ""
