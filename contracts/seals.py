"""The seal of a service's log: beside the log, never in it, so it is no event."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.codes import Service
from contracts.event import Identifier, Part, Plain


class Block(Part):
    """A row of sealed events: where it begins, how many, their Merkle root, the chain's hash."""

    block_no: Plain[int]
    first_position: Plain[int]
    count: Plain[int]
    root: Plain[str]
    hash: Plain[str]


class BlockSealed(BaseModel):
    """Every block of this log since its last seal, in the words that the service signs."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    log: Identifier[UUID]
    service: Plain[Service]
    seal_no: Plain[int]
    sealed_at: Plain[datetime]
    key: Plain[str]
    blocks: Plain[tuple[Block, ...]]
