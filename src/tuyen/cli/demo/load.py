"""Building a demo: the synthetic province, told to the journal as it happened."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from tuyen import rules
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import tasks as immunization
from tuyen.apps.journal.services import commit
from tuyen.apps.network import queries as ask
from tuyen.apps.supply.tasks import find_excursions
from tuyen.apps.surveillance.tasks import scan_all, weigh_all
from tuyen.cli.demo import (
    claims,
    duty,
    events,
    families_told,
    medicines,
    moving,
    network,
    outbreaks,
    outreach,
    preparedness,
    programmes_told,
    projects,
    reorganised,
    response,
    sessions,
    station_books,
    supervision,
    surface,
    training,
    workforce,
)
from tuyen.cli.demo.care import Visits
from tuyen.cli.demo.cases import Reports
from tuyen.cli.demo.doses import Booklets
from tuyen.cli.demo.figures import published
from tuyen.cli.demo.names import Names, noon
from tuyen.cli.demo.people import Residents
from tuyen.cli.demo.places import Map
from tuyen.cli.demo.staff import Posts
from tuyen.cli.demo.stock import Stock
from tuyen.cli.demo.world import gazetteer_of
from tuyen.engines.synthetic import province as synthetic
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import N_, Refusal

BATCH = 1000
SCANNED = timedelta(weeks=28)
"""How far back the demo's alarms go: from then on the nights' scans are run as they would be."""

Bar = Callable[[str, int | None], Callable[[int], None]]
Dated = tuple[date, Operation]

_ORDER = {
    name: rank
    for rank, name in enumerate((
        "registry.register_household", "registry.register_person", "registry.move_person",
        "registry.record_death", "surveillance.report_case", "surveillance.amend_case", "surveillance.report_zero",
        "indicators.publish_figure", *outbreaks.KINDS,
    ))
}  # fmt: skip


class DemoRefused(Refusal):
    code = "cli.demo-refused"
    message = N_("The demo's own data were refused ({kind}): {why} This is a fault of the program.")


def build(*, people: int, years: int, seed: int, until: date, bar: Bar) -> Province:
    """Fill an empty, migrated installation. Returns the province, with its logins and its truth.

    Raises
    ------
    DemoRefused
        If any operation was refused: the generators and the rooms then disagree.
    """
    texts = {name: rules.load(f"synthetic/{name}") for name in synthetic.RULES}
    profile = texts["dien_bien"]
    made = synthetic.build(
        gazetteer_of(profile["province"]["code"]), texts, size=people, years=years, until=until,
        seed=seed,
    )  # fmt: skip
    names = Names(seed, made.network)
    place = Map(made, names, profile)
    # Whoever was there before the story began came, at the latest, the day before.
    before = made.since - timedelta(days=1)
    communes = [commune.code for commune in made.gazetteer.communes]
    residents = Residents(made.people, made.network.villages, communes, names, before)
    teller = _Teller(bar)
    teller.tell("map", list(place.before()), noon(place.opened))
    start = noon(made.since)
    teller.tell("posts", list(Posts(made.staff, names, made.since).operations()), start)
    teller.tell("households", list(residents.at_the_start()), start)
    reports = Reports(made, names, residents).in_order()
    figures = published(made.figures, names, place.root)
    lead = outbreaks.leader(made.staff.logins, names)
    answered = outbreaks.Answered(made, names, residents, until, lead).in_order()
    told = [*residents.afterwards(), *reports, *figures, *answered]
    story = sorted(told, key=lambda told: told[0])
    teller.story("years", story, place, until)
    # The evening of the last day: what there is to answer with.
    evening = noon(until) + timedelta(hours=11)
    answers = [*response.means(made, names, until), *preparedness.prepared(made, names, until)]
    teller.tell("response", [*answers, *events.told(made, names, until)], evening)
    weigh_all(on=until, at=evening)
    teller.stock(Stock(made, names, until), evening)
    teller.tell("medicines", list(medicines.shelves(made, names, until)), evening)
    booklets = Booklets(made, names, residents, until, seed)
    teller.tell("doses", list(booklets.operations()), evening)
    teller.tell("followed", list(booklets.followed(immunization.strays(until))), evening)
    visits = Visits(made, names, residents, until, seed)
    teller.tell("shelves", list(visits.shelves()), evening)
    stations = [f"facility:tyt-{code}" for code in communes]
    teller.tell("catalogues", list(claims.catalogues(made, names, stations, until)), evening)
    teller.tell("visits", list(visits.operations()), evening)
    teller.tell("cards", list(claims.looked_up(names, until)), evening)
    smaller = [*programmes_told.told(visits), *families_told.told(visits)]
    teller.tell("rare", [*station_books.told(visits), *smaller], evening)
    teller.tell("sessions", list(sessions.held(made, residents, names, until)), evening)
    teller.tell("supervised", list(supervision.visits(made, names, until, seed)), evening)
    staff = list(workforce.members(made, names, until, seed))
    teller.tell("staff", staff, evening)
    teller.tell("left", list(moving.left(made, names, until)), evening)
    teller.tell("before", list(moving.before(made, names, staff, until)), evening)
    moved = moving.told(names, staff, outreach.station(made, names), until)
    teller.tell("moved", list(moved), evening)
    teller.tell("duty", list(duty.told(made, names, staff, until)), evening)
    teller.tell("trained", list(training.told(made, names, staff, until)), evening)
    teller.tell("reviewed", list(network.reviews(made, names, until, seed)), evening)
    teller.tell("equipped", list(projects.register(made, names, until, seed)), evening)
    teller.tell("projects", list(projects.decided(made, names, until)), evening)
    root = f"province:{profile['province']['code']}"
    teller.tell("surface", list(surface.loaded(made, names, root, until, seed)), evening)
    ask.compute_ways(by=Actor.program(until), on=until)
    for step in reorganised.steps(made, names, root, until):
        teller.tell("reorganised", step, evening)
    teller.tell("mobile teams", list(outreach.stated(made, names, until)), evening)
    teller.tell("mobile month", list(outreach.planned(made, names, until)), evening)
    teller.tell("point days", list(outreach.served(made, names, until)), evening)
    return made


class _Teller:
    """Commits operations in order, in batches, at the time they were told."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar

    def tell(self, label: str, operations: list[Operation], at: Any) -> None:
        move, done = self.bar(label, len(operations)), 0
        for start in range(0, len(operations), BATCH):
            batch = operations[start : start + BATCH]
            self._commit(batch, at)
            done += len(batch)
            move(done)

    def stock(self, stock: Stock, at: Any) -> None:
        """The vaccines of the last weeks, day by day, and what the program finds in the readings."""
        days = list(stock.story())
        move, done = self.bar("vaccines", sum(len(operations) for _, operations in days)), 0
        for _day, operations in days:
            for start in range(0, len(operations), BATCH):
                self._commit(operations[start : start + BATCH], at)
            done += len(operations)
            move(done)
        find_excursions(stock.watched(), at=at)

    def story(self, label: str, story: list[Dated], place: Map, until: date) -> None:
        """What happened since the first day, with the merger on its day and the nights' scans."""
        move, done = self.bar(label, len(story)), 0
        merged = place.merged
        parts = ([d for d in story if d[0] < merged], [d for d in story if d[0] >= merged])
        for number, part in enumerate(parts):
            if number:
                self.tell("merger", [*place.merger(), *place.outlines()], noon(merged))
            for last, operations in windows(part, until):
                for start in range(0, len(operations), BATCH):
                    self._commit(operations[start : start + BATCH], noon(last))
                done += len(operations)
                move(done)
                if last > until - SCANNED:
                    scan_all(on=last, at=noon(last) + timedelta(hours=10))
        move(len(story))

    def _commit(self, operations: list[Operation], at: Any) -> None:
        by = Actor.program(at.date(), channel="import", name="Demo")
        for receipt, operation in zip(
            commit(by=by, operations=operations, at=at, react=False), operations, strict=True
        ):
            if receipt.refusal is not None:
                raise DemoRefused(kind=operation.kind, why=receipt.refusal.refusal())


def windows(story: Iterable[Dated], until: date) -> Iterator[tuple[date, list[Operation]]]:
    """The story in spans that grow with distance: days in the last fortnight, weeks in the half
    year that is scanned, four weeks before. Each is given with its last day, its operations by
    kind, so that the rooms' services meet long runs."""
    for last, told in groupby(story, key=lambda dated: _window(dated[0], until)):
        operations = [operation for _, operation in told]
        operations.sort(key=lambda operation: _ORDER[operation.kind])
        yield last, operations


def _window(day: date, until: date) -> date:
    """The last day of the span that ``day`` falls in."""
    back = (until - day).days
    if back < 14:
        return day
    length = 7 if back < SCANNED.days else 28
    return until - timedelta(days=back - back % length)


def hurry(on: bool) -> None:
    """While a demo is built its file may be lost, and so may go faster; afterwards it may not.

    Rows are found by random keys: the pages that they lie on are kept in memory meanwhile.
    """
    if connection.vendor == "sqlite":
        hasty = ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-400000")
        careful = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-20000")
        with connection.cursor() as cursor:
            for setting in hasty if on else careful:
                cursor.execute(f"PRAGMA {setting}")
