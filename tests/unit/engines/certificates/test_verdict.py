"""One word for every certificate, and never an exception: the worst is judged, not suffered."""

import copy
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuyen.engines.certificates import message as layers
from tuyen.engines.certificates.content import faults
from tuyen.engines.certificates.issuing import Dose, Person, booklet, international, issue
from tuyen.engines.certificates.keys import sign
from tuyen.engines.certificates.verdict import STATUSES, judge

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
ARC = "1.3.6.1.4.1.1847.2021.1."
STAMARIL = "YellowFeverProductd8a09f80301dc05e124f99ffe7711fc0"
CHILD = Person("Lò Thị Hoà", datetime(2025, 3, 2).date(), "female", "VNM")
DOSE = Dose("YF", datetime(2026, 3, 9).date(), 1, "V3J21", "STAMARIL")


@pytest.fixture
def write(issuer):
    """Signs a claim: ``write(claim, form=1, by=issuer, issued=..., expires=...)``."""

    def made(
        claim, form=1, by=issuer, issued=NOW - timedelta(days=9), expires=NOW + timedelta(days=9)
    ):
        return issue(
            claim, form=form, issuer="VN", issued=issued, expires=expires,
            private=by.private, kid=by.key.kid,
        )  # fmt: skip

    return made


def test_a_certificate_in_force_is_valid(write, issuer, forms, eu_claim):
    verdict = judge(write(eu_claim), [issuer.key], NOW, forms)

    assert (verdict.status, verdict.form, verdict.issuer, verdict.faults) == (
        "valid",
        "eu-dcc",
        "VN",
        (),
    )
    assert verdict.content["nam"]["fn"] == "Nguyễn"


def test_white_space_around_the_text_is_forgiven(write, issuer, forms, eu_claim):
    assert judge(f"\r\n {write(eu_claim)}\n", [issuer.key], NOW, forms).status == "valid"


def test_a_stranger_is_unknown_and_still_read(write, issuers, forms, eu_claim):
    verdict = judge(write(eu_claim), [issuers().key], NOW, forms)

    assert verdict.status == "unknown-issuer"
    assert verdict.content["dob"] == "1998-02-26"


@pytest.mark.parametrize(
    ("issued", "expires", "at", "status"),
    [
        (0, 10, 5, "valid"),
        (0, 10, 0, "valid"),
        (0, 10, 10, "valid"),
        (0, 10, 11, "expired"),
        (5, 10, 4, "not-yet"),
        (0, 20_000, 10_000, "expired"),  # the issuer's own certificate has ended
    ],
)
def test_it_holds_from_issue_to_expiry(write, issuer, forms, eu_claim, issued, expires, at, status):
    first = datetime(2026, 5, 1, tzinfo=UTC)
    text = write(
        eu_claim, issued=first + timedelta(days=issued), expires=first + timedelta(days=expires)
    )

    assert judge(text, [issuer.key], first + timedelta(days=at), forms).status == status


def test_a_content_exchanged_under_the_signature_is_altered(issuer, forms, write, eu_claim):
    held = layers.open_text(write(eu_claim))
    other = copy.deepcopy(eu_claim) | {"dob": "1999-01-01"}
    payload = cbor2.dumps({**held.claims, -260: {1: other}})
    forged = layers.write_text(layers.seal(held.protected, payload, held.signature))

    assert judge(forged, [issuer.key], NOW, forms).status == "altered"


def test_a_key_for_tests_signs_no_vaccination(write, issuers, forms, eu_claim):
    for_tests = issuers(uses=(ARC + "1",))

    assert (
        judge(write(eu_claim, by=for_tests), [for_tests.key], NOW, forms).status == "not-permitted"
    )


def test_what_breaks_its_form_is_malformed(write, issuer, forms, eu_claim):
    del eu_claim["v"][0]["ci"]

    verdict = judge(write(eu_claim), [issuer.key], NOW, forms)

    assert verdict.status == "malformed"
    assert [(fault.where, fault.what) for fault in verdict.faults] == [("v.0.ci", "missing")]


def test_a_code_that_the_list_here_lacks_is_a_remark(write, issuer, forms, eu_claim):
    eu_claim["v"][0]["ma"] = "ORG-999999999"

    verdict = judge(write(eu_claim), [issuer.key], NOW, forms)

    assert verdict.status == "valid"
    assert [fault.what for fault in verdict.faults] == ["list"]


def test_a_claim_of_no_known_form_is_malformed(write, issuer, forms):
    assert judge(write({"x": 1}, form=99), [issuer.key], NOW, forms).status == "malformed"


def test_our_booklet_and_the_international_certificate_hold(write, issuer, forms):
    claims = {
        -70001: booklet(CHILD, [DOSE, Dose("BCG", CHILD.born)], issuer="Trạm Y tế", id="01"),
        -6: international(CHILD, DOSE, product=STAMARIL, issuer="VN"),
    }
    for form, claim in claims.items():
        verdict = judge(write(claim, form=form), [issuer.key], NOW, forms)

        assert (verdict.status, verdict.faults) == ("valid", ())


def test_doses_of_a_booklet_stand_by_day_and_say_no_more_than_is_known():
    claim = booklet(CHILD, [DOSE, Dose("BCG", CHILD.born)], issuer="Trạm Y tế", id="01")

    assert claim["d"] == [
        {"v": "BCG", "t": "2025-03-02"},
        {"v": "YF", "t": "2026-03-09", "n": 1, "b": "V3J21", "p": "STAMARIL"},
    ]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"vp": "STAMARIL"}, ("v.vp", "list")),
        ({"bo": None}, ("v.bo", "missing")),
        ({"is": None}, ("v.cn", "missing")),
        ({"dt": "2027-01-01"}, ("v.dt", "future")),
    ],
)
def test_an_international_certificate_keeps_the_model(forms, change, what):
    claim = international(CHILD, DOSE, product=STAMARIL, issuer="VN")
    claim["v"] |= change

    found = faults(claim, forms.by_key[-6], forms.lists, issued_on="2026-11-26")

    assert [(fault.where, fault.what) for fault in found] == [what]


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        (("dob",), "1815-08-24", "form"),
        (("dob",), "2027-01-01", "future"),
        (("nam", "gn"), "😀", "letters"),
        (("nam", "fnt"), "Nguyen", "form"),
        (("v", 0, "co"), "XY", "list"),
        (("v", 0, "dn"), "2", "kind"),
        (("v", 0, "dn"), True, "kind"),
        (("v", 0, "dn"), 100, "range"),
        (("v", 0, "dt"), "18.02.2026", "form"),
        (("v", 0, "is"), "x" * 81, "length"),
        (("v",), "vaccinated", "kind"),
        (("v",), [], "rows"),
        (("ver",), "one", "form"),
        (("r",), [], "groups"),
    ],
)
def test_every_rule_of_the_eu_form_bites(forms, eu_claim, path, value, what):
    inner = eu_claim
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    found = faults(eu_claim, forms.by_key[1], forms.lists, issued_on="2026-11-26")

    assert what in {fault.what for fault in found}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("dob",), ""), (("dob",), "1963"), (("dob",), "1963-05"), (("v", 0, "co"), ""),
        (("t",), None), (("nam", "fn"), None), (("v", 0, "ma"), "Sinovac-Biotech"),
        (("nam", "gn"), "الاسم"), (("v", 0, "dt"), "2026-02-18T08:10:00+02:00"),
    ],
)  # fmt: skip
def test_what_issuers_are_known_to_write_is_read(forms, eu_claim, path, value):
    inner = eu_claim
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    assert faults(eu_claim, forms.by_key[1], forms.lists, issued_on="2026-11-26") == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_no_text_makes_it_fail(forms_of_all, text):
    keys, forms = forms_of_all

    assert judge("HC1:" + text, keys, NOW, forms).status == "unreadable"
    assert judge(text, keys, NOW, forms).status in STATUSES


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
        | st.binary(max_size=6) | st.dates(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
            st.sampled_from([1, 4, 6, -6, -260, -70001, "v", "nam", "dob", "ver", "dn", "d"]),
            inner, max_size=6,
        ),
        max_leaves=20,
    )
)  # fmt: skip
def test_no_signed_content_makes_it_fail(forms_of_all, issuer, claims):
    keys, forms = forms_of_all
    payload = cbor2.dumps({6: 1, 4: 2_000_000_000, -260: {1: claims, -6: claims}} | (
        claims if isinstance(claims, dict) else {}), date_as_datetime=True, timezone=UTC)  # fmt: skip
    text = layers.write_text(sign(payload, issuer.private, issuer.key.kid))

    verdict = judge(text, keys, NOW, forms)

    assert verdict.status in STATUSES


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.integers(0, 10**6), sign_=st.sampled_from("0123456789ABCXYZ $%*+-./:"))
def test_one_sign_changed_is_not_valid_or_changes_nothing_of_what_is_said(
    forms_of_all, write, eu_claim, place, sign_
):
    """The last byte of a packed stream has bits that mean nothing: only those may differ."""
    keys, forms = forms_of_all
    text = write(eu_claim)
    place %= len(text)
    if text[place] == sign_:
        return
    changed = text[:place] + sign_ + text[place + 1 :]

    verdict = judge(changed, keys, NOW, forms)
    assert verdict.status != "valid" or verdict == judge(text, keys, NOW, forms)


@pytest.fixture(scope="session")
def forms_of_all(issuer, forms):
    return [issuer.key], forms
