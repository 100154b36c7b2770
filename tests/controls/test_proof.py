"""The verifier believes nothing it can compute, nor a file that vouches for itself (goal 1)."""

from chronicle.verify import lines
from chronicle.verify.chain import Events
from chronicle.verify.lines import Row
from tests.chronicle.verify.book import file, kinds, logs, verdict
from tests.chronicle.verify.test_attacks import CLEAN, rewritten
from tests.controls.control import Control


def fit_by_position_alone(events: Events, row: Row) -> bool:
    """Whatever the bytes say: the root in the header is taken for theirs."""
    return list(events.positions) == list(row.positions)


def test_an_edited_body_is_found_though_every_stored_hash_was_left(control: Control) -> None:
    control.breaks("chronicle.verify.chain.Events.fit", fit_by_position_alone)
    alone = file(logs()[:1])
    at = alone.at("referrals", position=9)
    said = lines.read(alone.lines[at])[0]
    assert isinstance(said, lines.Stored)
    alone.lines[at] = lines.stored(9, said.meta, said.body.replace(b"a", b"b"))
    with control.red("verifier trusting a stored hash", "EDITED"):
        assert {kind.name for kind in kinds(verdict(alone))} == {"EDITED"}


def test_a_full_re_seal_is_found_by_a_seal_that_was_kept_elsewhere(control: Control) -> None:
    """Broken, the seal was kept in the database that was rewritten, and so was rewritten too."""
    keeper = rewritten() if control.broken else CLEAN
    kept = keeper.lines[keeper.at("referrals", seal_no=2)]
    with control.red("seals kept only in the same database", "FORK"):
        assert "FORK" in {kind.name for kind in kinds(verdict(rewritten(), seals=[kept]))}
