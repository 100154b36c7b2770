"""What this machine has left for a process of ours: a port, and room on the disk."""

import random
import shutil
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


class CannotStart(Exception):
    """Why something did not start and what to do about it, in one sentence."""


def free_port() -> int:
    """A port nobody listens on, below those the kernel lends to clients.

    A port out of the kernel's own range may become the near end of a client that reconnects while
    our server is down, and the server then never gets it back.
    """
    for port in random.sample(range(20_000, 32_000), 100):
        if not in_use(port):
            return port
    raise CannotStart("no free port between 20000 and 32000: end what listens there")


def in_use(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def must_be_free(port: int, who: str) -> None:
    if in_use(port):
        raise CannotStart(
            f"{who} needs port {port}, which is in use on {LOOPBACK}: "
            "end what listens there, or choose another port"
        )


def must_have_room(folder: Path, megabytes: int, who: str) -> None:
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise CannotStart(
            f"{who} needs {megabytes} MB of disk below {folder} and {free} MB are left: make room"
        )
