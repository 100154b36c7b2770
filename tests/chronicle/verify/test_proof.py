"""A file that proves one event, and what else it might be made to say."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from chronicle.merkle import genesis, leaf, path
from chronicle.verify import lines
from chronicle.verify.check import Verdict, verify_proof
from chronicle.verify.finding import Kind
from chronicle.verify.proof import BEGINS, Proof
from chronicle.verify.seals import Outside
from tests.chronicle.verify import book
from tests.chronicle.verify.book import KEYS, kinds, logs


def proof_of(position: int, log: book.Log | None = None) -> Proof:
    """From the first log of the book, in its second seal or another."""
    log = log or logs()[0]
    blocks = list(log.blocks())
    rows = [row for row, _ in blocks]
    at = next(n for n, row in enumerate(rows) if position in row.positions)
    row, events = blocks[at]
    seal = lines.read(log.seals(rows)[at // book.SEALED_TOGETHER])[0]
    assert isinstance(seal, lines.Seal)
    place = position - row.first
    return Proof(
        position=position, meta=events[place][0], body=events[place][1],
        beside=path([leaf(*event) for event in events], place),
        previous=rows[at - 1].hash if at else genesis(log.service, log.id), seal=seal,
    )  # fmt: skip


def checked(raw: bytes, keys: dict[UUID, list[str]] | None = None) -> Verdict:
    return verify_proof(raw, Outside(keys=KEYS if keys is None else keys))


@pytest.mark.parametrize("position", range(1, 21))
def test_every_event_of_a_log_is_proved(position: int) -> None:
    raw = proof_of(position).written()
    assert raw.startswith(BEGINS)
    found = checked(raw)
    assert found.findings == ()
    (log,) = found.logs
    assert (log.service, log.through, log.vouched) == ("referrals", position, position)
    assert (log.blocks, log.events, log.redacted, log.seals) == (1, 1, 0, 1)


def test_bytes_that_are_no_text_are_proved_too() -> None:
    log = logs()[0]
    log.events[4] = log.events[4][0], b"\xff\x00"
    assert checked(proof_of(5, log).written()).findings == ()


@settings(deadline=None)
@given(st.integers(1, 20), st.data())
def test_any_byte_changed_in_a_proof_is_found(position: int, data: st.DataObject) -> None:
    raw = bytearray(proof_of(position).written())
    at = data.draw(st.integers(0, len(raw) - 1), label="at")
    raw[at] ^= data.draw(st.integers(1, 255), label="flip")
    assert Kind.EDITED <= checked(bytes(raw)).exit_code < Kind.NOTHING_OUTSIDE


@settings(deadline=None)
@given(st.integers(1, 20), st.data())
def test_a_well_written_proof_of_something_else_is_refused(
    position: int, data: st.DataObject
) -> None:
    """Another path, position, event, seal or block before it than the true ones."""
    true = proof_of(position)
    other = proof_of(data.draw(st.integers(1, 20).filter(lambda n: n != position)))
    members = ["position", "meta", "body", "beside", "previous", "seal"]
    taken = data.draw(st.sets(st.sampled_from(members), min_size=1, max_size=5), label="taken")
    mixed = {name: getattr(other if name in taken else true, name) for name in members}
    raw = Proof(**mixed).written()
    if raw not in (true.written(), other.written()):
        assert Kind.EDITED <= checked(raw).exit_code < Kind.NOTHING_OUTSIDE


@settings(deadline=None)
@given(st.integers(1, 20), st.data())
def test_a_path_cut_lengthened_or_turned_is_refused(position: int, data: st.DataObject) -> None:
    true = proof_of(position)
    wrong = data.draw(st.lists(st.sampled_from([*true.beside, bytes(32)]), max_size=4))
    if wrong != list(true.beside):
        raw = Proof(
            position=true.position, meta=true.meta, body=true.body, beside=wrong,
            previous=true.previous, seal=true.seal,
        ).written()  # fmt: skip
        assert checked(raw).exit_code == Kind.EDITED


def test_a_seal_signed_by_another_is_badly_signed() -> None:
    log = logs()[0]
    log.key = Ed25519PrivateKey.generate()
    assert kinds(checked(proof_of(3, log).written())) == {Kind.BAD_SIGNATURE}


def test_a_block_that_does_not_follow_is_a_broken_chain() -> None:
    true = proof_of(7)
    raw = Proof(
        position=7, meta=true.meta, body=true.body, beside=true.beside, previous=bytes(32),
        seal=true.seal,
    ).written()  # fmt: skip
    assert kinds(checked(raw)) == {Kind.CHAIN_BROKEN}


def test_an_event_of_another_log_is_not_proved_by_a_copy_of_it() -> None:
    """Reporting seals what it heard as well, which says that it heard it and no more."""
    reporting = logs()[1]
    assert checked(proof_of(1, reporting).written()).exit_code == Kind.EDITED


def test_a_proof_vouches_for_itself_until_a_key_or_its_seal_is_brought() -> None:
    raw = proof_of(9).written()
    assert kinds(checked(raw, keys={})) == {Kind.NOTHING_OUTSIDE}
    log = logs()[0]
    seals = log.seals([row for row, _ in log.blocks()])
    with_seal = Outside()
    with_seal.keep([seals[1]])
    assert verify_proof(raw, with_seal).findings == ()
    other = logs()[0]
    other.events[8] = other.events[8][0], b"{}"
    found = verify_proof(proof_of(9, other).written(), with_seal)
    assert kinds(found) == {Kind.FORK}


@pytest.mark.parametrize("raw", [b"", BEGINS, b'{"event":{}}\n', b"[]", b"{" * 100_000])
def test_what_is_no_proof_cannot_be_read(raw: bytes) -> None:
    assert checked(raw).exit_code == Kind.EDITED
