"""Ends what a run has started when the run itself was killed: Prefect's temporary server, above all.

`guard` marks this process's children by a word in their environment and starts this file as a
process of its own. It waits until the run is gone, however it went, and then ends those that bear
the mark; nobody else's process can bear it. Linux only; elsewhere nothing is guarded.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from functools import cache
from pathlib import Path

MARK = "POLLWATCH_STARTED_BY"
PATIENCE = 5.0  # seconds from asking them to end to ending them


@cache
def guard() -> subprocess.Popen[bytes] | None:
    """Guard all children that are started from here on; once in a process."""
    if not sys.platform.startswith("linux"):
        return None
    mark = f"{os.getpid()}-{uuid.uuid4().hex}"
    guardian = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, f"{MARK}={mark}"],
        stdin=subprocess.PIPE,  # closed by the kernel when this process ends
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the run alone
    )
    os.environ[MARK] = mark
    return guardian


def wait_and_end(mark: bytes) -> None:
    sys.stdin.buffer.read()
    for sign, seconds in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, 1.0)):
        bearers = [pid for pid in every_process() if end(pid, mark, sign)]
        deadline = time.monotonic() + seconds
        while any(bears(pid, mark) for pid in bearers) and time.monotonic() < deadline:
            time.sleep(0.05)


def every_process() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def bears(pid: int, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:  # gone, or of another user
        return False


def end(pid: int, mark: bytes, sign: signal.Signals) -> bool:
    """Whether it bore the mark. Its handle makes sure that no later process of that number is hit."""
    if not bears(pid, mark):
        return False
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if bears(pid, mark):
            signal.pidfd_send_signal(handle, sign)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)
    return True


if __name__ == "__main__":
    wait_and_end(sys.argv[1].encode())
