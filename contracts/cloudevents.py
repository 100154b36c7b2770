"""CloudEvents 1.0 on Kafka, binary mode: how an event's attributes become headers, and back."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID

PREFIX = "ce_"
SEALS = "throughcare.seals"
JSON = ("application/json", "application/cloudevents")
Fits: TypeAlias = Callable[[str], bool]


def attributes(
    *,
    id: UUID,
    service: str,
    type: str,
    subject: str,
    key: str,
    time: datetime,
    sequence: int,
    log: UUID,
    correlation: UUID,
    causation: UUID,
    authority: str,
    policies: tuple[str, ...],
) -> dict[str, str]:
    """What is said about an event beside its body, before it has a position.

    Every value is a string; an empty one is left out. `type` is the whole wire type.
    """
    every = {
        "specversion": "1.0",
        "id": str(id),
        "source": f"/throughcare/{service}",
        "type": type,
        "subject": subject,
        "time": time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "dataschema": f"urn:throughcare:schema:{type}",
        "partitionkey": key,
        "sequence": str(sequence),
        "log": str(log),
        "correlationid": str(correlation),
        "causationid": str(causation),
        "authority": authority,
        "policies": ",".join(sorted(policies)),
    }
    return {name: value for name, value in every.items() if value}


def headers(meta: bytes, position: int, trace: str | None) -> dict[str, str]:
    """The stored attributes spread out as Kafka headers, with what is not stored among them."""
    said: dict[str, str] = json.loads(meta)
    spread = {PREFIX + name: value for name, value in said.items()}
    spread[PREFIX + "position"] = str(position)
    spread["content-type"] = "application/json"
    if correlation := said.get("correlationid"):
        spread["correlation_id"] = correlation
    if trace:
        spread["traceparent"] = trace
    return spread


def seal_headers(service: str, log: UUID, seal_no: int, signature: bytes) -> dict[str, str]:
    """The headers of a seal, which is no event: its signature stands beside the signed bytes."""
    return {
        PREFIX + "specversion": "1.0",
        PREFIX + "id": f"{log}/{seal_no}",
        PREFIX + "source": f"/throughcare/{service}",
        PREFIX + "type": f"throughcare.{service}.BlockSealed.v1",
        PREFIX + "signature": base64.urlsafe_b64encode(signature).rstrip(b"=").decode(),
        "content-type": "application/json",
    }


def meta(headers: Mapping[str, str]) -> bytes:
    """Headers folded back into the very bytes that were stored, and are in the sealed leaf."""
    said = {
        name.removeprefix(PREFIX): value
        for name, value in headers.items()
        if name.startswith(PREFIX) and name != PREFIX + "position"
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check(headers: Mapping[str, str], topic: str) -> str | None:
    """Why these headers are no envelope of ours on this topic, or None when they are. Never raises.

    A header of somebody else's does not condemn an event.
    """
    required, shapes = envelope_on(topic)
    ours = {
        name.removeprefix(PREFIX): value
        for name, value in headers.items()
        if name.startswith((PREFIX, "trace"))
    }
    if missing := [name for name in required if not ours.get(name)]:
        return f"missing: {', '.join(missing)}"
    if ours["specversion"] != "1.0":
        return "specversion is not 1.0"
    if "data_base64" in ours or not headers.get("content-type", JSON[0]).lower().startswith(JSON):
        return "the data is not JSON"
    if nul := [name for name, value in ours.items() if "\0" in value]:
        return f"NUL in: {', '.join(nul)}"
    if bad := [name for name, fits in shapes.items() if name in ours and not fits(ours[name])]:
        return f"cannot be read: {', '.join(bad)}"
    return None


def envelope_on(topic: str) -> tuple[tuple[str, ...], Mapping[str, Fits]]:
    """Which attributes must be there, and what some of them look like when they are."""
    if topic == SEALS:
        return (*ANYWHERE, "signature"), {"id": is_seal_id}
    if ".intake" in topic:
        return ANYWHERE, {"time": is_time}
    return FROM_A_SERVICE, SHAPES


def is_uuid(text: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


def is_number(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,17}", text) is not None


def is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def is_seal_id(text: str) -> bool:
    log, _, seal_no = text.partition("/")
    return is_uuid(log) and is_number(seal_no)


ANYWHERE = ("specversion", "id", "source", "type")
FROM_A_SERVICE = (*ANYWHERE, "subject", "time", "partitionkey", "sequence", "position", "log")
SHAPES: Mapping[str, Fits] = {
    "id": is_uuid,
    "time": is_time,
    "sequence": is_number,
    "position": is_number,
    "log": is_uuid,
    "correlationid": is_uuid,
}
