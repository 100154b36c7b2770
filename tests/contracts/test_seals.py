"""A seal names every block since the last one; it stands beside the log and is no event."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from contracts.event import Event
from contracts.seals import BlockSealed

SEAL: dict[str, Any] = {
    "blocks": [
        {"block_no": 7, "count": 3, "first_position": 41, "hash": "ab" * 32, "root": "cd" * 32}
    ],
    "key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "log": "00000000-0000-0000-0000-000000000002",
    "seal_no": 3,
    "sealed_at": "2024-04-11T09:30:00.000000Z",
    "service": "referrals",
}


def test_a_seal_can_be_read_from_the_bytes_that_were_signed() -> None:
    seal = BlockSealed.model_validate_json(json.dumps(SEAL))
    assert (seal.seal_no, seal.blocks[0].first_position, seal.blocks[0].count) == (3, 41, 3)


def test_a_seal_without_a_chain_hash_is_none() -> None:
    bare = SEAL | {"blocks": [{k: v for k, v in SEAL["blocks"][0].items() if k != "hash"}]}
    with pytest.raises(ValidationError):
        BlockSealed.model_validate_json(json.dumps(bare))


def test_a_seal_is_no_event_or_it_would_be_sealed_for_ever() -> None:
    assert not issubclass(BlockSealed, Event)
    assert issubclass(BlockSealed, BaseModel)
