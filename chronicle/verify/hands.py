"""Who reads the stretches: this process alone, or several that hand back what they found."""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, BinaryIO, Self

from chronicle.verify.spool import Seen, Spool, unusual
from chronicle.verify.stretch import Reader, Stretch

MOST_AT_ONCE = 32 * 2**20
"""Bytes of a range; a longer one is read line by line, so that none fills the memory."""
TAGS = 2**20
"""Tags that one range may use."""
A_PART = 64 * 2**20
STEP = 2**20


def parts_for(size: int) -> int:
    """Into how many the ids of a file of this size go, each to be held in memory at once."""
    return 1 + size // A_PART


@dataclass(frozen=True, slots=True)
class Piece:
    """A range; its stretch, where its first blocks are in order, goes as far as `rest`."""

    start: int
    end: int
    tag: int
    stretch: Stretch | None
    rest: int


def piece(file: BinaryIO, reader: Reader, spool: Spool, start: int, end: int, tag: int) -> Piece:
    nothing = Piece(start, end, tag, None, start)
    if end - start > MOST_AT_ONCE:
        return nothing
    file.seek(start)
    *lines, cut = file.read(end - start).split(b"\n")
    try:
        stretch, taken = reader.read(lines, tag)
    except ValueError:
        return nothing
    if cut or not taken:
        return nothing
    spool.put_all(reader.seen)
    return Piece(start, end, tag, stretch, start + sum(map(len, lines[:taken])) + taken)


def digest_of(file: BinaryIO, until: int) -> bytes:
    """SHA-256 of what stands before this byte."""
    digest = sha256()
    file.seek(0)
    while until > 0:
        read = file.read(min(STEP, until))
        digest.update(read)
        until -= len(read)
    return digest.digest()


class Alone:
    """All of it here."""

    def __init__(self, file: BinaryIO, folder: Path, parts: int) -> None:
        self._file, self._folder, self._parts = file, folder, parts
        self.spool = Spool(folder, parts, "0")

    def digest(self, until: int) -> Callable[[], bytes]:
        return lambda: digest_of(self._file, until)

    def stretches(self, ranges: Iterable[tuple[int, int]]) -> Iterator[Piece]:
        reader = Reader(self._parts)
        for number, (start, end) in enumerate(ranges):
            yield piece(self._file, reader, self.spool, start, end, number * TAGS)

    def unusual(self, tags: Mapping[int, int], unsound: Sequence[set[int]]) -> Iterator[list[Seen]]:
        for part in range(self._parts):
            yield from unusual(self._folder, part, tags, unsound)


class Many:
    """Processes of the same Python, told over pipes what to do; answers come in the order asked."""

    def __init__(self, path: Path, folder: Path, parts: int, processes: int) -> None:
        self._path, self._folder, self._parts = path, folder, parts
        self._processes = processes
        self._stack = ExitStack()
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self.spool = Spool(folder, parts, "0")

    def __enter__(self) -> Self:
        self._threads = self._stack.enter_context(ThreadPoolExecutor(self._processes + 1))
        for number in range(1, self._processes + 1):
            worker = subprocess.Popen(
                [sys.executable, "-I", "-c", BEGIN, os.pathsep.join(sys.path)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            self._stack.callback(_end, worker)
            _tell(worker, (self._path, self._folder, self._parts, str(number)))
            self._idle.put(worker)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def digest(self, until: int) -> Callable[[], bytes]:
        def read() -> bytes:
            with self._path.open("rb") as file:
                return digest_of(file, until)

        return self._threads.submit(read).result

    def stretches(self, ranges: Iterable[tuple[int, int]]) -> Iterator[Piece]:
        asked = ((piece, start, end, n * TAGS) for n, (start, end) in enumerate(ranges))
        return self._answers(asked)

    def unusual(self, tags: Mapping[int, int], unsound: Sequence[set[int]]) -> Iterator[list[Seen]]:
        asked = ((unusual, part, tags, unsound) for part in range(self._parts))
        for found in self._answers(asked):
            yield from found

    def _answers(self, asked: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """Never many more asked than answered, so that no answers pile up."""
        waiting: deque[Future[Any]] = deque()
        for question in asked:
            waiting.append(self._threads.submit(self._ask, question))
            if len(waiting) > 2 * self._processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _ask(self, question: tuple[Any, ...]) -> Any:
        worker = self._idle.get()
        try:
            _tell(worker, question)
            assert worker.stdout is not None
            return pickle.load(worker.stdout)
        finally:
            self._idle.put(worker)


def _tell(worker: "subprocess.Popen[bytes]", said: Any) -> None:
    assert worker.stdin is not None
    pickle.dump(said, worker.stdin)
    worker.stdin.flush()


def _end(worker: "subprocess.Popen[bytes]") -> None:
    for pipe in (worker.stdin, worker.stdout):
        assert pipe is not None
        pipe.close()
    worker.wait()


BEGIN = (
    "import os, sys; sys.path[:] = sys.argv[1].split(os.pathsep); "
    "from chronicle.verify.worker import work; work()"
)
