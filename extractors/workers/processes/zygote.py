"""Worker processes forked from one that has imported and set up everything already.

A process of its own takes a second for imports and rules; a fork takes milliseconds, so that a
second worker, or one in the place of another, costs next to nothing. The word is Android's and
Chromium's. Our own rather than multiprocessing's forkserver, which re-imports the parent's main
module (Prefect's engine) and loses the exit status that tells a deadline from a crash.
Only where a file can stand for a process (Linux since 5.3); elsewhere each is spawned.
"""

import asyncio
import contextlib
import errno
import json
import os
import pickle
import select
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from extractors.workers.errors import Cause, NoAnswer, WorkerCrashed
from extractors.workers.processes.exits import cause_of
from extractors.workers.processes.readiness import Readiness
from extractors.workers.processes.spawn import (
    Running,
    Spawned,
    WorkerOrders,
    isolated,
    last_words,
    scratch,
)
from extractors.workers.processes.zygote_child import (
    BORN,
    ENDED,
    ORDER_FORMAT,
    PREPARE,
    READY,
    REFUSED,
    SETUP,
)

SCRIPT = Path(__file__).with_name("zygote_child.py").resolve()
END_SECONDS = 5.0  # on the clock, for its own end
UNKNOWN_EXIT = -signal.SIGKILL  # of a process whose zygote was killed: nobody can tell


@cache
def can_fork() -> bool:
    """Whether a file can stand for a process here: old kernels and some sandboxes refuse it."""
    try:
        os.close(os.pidfd_open(os.getpid()))
        signal.pidfd_send_signal  # noqa: B018 - the call that ends a process by that file
        return hasattr(socket, "SOCK_SEQPACKET")
    except (AttributeError, OSError):
        return False


class Forked:
    """A child of the zygote. The file that stands for it is closed with this."""

    def __init__(self, zygote: "Zygote", life: int, pid: int, end: int) -> None:
        self._zygote, self._life, self._pid, self._end = zygote, life, pid, end
        self._code: int | None = None

    def alive(self) -> bool:
        return self._code is None and not self._ended(0)

    def code(self) -> int | None:
        """What the zygote told; once that is gone nobody knows, and whatever ended it is the likely cause."""
        if self._code is None and self._ended(0):
            self._code = self._zygote.code_of(self._pid, self._life)
        return self._code

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._end, signal.SIGKILL)

    def gone(self, seconds: float) -> bool:
        return self._ended(seconds)

    def _ended(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def __del__(self) -> None:
        os.close(self._end)


class Zygote:
    """One process that sets `module:function` up and forks. Starts when it is first needed, or by
    `begin`, and again when it was killed. For use by the tasks of one event loop.

    `setup` may be given later, but before the first fork; what is known of it early, `prepare`
    hands over.
    """

    _control: socket.socket
    _stderr: BinaryIO
    _is_ready: bool
    _has_setup: bool

    def __init__(self, job: str, memory_mb: int, setup: bytes = b"") -> None:
        self._arguments, self.setup = (job, str(memory_mb)), setup
        self.prepared: tuple[object, ...] = ()
        self._early = b""  # the same, pickled
        self._one_at_a_time = asyncio.Lock()
        self.running: Spawned | None = None
        self._readiness = Readiness()
        self._number = 0  # of the last order
        self._life = 0  # how many zygotes there were
        self.closed = False

    def begin(self) -> None:
        """Start on the imports, which need no setup. Where that fails, `fork` will tell."""
        with contextlib.suppress(OSError):
            self._spawn()

    def prepare(self, *arguments: object) -> None:
        """Let the job's module work on these meanwhile, in its function `prepare`."""
        self.prepared, self._early = arguments, pickle.dumps(arguments, 5)
        if self.running is not None and not self._is_gone:
            self._hand_over(PREPARE, self._early)

    async def fork(self, orders: WorkerOrders, files: Sequence[int]) -> Forked:
        """A process at work on `orders`. Raises `OSError` where none can be had, and `NoAnswer`
        where the zygote itself cannot start."""
        async with self._one_at_a_time:
            if self.closed:
                raise await self._death(starting=False)
            await self._start()
            self._born.clear()  # of orders that nobody waits for any more
            self._number += 1
            message = json.dumps([self._number, *astuple(orders)]).encode()
            try:
                socket.send_fds(self._control, [message], files)
            except (BrokenPipeError, ConnectionResetError):
                self._is_gone = True
                raise await self._death(starting=False) from None
            while self._number not in self._born:
                await self._hear(starting=False)
            born = self._born.pop(self._number)
        if isinstance(born, OSError):
            raise born
        return born

    async def _start(self) -> None:
        if self.running is not None:
            self._listen()
        if self.running is None or self._is_gone:
            self._end()
            self._spawn()
            if self._early:
                self._hand_over(PREPARE, self._early)
        if not self._has_setup:
            self._has_setup = True
            self._hand_over(SETUP, self.setup)
        if self._is_gone:
            raise await self._death(starting=True)
        while not self._is_ready:
            await self._hear(starting=True)

    def _hand_over(self, word: bytes, part: bytes) -> None:
        with scratch("setup") as file:
            file.write(part)
            file.seek(0)
            try:
                socket.send_fds(self._control, [word], [file.fileno()])
            except (BrokenPipeError, ConnectionResetError):
                self._is_gone = True

    def _spawn(self) -> None:
        self._is_ready = self._is_gone = self._has_setup = False
        self._life += 1
        self._born: dict[int, Forked | OSError] = {}  # by the number of the order
        self._codes: dict[int, int] = {}  # by process
        with contextlib.ExitStack() as opened:
            self._stderr = opened.enter_context(scratch("zygote-stderr"))
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._control = opened.enter_context(ours)
            ours.setblocking(False)
            with theirs, Path(os.devnull).open("r+b") as nothing:
                files = (nothing.fileno(), nothing.fileno(), self._stderr.fileno())
                control = theirs.fileno()
                arguments = (*self._arguments, str(control))
                self.running = Spawned(isolated(SCRIPT, arguments, files, keep=(control,)))
            opened.pop_all()

    async def _hear(self, *, starting: bool) -> None:
        """Wait for the next news. Raises `NoAnswer` when the zygote is gone."""
        await self._readiness.to_read(self._control.fileno())
        self._listen()
        if self._is_gone:
            raise await self._death(starting=starting)

    def _listen(self) -> None:
        """Take what the zygote told so far, without waiting."""
        while not self._is_gone:
            try:
                word, files, _, _ = socket.recv_fds(self._control, ORDER_FORMAT.size, 1)
            except BlockingIOError:
                return
            except OSError:  # it was killed with orders unread, or this was closed
                self._is_gone = True
                return
            if word:
                self._take(*ORDER_FORMAT.unpack(word), *files)
            else:
                self._is_gone = True

    def _take(self, kind: bytes, first: int, second: int, *files: int) -> None:
        if kind == READY:
            self._is_ready = True
        elif kind == BORN:
            none_left = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            self._born[first] = Forked(self, self._life, second, files[0]) if files else none_left
        elif kind == REFUSED:
            self._born[first] = OSError(second, os.strerror(second))
        elif kind == ENDED:
            self._codes[first] = second

    def code_of(self, pid: int, life: int) -> int | None:
        """The exit code of a process that has ended, born in that life of the zygote; None as long
        as it has not told."""
        if life != self._life:
            return UNKNOWN_EXIT
        self._listen()
        self._readiness.wake()  # whoever waits for news may have them now
        return self._codes.pop(pid, UNKNOWN_EXIT if self._is_gone else None)

    async def _death(self, *, starting: bool) -> NoAnswer:
        if self.running is None:
            return WorkerCrashed(Cause.CLOSED, "the workers were closed")
        for _ in range(200):
            if self.running.code() is not None:
                break
            await asyncio.sleep(0.01)
        return cause_of(self.running.code(), last_words(self._stderr), starting=starting)

    def close(self) -> None:
        """End it, and with it every process that it forked; there will be no other."""
        self.closed = True
        self._end()

    def _end(self) -> None:
        if self.running is None:
            return
        self._is_gone = True
        self._readiness.wake()
        self._control.close()  # it ends its processes and itself
        if not self.running.gone(END_SECONDS):
            self.running.kill()
            self.running.gone(END_SECONDS)
        self._stderr.close()
        self.running = None


def begun_zygote(job: str, memory_mb: int) -> Zygote | None:
    """One at its imports while whoever needs it reads rules and opens a database; None where there
    can be none. It ends with `close`, with this process, or when it is forgotten."""
    if not can_fork():
        return None
    zygote = Zygote(job, memory_mb)
    zygote.begin()
    return zygote


@contextmanager
def closed_zygote(zygote: Zygote | None) -> Iterator[Zygote | None]:
    """It is closed at the end of this."""
    try:
        yield zygote
    finally:
        if zygote is not None:
            zygote.close()


@dataclass(frozen=True, slots=True)
class Forking:
    """Each process is a fork of one that has set everything up."""

    zygote: Zygote
    orders: WorkerOrders
    setup: None = None

    async def launch(self, files: Sequence[int]) -> Running:
        return await self.zygote.fork(self.orders, files)
