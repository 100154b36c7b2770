"""A client that costs little: HTTP/1.1 over connections that are kept, an even pace, one answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

CONNECTIONS = 64
ACTOR = "worker=00000000-0000-4000-8000-000000000001; role=eet_manager; team=eet"


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection to one door."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def post(self, path: str, key: UUID, body: Mapping[str, Any]) -> int:
        """The status of the answer."""
        sent = json.dumps(body).encode()
        self.writer.write(
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"X-Actor: {ACTOR}\r\nIdempotency-Key: {key}\r\n"
            f"Content-Length: {len(sent)}\r\n\r\n".encode()
            + sent
        )
        status, *headers = (await self.reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        fields = dict(line.lower().split(": ", 1) for line in headers if line)
        await self.reader.readexactly(int(fields["content-length"]))
        return int(status.split()[1])


@asynccontextmanager
async def connections(door: str) -> AsyncIterator["asyncio.Queue[Connection]"]:
    """As many as a crowd of workers keeps open; each is taken from the queue and put back."""
    at = urlsplit(door)
    made = [
        Connection(*await asyncio.open_connection(at.hostname, at.port)) for _ in range(CONNECTIONS)
    ]
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in made:
        free.put_nowait(connection)
    try:
        yield free
    finally:
        for connection in made:
            connection.writer.close()
