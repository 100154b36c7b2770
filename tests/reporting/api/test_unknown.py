"""What nobody can read yet is kept, counted on every board, and stops nothing."""

from tests.reporting import facts
from tests.reporting.house import Reporting, record, text


async def test_an_event_of_a_type_that_nobody_knows_shows_on_every_board(
    reporting: Reporting,
) -> None:
    origin = reporting.origins["referrals"]
    known = origin.publishes(facts.made)
    strange = text(origin.publishes(facts.closed)) | {
        "ce_type": "throughcare.referrals.SomethingNew.v1"
    }
    await reporting.keeps([known, record(known.topic, b"", strange, b'{"of": "tomorrow"}')])
    for board in ("/caseload", "/tasks", "/risk-watchlist"):
        told = (await reporting.asks(board)).json()
        assert (told["unread"], told["position"]) == (1, 2), board
    assert len(await reporting.rows("/caseload")) == 1
    (held,) = [r for r in await reporting.rows("/completeness") if r["service"] == "referrals"]
    assert (held["complete_through"], held["holes"]) == (2, [])
