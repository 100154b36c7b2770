"""Our own verification says what `cryptography` says, of good signatures and of bad ones."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from chronicle.verify.ed25519 import BASE, P, Q, _decoded, _encoded, _times, verifies

KEYS = st.binary(min_size=32, max_size=32).map(Ed25519PrivateKey.from_private_bytes)


def theirs(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@settings(deadline=None, max_examples=40)
@given(KEYS, st.binary(max_size=200))
def test_what_a_key_signed_is_verified(key: Ed25519PrivateKey, message: bytes) -> None:
    assert verifies(key.public_key().public_bytes_raw(), key.sign(message), message)


@settings(deadline=None, max_examples=40)
@given(KEYS, st.binary(min_size=1, max_size=80), st.data())
def test_any_bit_changed_is_refused(
    key: Ed25519PrivateKey, message: bytes, data: st.DataObject
) -> None:
    public = key.public_key().public_bytes_raw()
    told = bytearray(public + key.sign(message) + message)
    told[data.draw(st.integers(0, len(told) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = bytes(told[:32]), bytes(told[32:96]), bytes(told[96:])
    assert not verifies(*changed)
    assert not theirs(*changed)


@settings(deadline=None, max_examples=60)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_random_bytes_are_judged_alike(public: bytes, signature: bytes) -> None:
    assert verifies(public, signature, b"") == theirs(public, signature, b"")


def test_the_first_vector_of_rfc_8032_is_verified() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verifies(public, signature, b"")


def test_a_scalar_that_is_not_reduced_is_refused() -> None:
    """Otherwise every signature could be written in another way."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"seal")
    scalar = int.from_bytes(signature[32:], "little") + Q
    other = signature[:32] + scalar.to_bytes(32, "little")
    assert verifies(public, signature, b"seal")
    assert not verifies(public, other, b"seal")
    assert not theirs(public, other, b"seal")


@pytest.mark.parametrize(
    "point", [P, P + 1, 2**255 - 1, 2, 1 | 1 << 255], ids=["p", "p+1", "high", "2", "minus nought"]
)
def test_bytes_that_are_no_point_are_no_key_and_no_signature(point: int) -> None:
    raw = point.to_bytes(32, "little")
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert not verifies(raw, key.sign(b""), b"")
    assert not verifies(key.public_key().public_bytes_raw(), raw + key.sign(b"")[32:], b"")


@pytest.mark.parametrize(("public", "signature"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_other_lengths_are_refused(public: int, signature: int) -> None:
    assert not verifies(bytes(public), bytes(signature), b"")


def test_a_point_is_written_in_one_way_alone() -> None:
    """By the point that adds nothing anybody may sign; it has three other spellings."""
    signature = _encoded(_times(5, BASE)) + (5).to_bytes(32, "little")
    assert verifies((1).to_bytes(32, "little"), signature, b"")
    for other in (1 | 1 << 255, P + 1, (P + 1) | 1 << 255):
        assert not verifies(other.to_bytes(32, "little"), signature, b"")
    assert _decoded(bytes(32)) is not None
    assert _decoded(P.to_bytes(32, "little")) is None
