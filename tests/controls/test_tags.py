"""An untagged field would be stored in clear: the build fails (goal 5)."""

from contracts.event import Event
from contracts.referrals import ReferralMade
from tests.contracts import test_events
from tests.controls.control import Control


class ReferralMadeInWords(ReferralMade, stream="case-{person}"):
    """A referral with a field that nobody tagged."""

    remarks: str


def test_every_field_says_how_sensitive_it_is(control: Control) -> None:
    said: type[Event] = ReferralMadeInWords if control.broken else ReferralMade
    with control.red("an untagged field", "remarks"):
        test_events.test_every_field_is_tagged_nested_ones_too(said)
