"""What reporting says itself: whether it holds the whole of a service's log, and holds it true."""

from uuid import UUID

from contracts.codes import Finding, Service
from contracts.event import Event, Identifier, Plain


class IntegrityCheckPassed(Event, stream="integrity-{log}"):
    """Every position of this log up to here is held, and every block is what its seal says."""

    service: Plain[Service]
    log: Identifier[UUID]
    from_position: Plain[int]
    to_position: Plain[int]
    blocks: Plain[int]


class IntegrityCheckFailed(Event, stream="integrity-{log}"):
    """Something in this log is missing, or is not what its seal says."""

    service: Plain[Service]
    log: Identifier[UUID]
    from_position: Plain[int]
    to_position: Plain[int]
    blocks: Plain[int]
    finding: Plain[Finding]
