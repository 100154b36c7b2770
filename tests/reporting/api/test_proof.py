"""The auditor's door to one event, with the path to the seal over it."""

from uuid import uuid4

import pytest

from chronicle.seal import public_text
from chronicle.verify.check import verify_proof
from chronicle.verify.seals import Outside
from tests.reporting import facts
from tests.reporting.house import Reporting


async def test_a_proof_taken_at_the_door_is_verified_with_the_key(reporting: Reporting) -> None:
    await reporting.hears(facts.made)
    origin = reporting.origins["referrals"]
    await reporting.witness.hear_seals([origin.seals()])
    answer = await reporting.asks("/proof", event=str(facts.made.about.id))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    outside = Outside(keys={origin.log: [public_text(origin.key)]})
    found = verify_proof(answer.content, outside)
    assert (found.findings, found.logs[0].vouched) == ((), 1)


async def test_an_event_that_waits_for_its_seal_is_a_conflict_that_says_so(
    reporting: Reporting,
) -> None:
    await reporting.hears(facts.made)
    answer = await reporting.asks("/proof", event=str(facts.made.about.id))
    assert answer.status_code == 409
    assert "the seal over its block has not come yet" in answer.json()["detail"]


async def test_an_event_that_is_not_held_is_not_found(reporting: Reporting) -> None:
    assert (await reporting.asks("/proof", event=str(uuid4()))).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("eet_adviser", 403), ("information_governance", 404), ("auditor", 404)]
)
async def test_only_who_may_take_an_export_may_take_a_proof(
    reporting: Reporting, role: str, status: int
) -> None:
    actor = f"role={role}; team=governance"
    assert (await reporting.asks("/proof", actor, event=str(uuid4()))).status_code == status
