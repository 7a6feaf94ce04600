"""Who sees what: roles, units, routes and verbs against the written policy, by every path out."""

import re
from uuid import UUID, uuid4

import pytest

from tests.house.test_routes import unguarded
from tests.security.addresses import (
    PROGRAMS,
    addresses,
    asked_by,
    filled,
    read,
    right_of,
    this_time,
)
from tests.security.conftest import (
    HALVES,
    LETTERS,
    POLICY,
    PURPOSES,
    TODAY,
    Holder,
    Province,
    actor,
    routes,
    written,
)
from tests.security.two_hands import with_names
from tuyen.apps.access import policies
from tuyen.apps.access.operations import Relieve
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import KINDS
from tuyen.rules.access import role_table

RIGHTS = sorted(
    {r for role in POLICY["roles"].values() for g in role["grants"].values() for r in g}
)
PERSON, CASE, FIGURE = "registry.person.read", "surveillance.case.read", "indicators.figure.read"
SIGNAL = "surveillance.signal.read"
VISIT, APART = "clinical.visit.read", "clinical.visit.sensitive"
OPERATION, SENSITIVE = "journal.operation.read", "registry.person.sensitive"

# A word that stands in one record only -> the right that lets it out, and the units it belongs to.
CANARIES = {
    "person": (PERSON, "V"), "address": (PERSON, "V"),
    "case": (CASE, "CS"), "note": (CASE, "CS"), "ethnic": (SENSITIVE, "CS"),
    "staff": ("workforce.staff.read", "S"), "visit": (VISIT, "SV"), "apart": (APART, "SV"),
    "document": (FIGURE, "C"), "sign": (SIGNAL, "CSV"), "phone": (SIGNAL, "CSV"),
}  # fmt: skip


PLANS, WORKS_THERE = "workforce.roster.plan", "workforce.file.correct"
# At the roster's own addresses, and nowhere else, names of staff need less than their files do.
ROSTER = {
    # Whoever works at a unit reads whose turn it is, as on the paper on its wall.
    "/workforce/roster/": (PLANS, WORKS_THERE),
    # A shift is swapped with a colleague, who is chosen by name.
    "/workforce/me/duty/": (PLANS, WORKS_THERE),
    # Who plans the duty of a unit answers leave, draws people and prepares what they are paid.
    "/workforce/leave/": (PLANS,), "/workforce/surge/": (PLANS,), "/workforce/draw/": (PLANS,),
    "/workforce/allowances/": (PLANS,),
}  # fmt: skip


def allowed(who: Holder, kind: str, half: str, path: str = "") -> bool:
    right, letters = CANARIES[kind]
    rights = [right]
    if kind == "staff":
        rights += [one for at, more in ROSTER.items() if path.startswith(at) for one in more]
    return any(who.may(right, half, letter) for right in rights for letter in letters)


def leaks(who: Holder, text: str, path: str) -> list[str]:
    """Words of records that stand in an answer although the policy keeps them from this reader."""
    return [
        f"{half}{kind}"
        for half in HALVES
        for kind in CANARIES
        if f"{half}{kind}" in text and not allowed(who, kind, half, path)
    ]


# -- AC-01 ---------------------------------------------------------------------------------------


@pytest.mark.check("AC-01")
def test_every_route_and_every_operation_states_a_right_that_some_role_holds():
    from importlib import import_module

    from django.conf import settings

    patterns = import_module(settings.ROOT_URLCONF).urlpatterns
    rights = role_table().rights

    assert unguarded(patterns, rights) == []
    assert [kind.name for kind in KINDS if kind.right not in rights] == []


@pytest.mark.check("AC-01", mutant=True)
def test_mutant_a_right_nobody_wrote_down_opens_nothing(province):
    by = actor("administrator", province.root)

    assert not policies.scope(by, "registry.person.reed")
    assert not policies.scope(actor("no-such-role", province.root), PERSON)


# -- AC-02: the policy engine, cell by cell --------------------------------------------------------


def disagreements(province: Province) -> tuple[int, list[str]]:
    """(cases tried, cells in which the engine and the written policy differ)."""
    tried, wrong = 0, []
    targets = [(h.word, at, id) for h in province.halves for at, id in h.units.items()]
    for role in POLICY["roles"]:
        for half, post, unit in targets:
            for purpose in PURPOSES:
                by = actor(role, unit, purpose)
                for right in RIGHTS:
                    scope = policies.scope(by, right)
                    for other, at, id in targets:
                        tried += 1
                        said = written(role, half, post, right, other, at, purpose)
                        if scope.covers(id) != said:
                            wrong.append(f"{role}@{half}{post} {right} {other}{at} ({purpose})")
    return tried, wrong


@pytest.mark.check("AC-02", "AC-08")
def test_the_engine_answers_every_cell_of_the_policy_as_it_is_written(province):
    tried, wrong = disagreements(province)

    assert wrong == []
    assert tried >= 20_000


@pytest.mark.check("AC-02", mutant=True)
@pytest.mark.parametrize("line", ["own", "owned", "guided"])
def test_mutant_a_line_of_authority_that_reaches_further_is_found(province, monkeypatch, line):
    honest = policies._reach
    extra = province.far.units["V"]
    monkeypatch.setattr(
        policies, "_reach",
        lambda unit, asked, on: honest(unit, asked, on) | ({extra} if asked == line else set()),
    )  # fmt: skip

    assert disagreements(province)[1] != []


# -- AC-02, AC-04: real requests, by every path ----------------------------------------------------

_SHORT = {  # one post of every role, where that role is found
    "commune-committee": "C", "health-centre-supervisor": "Z", "cdc-epidemiologist": "H",
    "laboratory-technician": "H", "food-safety-inspector": "H", "planner": "H", "director": "H",
    "administrator": "H", "village-health-worker": "V",
}  # fmt: skip


# Posts that are asked at every address, at every change, and judged by more than the policy too.
CRAWLERS = ("cdc-epidemiologist", "population-officer", "station-head")


def beyond(who: Holder, path: str, answer, said: str) -> list[str]:
    """What is wrong with an answer to GET: its status, and each canary that the policy keeps back."""
    wrong = []
    right = right_of(path)
    if right not in ("public", "signed-in") and not any(
        who.holds(right, purpose) for purpose in PURPOSES[:1]
    ):
        shut = 403 if path.startswith(PROGRAMS) else 404
        if answer.status_code not in (shut, 405):
            wrong.append(f"{who.role}: {path} answered {answer.status_code} without {right}")
    if answer.status_code >= 500:
        wrong.append(f"{who.role}: {path} answered {answer.status_code}")
    wrong += [
        f"{who.role}@{who.half}{who.letter}: {path} shows {w}" for w in leaks(who, said, path)
    ]
    return wrong


def walk(who: Holder, paths: list[str], enough: int | None = None) -> list[str]:
    """What is wrong with the answers of these addresses.

    It ends early once ``enough`` was found wrong.
    """
    wrong: list[str] = []
    for path in paths:
        answer = (who.program if path.startswith(PROGRAMS) else who.browser).get(path)
        wrong += beyond(who, path, answer, read(answer))
        if enough and len(wrong) >= enough:
            break
    return wrong


@pytest.mark.check("AC-02", "AC-04", "AC-08")
@pytest.mark.parametrize(
    ("role", "half"),
    # The near posts of the crawlers are asked in `test_crawl`.
    [(role, HALVES[0]) for role in sorted(POLICY["roles"].keys() - {*CRAWLERS})]
    + [("station-head", HALVES[1])],
)
def test_no_address_shows_a_post_more_than_the_policy_lets_out(role, half, province, holder):
    who = holder(role, _SHORT.get(role, "S"), half)
    every = asked_by(who, province)
    paths = every if role == "station-head" else this_time(role, every)
    assert walk(who, paths) == []
    assert len(every) >= len(list(routes()))
    assert len(paths) > len(every) // 3


def exports(province: Province, who: Holder, form: str) -> str:
    """What leaves without names, at once, and with names when a second person agreed."""
    alone = {"form": form, "reason": "kiểm tra", "query": ""}
    return read(who.browser.post("/cases/export/", alone)) + read(with_names(province, who, form))


@pytest.mark.check("AC-04")
@pytest.mark.parametrize("role", sorted(POLICY["roles"]))
def test_what_is_allowed_comes_out_alike_by_list_detail_search_export_and_api(
    role, holder, province
):
    """The same record by every path: all or none, as the policy says."""
    who = holder(role, _SHORT.get(role, "S"))
    for half in province.halves:
        person, case = allowed(who, "person", half.word), allowed(who, "case", half.word)
        by_path = {
            "record": who.browser.get(f"/people/{half.person}/"),
            "search": who.browser.get(f"/people/?q={half.word}person"),
            "household": who.browser.get(f"/households/{half.household}/"),
            "palette": who.browser.get(f"/palette/?q={half.word}person"),
            "suggestion": who.browser.get(f"/suggest/persons/?q={half.word}person"),
            "programs": who.program.get(f"/api/v1/people?q={half.word}person"),
        }
        seen = {path: f"Giàng {half.word}person" in read(a) for path, a in by_path.items()}
        assert set(seen.values()) == {person}, (half.word, seen)
        by_path = {
            "list": who.browser.get("/cases/"),
            "detail": who.browser.get(f"/cases/{half.case}/"),
            "programs' list": who.program.get("/api/v1/cases"),
            "programs' detail": who.program.get(f"/api/v1/cases/{half.case}"),
        }
        seen = {path: f"{half.word}case" in read(a) for path, a in by_path.items()}
        assert set(seen.values()) == {case}, (half.word, seen)
        takes_out = any(who.may("surveillance.case.export", half.word, at) for at in "CS")
        for form in ("csv", "xlsx"):
            assert (f"{half.word}case" in exports(province, who, form)) is takes_out, form


@pytest.mark.check("AC-04", mutant=True)
@pytest.mark.parametrize("right", [PERSON, CASE, FIGURE])
def test_mutant_a_query_that_forgets_its_scope_is_found(right, province, holder, monkeypatch):
    who = holder("population-officer" if right == CASE else "station-head")
    honest = policies.scope
    monkeypatch.setattr(
        policies, "scope",
        lambda by, asked: policies.EVERYTHING if asked == right else honest(by, asked),
    )  # fmt: skip

    assert walk(who, addresses(province), enough=1) != []


# -- The other verbs -------------------------------------------------------------------------------


@pytest.mark.check("AC-02")
@pytest.mark.parametrize("role", sorted(POLICY["roles"]))
def test_no_verb_does_what_the_policy_does_not_allow(role, province, holder):
    """A POST without the right is answered as an address that is not there; DELETE does nothing.

    The right is asked for before the verb is looked at, and before the record: one address of each
    route is asked, by POST where the post has no right and by DELETE where it has.
    """
    from tuyen.apps.journal import queries as journal

    who = holder(role, _SHORT.get(role, "S"))
    before, wrong = journal.head()[1], []
    paths = [filled(pattern, province)[0] for pattern, _view in routes()]
    for path in this_time(role, paths):
        client = who.program if path.startswith(PROGRAMS) else who.browser
        right = right_of(path)
        verb = "delete" if right in ("public", "signed-in") or who.holds(right) else "post"
        answer = getattr(client, verb)(path, b"{}", content_type="application/json")
        if answer.status_code < 400 and not path.startswith("/language/"):
            wrong.append(f"{role}: {verb} {path} -> {answer.status_code}")
    assert [w for w in wrong if "-> 302" not in w] == []
    assert journal.head()[1] == before


# -- AC-03 -----------------------------------------------------------------------------------------

DETAIL = {
    "people": lambda h: h.person, "households": lambda h: h.household, "cases": lambda h: h.case,
    "signals": lambda h: h.alarm, "signals/events": lambda h: h.event, "figures": lambda h: h.figure, "operations": lambda h: h.operation,
}  # fmt: skip


def differences(who: Holder, province: Province) -> list[str]:
    """Where an id of the other half is answered otherwise than one that is not there."""
    wrong = []
    tries = [(who.browser, "get", f"/{name}/{{}}/", of) for name, of in DETAIL.items()]
    tries += [
        (who.browser, "post", "/people/{}/reveal/", lambda h: h.person),
        (who.browser, "get", "/people/{}/edit/name/", lambda h: h.person),
        (who.browser, "get", "/cases/{}/amend/", lambda h: h.case),
        (who.browser, "get", "/cases/{}/void/", lambda h: h.case),
        (who.browser, "post", "/signals/{}/answer/", lambda h: h.alarm),
        (who.browser, "post", "/signals/events/{}/answer/", lambda h: h.event),
        (who.browser, "post", "/signals/events/{}/call/", lambda h: h.event),
        (who.browser, "get", "/signals/groups/{}/sign/dead-poultry/", lambda h: h.units["C"]),
        (
            who.browser,
            "post",
            "/signals/groups/{}/sign/dead-poultry/answer/",
            lambda h: h.units["C"],
        ),
        (who.browser, "get", "/operations/refused/{}/repair/", lambda h: h.refused),
        (who.browser, "post", "/operations/refused/{}/withdraw/", lambda h: h.refused),
        (who.program, "get", "/api/v1/cases/{}", lambda h: h.case),
        (who.program, "get", "/api/v1/operations/{}", lambda h: h.operation),
    ]
    for client, verb, shape, of in tries:
        there, nowhere = of(province.far), uuid4()
        hidden, missing = (getattr(client, verb)(shape.format(id)) for id in (there, nowhere))
        if told(hidden, there) != told(missing, nowhere):
            wrong.append(shape)
    return wrong


def told(answer, id: UUID) -> tuple:
    """Everything a caller can see of an answer, but the id that they sent and the page's own token."""
    body = read(answer).replace(str(id), "ID")
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", body)
    body = re.sub(r"X-CSRFToken[^}]*}", "", body)
    heads = {k: v for k, v in answer.items() if k not in ("Content-Length", "Date")}
    return answer.status_code, body, tuple(sorted(heads.items()))


@pytest.mark.check("AC-03")
@pytest.mark.parametrize("role", ["station-head", "midwife", "population-officer"])
def test_what_one_may_not_see_is_answered_as_what_is_not_there(role, province, holder):
    assert differences(holder(role), province) == []


@pytest.mark.check("AC-03", mutant=True)
def test_mutant_a_refusal_that_says_there_is_something_is_found(province, holder, monkeypatch):
    from django.core.exceptions import PermissionDenied

    honest = registry.person

    def honest_to_a_fault(*, by, id):
        found = honest(by=by, id=id)
        if found is None and id in (province.far.person, province.near.person):
            raise PermissionDenied
        return found

    monkeypatch.setattr(registry, "person", honest_to_a_fault)

    assert "/people/{}/" in differences(holder("station-head"), province)


# -- AC-06 -----------------------------------------------------------------------------------------


@pytest.mark.check("AC-06")
@pytest.mark.parametrize("purpose", PURPOSES)
def test_an_ethnic_group_is_read_only_for_a_purpose_that_the_policy_accepts(purpose, province):
    by = actor("station-head", province.near.units["S"], purpose)

    found = registry.ethnicity(by=by, ids=[province.near.person, province.far.person])

    accepted = purpose in POLICY["purposes"][SENSITIVE]
    assert set(found) == ({province.near.person} if accepted else set())


@pytest.mark.check("AC-06")
def test_the_record_shows_neither_numbers_nor_ethnic_group_until_a_purpose_is_stated(
    province, holder
):
    who = holder("station-head")
    page = f"/people/{province.near.person}/"

    plain = read(who.browser.get(page))
    told_why = read(who.browser.post(page + "reveal/", {"purpose": "care"}))

    assert "011087000000" not in plain
    assert "011087000000" in told_why


@pytest.mark.check("AC-06", mutant=True)
def test_mutant_a_right_without_its_purpose_is_found(province, monkeypatch):
    by = actor("station-head", province.near.units["S"], "duty")
    honest = policies.scope
    monkeypatch.setattr(policies, "scope", lambda who, right: honest(who.stating("care"), right))

    assert registry.ethnicity(by=by, ids=[province.near.person]) != {}


# -- AC-07 -----------------------------------------------------------------------------------------


@pytest.mark.check("AC-07")
def test_a_post_that_ends_ends_every_door_at_the_next_request(province, holder):
    from tuyen.apps.access.models import Holding

    who = holder("station-head")
    doors = [
        (who.browser, "/people/"),
        (who.program, "/api/v1/feed"),
        (who.program, "/api/v1/people?q=Giang"),
    ]
    assert [client.get(path).status_code for client, path in doors] == [200, 200, 200]

    holding = Holding.objects.get(user=who.user)
    province.good(Relieve(holding=holding.pk, until=TODAY), province.near.units["S"])

    assert [client.get(path).status_code for client, path in doors] == [404, 403, 403]


@pytest.mark.check("AC-07", mutant=True)
def test_mutant_a_door_that_remembers_posts_is_found(province, holder, monkeypatch):
    from tuyen.apps.access import queries

    honest, known = queries.actor, {}

    def remembering(user, **asked):
        return known.setdefault((user.pk, asked["channel"]), honest(user, **asked))

    monkeypatch.setattr(queries, "actor", remembering)

    with pytest.raises(AssertionError):
        test_a_post_that_ends_ends_every_door_at_the_next_request(province, holder)


# -- AC-08 -----------------------------------------------------------------------------------------


@pytest.mark.check("AC-08")
def test_a_peoples_committee_reads_counts_and_no_names(province, holder):
    who = holder("commune-committee", "C")

    counts = who.program.get("/api/v1/counts?first=2026-10-01&last=2026-10-31").json()["counts"]

    communes = {row["commune"] for row in counts}
    assert communes == {str(province.near.units["C"])}
    assert who.browser.get("/board/").status_code == 200
    assert who.browser.get("/cases/").status_code == 404
    assert who.browser.get("/people/").status_code == 404


@pytest.mark.check("AC-08")
def test_a_health_centre_reads_the_cases_of_the_stations_it_guides_and_not_its_communes(
    province, holder
):
    guiding, owning = holder("health-centre-supervisor", "Z"), holder("commune-committee", "C")

    assert f"{province.near.word}case" in read(guiding.browser.get("/cases/"))
    assert owning.browser.get(f"/cases/{province.near.case}/").status_code == 404


def test_letters_of_the_table_are_all_there(province):
    assert set(province.near.units) == set(LETTERS)
