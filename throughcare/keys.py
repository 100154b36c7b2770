"""Signing keys of the services, and the public halves that auditors and reporting pin."""

import json
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from chronicle.seal import public_text


def signing_key(file: Path) -> Ed25519PrivateKey:
    """The key in this file (PEM, readable by its owner alone), made when it is not there."""
    if file.exists():
        key = load_pem_private_key(file.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        return key
    key = Ed25519PrivateKey.generate()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def write_pinned(file: Path, keys: dict[UUID, Ed25519PrivateKey]) -> None:
    """`{log: [public keys]}`, as `--keys` reads it."""
    pinned = {str(log): [public_text(key)] for log, key in keys.items()}
    file.write_text(json.dumps(pinned, indent=2, sort_keys=True) + "\n")
