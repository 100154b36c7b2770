"""Reporting's database is gone: a new one hears everything anew, and shows the same boards."""

from tests.journeys.scheme import Scheme
from tests.losses.house import Losses, different
from throughcare import databases
from throughcare.databases import SERVICES


async def test_a_new_reporting_shows_what_the_old_one_showed_and_is_complete(
    losses: Losses, scheme: Scheme
) -> None:
    boards, counts = await losses.boards(), await losses.counts()

    await losses.services["reporting"].stop()
    await databases.drop(losses.house.admin_url, losses.house.prefix, ["reporting"])
    await losses.house.prepare()
    await losses.services["reporting"].start()
    await losses.house.publish_again()
    await losses.settle(scheme.council)

    assert await losses.counts() == counts
    assert different(boards, await losses.boards()) == {}
    held = (await scheme.council.ask("reporting", "completeness", "auditor"))["rows"]
    assert {row["service"] for row in held} == set(SERVICES) - {"reporting"}
    for row in held:
        assert row["holes"] == []
        assert row["complete_through"] == row["sealed_through"] == row["held"]
