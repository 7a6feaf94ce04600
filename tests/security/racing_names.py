"""Fifty at once at one list with names: see :mod:`tests.security.racing`."""

from typing import Any

from tests.security.racing import TRIES, at_once, operation, province, race, sent, tally


def _asked() -> tuple[Any, Any, Any, list[Any]]:
    """(province, who asked, the request, two who may answer)."""
    from tests.security.conftest import TODAY, open_account
    from tuyen.apps.access import queries
    from tuyen.apps.access.models import User
    from tuyen.apps.access.operations import RequestExport

    here = province()

    def person(role: str, unit: Any) -> Any:
        user = User.objects.get(pk=open_account(here, role, unit))
        return queries.actor(user, on=TODAY, channel="web")

    who = person("station-head", here.near.units["S"])
    others = [person("director", here.root), person("cdc-epidemiologist", here.root)]
    said = RequestExport(what="surveillance.cases", query="{}", purpose="báo cáo tháng", rows=1)
    made = operation(said, here.near.units["S"])
    assert sent(who, made)().startswith("accepted")
    return here, who, made.id, others


@race
def one_answer_for_names() -> dict[str, Any]:
    """A list agreed to fifty times, by two people in turn."""
    from tuyen.apps.access.models import ExportRequest
    from tuyen.apps.access.operations import AnswerExport

    here, _who, request, others = _asked()
    said, unit = AnswerExport(request=request, approved=True), here.near.units["S"]
    outcomes = at_once(*[sent(others[n % 2], operation(said, unit)) for n in range(TRIES)])
    rows = ExportRequest.objects.filter(pk=request, answer="approved").count()
    return {"outcomes": tally(outcomes), "rows": rows}


@race
def one_list_with_names() -> dict[str, Any]:
    """A list that was agreed to, taken out fifty times at once."""
    from tuyen.apps.access.models import ExportRequest
    from tuyen.apps.access.operations import AnswerExport, FetchExport

    here, who, request, others = _asked()
    unit = here.near.units["S"]
    assert sent(others[0], operation(AnswerExport(request=request, approved=True), unit))()
    said = FetchExport(request=request, rows=1)
    outcomes = at_once(*[sent(who, operation(said, unit)) for _ in range(TRIES)])
    rows = ExportRequest.objects.exclude(fetched_at=None).count()
    return {"outcomes": tally(outcomes), "rows": rows}


def answer_again() -> None:
    """The mutant: an answer that does not look whether there is one already."""
    from tuyen.apps.access.services import exports

    exports._unanswerable = lambda row, entry: None
