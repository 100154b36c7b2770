"""The broker is lost with all it held: what the logs publish again takes no effect again."""

from tests.journeys.scheme import Scheme, YoungPerson
from tests.losses.house import Losses, different


async def test_publishing_again_to_a_new_broker_changes_nothing_and_work_goes_on(
    losses: Losses, scheme: Scheme
) -> None:
    boards, counts = await losses.boards(), await losses.counts()
    assert len(boards) > 15
    assert min(count["heard"] for name, count in counts.items() if name != "reporting") > 0

    await losses.wipe_broker()
    await losses.house.make_topics()
    await losses.restart()
    await losses.house.publish_again()
    await losses.settle(scheme.council)

    assert await losses.counts() == counts
    assert different(boards, await losses.boards()) == {}
    assert "nothing to compare with" in losses.said("referrals")

    await YoungPerson.registered(scheme, "Rowan Heath")
    await losses.settle(scheme.council)
    after = await losses.counts()
    assert after["referrals"]["events"] > counts["referrals"]["events"]
    assert "reporting/person" in different(boards, await losses.boards())
