"""The wire to PostgreSQL, which a test may cut and mend."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit


class Wire:
    """A loopback port that leads to the server of `url` while it is whole."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._port = 0
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The same address through the wire."""
        name = self._url.netloc.rpartition("@")[0]
        return self._url._replace(netloc=f"{name}@127.0.0.1:{self._port}").geturl()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Whoever talks is cut off; whoever calls is refused."""
        assert self._server
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _lead(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection(self._url.hostname, self._url.port)
        self._ends |= {back, forth}
        try:
            await asyncio.gather(_pour(near, forth), _pour(far, back))
        finally:
            self._ends -= {back, forth}


async def _pour(source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65_536):
            drain.write(data)
            await drain.drain()
    drain.close()
