"""One of the processes that read stretches: told by pickles on its stdin, answering on stdout."""

import pickle
import signal
import sys

from chronicle.verify.hands import piece
from chronicle.verify.spool import Spool, unusual
from chronicle.verify.stretch import Reader


def work() -> None:
    """Until there is no more; whoever asks is the one to be stopped from the keyboard."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    path, folder, parts, name = pickle.load(sys.stdin.buffer)
    reader, spool = Reader(parts), Spool(folder, parts, name)
    with path.open("rb") as file:
        while True:
            try:
                do, *told = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            if do is piece:
                found = piece(file, reader, spool, *told)
                spool.write_out()
            else:
                found = unusual(folder, *told)
            pickle.dump(found, sys.stdout.buffer)
            sys.stdout.buffer.flush()
