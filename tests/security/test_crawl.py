"""One crawl over every address by each of three posts; every answer is judged by all that is asked of
answers, so that no address is opened once for each question.

That each of these judges can fail is shown beside it: by the mutants of `test_matrix`, `test_audit`
and `test_privacy`.
"""

import pytest

from tests.security.addresses import PROGRAMS, addresses, read
from tests.security.test_audit import forget, unsaid
from tests.security.test_matrix import _SHORT, CRAWLERS, beyond
from tests.security.test_privacy import foreign, with_numbers


@pytest.fixture
def open_log():
    from tuyen.apps.access import guard

    with guard.opened("test"):
        yield


@pytest.mark.check("AC-02", "AC-04", "AC-08", "AT-01", "PL-14", "PL-15")
@pytest.mark.parametrize("role", CRAWLERS)
def test_every_answer_keeps_to_the_policy_masks_numbers_is_logged_and_asks_no_other_host(
    role, province, holder, open_log
):
    """What an address shows is what the policy lets out and what the log says; numbers of persons are
    masked and stand in no address; a screen asks no other host."""
    who = holder(role, _SHORT.get(role, "S"))
    paths, wrong = addresses(province), []
    for path in paths:
        forget()
        answer = (who.program if path.startswith(PROGRAMS) else who.browser).get(path)
        said = read(answer)
        wrong += beyond(who, path, answer, said)
        wrong += unsaid(province, path, said)
        wrong += with_numbers(path, answer, said)
        if not path.startswith(PROGRAMS):
            wrong += foreign([(path, said)])
    assert wrong == []
    assert len(paths) > 500
