"""The life of a claim: followed, checked, agreed to, signed, sent, answered, corrected."""

import json

from tuyen.apps.claims.operations import (
    ApproveClaims,
    PrepareClaims,
)


def test_a_visit_is_checked_signed_and_taken(station, key):
    id = station.visit(station.patient())
    assert (station.claim(id).state, station.claim(id).due_on.isoformat()) == ("open", "2026-10-14")

    station.good(PrepareClaims(claims=(id,)))
    claim = station.claim(id)
    assert (claim.state, json.loads(claim.findings), json.loads(claim.missing)) == ("ready", [], [])

    station.good(ApproveClaims(claims=(id,)))
    assert station.claim(id).state == "signed"
