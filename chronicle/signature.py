"""Who signed a seal: Ed25519 over its exact bytes, by a key that the reader already knew."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from chronicle.verify import ed25519

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

LENGTH = 64


def signed(said: Mapping[str, Any], body: bytes, signature: bytes, known: Sequence[str]) -> bool:
    """By a known key (base64url, oldest first); at a change by the old one and then the new."""
    parts = [signature[i : i + LENGTH] for i in range(0, len(signature), LENGTH)]
    if not parts or (key := said.get("key")) not in known:
        return False
    names = known[: known.index(key) + 1][-len(parts) :]
    return len(names) == len(parts) and all(
        verifies(name, part, body) for name, part in zip(names, parts, strict=True)
    )


def verifies(key: str, signature: bytes, body: bytes) -> bool:
    """By `cryptography`; by our own arithmetic, 40 times as slow, where it is not installed."""
    try:
        public = unbase64(key)
        if Ed25519PublicKey is None:
            return ed25519.verifies(public, signature, body)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
    except ValueError:
        return False
    except InvalidSignature:
        return False
    return True


def unbase64(text: str) -> bytes:
    """base64url with or without its padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
