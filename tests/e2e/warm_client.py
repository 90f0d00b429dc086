"""What runs in the place of `python -m memsync`: it hands its words, environment and streams to
tests.e2e.warm.

    python -I -S warm_client.py SOCKET WORD...
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from typing import NamedTuple


class Job(NamedTuple):
    """One command: its words, its environment, and the folder in which it runs."""

    words: list[str]
    environment: dict[str, str]
    folder: str


def send(connection: socket.socket, job: Job, streams: list[int]) -> None:
    """Ask for a command that has these three streams."""
    payload = json.dumps(job).encode()
    socket.send_fds(connection, [len(payload).to_bytes(8, "big")], streams)
    connection.sendall(payload)


def receive(connection: socket.socket) -> tuple[Job, list[int]]:
    """What `send` sent: the command, and its three streams."""
    head, streams, _, _ = socket.recv_fds(connection, 8, 3)
    payload = b""
    while len(payload) < int.from_bytes(head, "big"):
        payload += connection.recv(1 << 20)
    return Job(*json.loads(payload)), streams


def main() -> int:
    """Run one command and end as it did."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(sys.argv[1])
        send(connection, Job(sys.argv[2:], dict(os.environ), os.getcwd()), [0, 1, 2])
        status = int(json.loads(connection.recv(64)))
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


if __name__ == "__main__":
    sys.exit(main())
