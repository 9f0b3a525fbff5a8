"""The far side of `extractors.workers.processes.zygote`: imports and sets up once, then forks for each order.

Started as `python -I …/zygote_child.py MODULE:FUNCTION MEMORY_MB CONTROL`; CONTROL is a socket. It
imports the module at once and warms it up, then waits for the setup: files, of which the first may come
earlier. It reads nobody's page, starts no thread and holds no file but that socket, so that a process that
it forks is as whole as one of its own. When whoever started it is gone, it ends its processes and itself.
"""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

IMPORT_FOLDER = str(Path(__file__).resolve().parents[3])
if __name__ == "__main__":
    sys.path.insert(0, IMPORT_FOLDER)

from extractors.workers.processes import child  # noqa: E402 - isolated: only now are ours to be found
from extractors.workers.processes.spawn import WorkerOrders  # noqa: E402

READY, BORN, ENDED, REFUSED = b"R", b"B", b"E", b"N"
PREPARE, SETUP = b"P", b"S"
TAKES = {PREPARE: "prepare", SETUP: "setup"}  # what the job's module calls the taking of each
ORDER_FORMAT = struct.Struct(
    "!cqq"
)  # kind; number of an order, or a process; process, exit code or errno
LARGEST_ORDER = 4096  # of an order


class Brood:
    """The processes that were forked and have not ended yet."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._pids: dict[int, int] = {}  # by the file that tells of their end
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def watch(self) -> tuple[WorkerOrders, Sequence[int]] | None:
        """Fork as ordered until the other side is gone: None. In a forked process: what it is to do,
        and the files that it is to have as standard input, output and error."""
        while True:
            for file, _ in self._poll.poll():
                if file != self._control.fileno():
                    self._bury(file)
                    continue
                message, files = self._next_order()
                if not message:
                    self._end_all()
                    return None
                number, *orders = json.loads(message)
                if not self._fork(number, files):
                    self._leave()
                    return WorkerOrders(*orders), files

    def _next_order(self) -> tuple[bytes, Sequence[int]]:
        try:
            message, files, _, _ = socket.recv_fds(self._control, LARGEST_ORDER, 3)
        except ConnectionResetError:  # gone without having read the last that it was told
            return b"", ()
        return message, files

    def _fork(self, number: int, files: Sequence[int]) -> bool:
        """False in the new process."""
        pid = 0
        news: tuple[bytes, int, int] | tuple[bytes, int, int, int]
        try:
            pid = os.fork()
            if pid == 0:
                return False
            end = os.pidfd_open(pid)
        except OSError as error:
            if pid:  # nobody would hear of its end
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            news = (REFUSED, number, error.errno or 0)
        else:
            self._pids[end] = pid
            self._poll.register(end, select.POLLIN)
            news = (BORN, number, pid, end)
        for file in files:
            os.close(file)
        self._tell(*news)
        return True

    def _bury(self, end: int) -> None:
        self._poll.unregister(end)
        os.close(end)
        pid, status = os.waitpid(self._pids.pop(end), 0)
        self._tell(ENDED, pid, os.waitstatus_to_exitcode(status))

    def _end_all(self) -> None:
        for pid in self._pids.values():
            os.kill(pid, signal.SIGKILL)
        for pid in self._pids.values():
            os.waitpid(pid, 0)

    def _leave(self) -> None:
        self._control.close()
        for end in self._pids:
            os.close(end)

    def _tell(self, kind: bytes, first: int, second: int, *files: int) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # `watch` sees to that
            socket.send_fds(self._control, [ORDER_FORMAT.pack(kind, first, second)], files)


def received_setup(control: socket.socket) -> Iterator[tuple[str, bytes]]:
    """What is known early, if it is handed over, then the setup, each as soon as it comes. Raises
    `EOFError` when nobody is there any more to give one."""
    word = b""
    while word != SETUP:
        word, files, _, _ = socket.recv_fds(control, len(SETUP), 1)
        if not files:
            raise EOFError
        with os.fdopen(files[0], "rb") as part:
            yield TAKES[word], part.read()


def main(job: str, memory_mb: int, control: socket.socket) -> None:
    child.harden(memory_mb)
    child.set_up(job, received_setup(control))
    control.send(ORDER_FORMAT.pack(READY, os.getpid(), 0))
    ordered = Brood(control).watch()
    if ordered is not None:
        orders, files = ordered
        for place, file in enumerate(files):
            os.dup2(file, place)
            os.close(file)
        limits = child.JobLimits(orders.deadline_seconds, orders.wall_factor, orders.memory_mb)
        child.main(orders.job, limits, is_set_up=True)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, EOFError):
        main(sys.argv[1], int(sys.argv[2]), socket.socket(fileno=int(sys.argv[3])))
    os._exit(0)
