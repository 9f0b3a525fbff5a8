"""One worker process and its pipes, which never block the event loop."""

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from extractors.workers.child import LENGTH, READY
from extractors.workers.errors import Cause, WorkerCrashed, WorkerTimeout

CHILD = Path(__file__).with_name("child.py").resolve()
START_SECONDS = 120.0  # on the clock, for imports and setup; a second on a quiet machine
LARGEST_ANSWER = 64 << 20
PIPE_BYTES = 1 << 20  # a page fits in one write
LAST_WORDS = 4000  # bytes of standard error that are kept
FROM_OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT}
ITS_DEADLINE = {signal.SIGPROF, signal.SIGALRM, signal.SIGXCPU}  # set by the child for itself


class WorkerProcess:
    """Started by absolute path and isolated, so that neither the current directory nor PYTHONPATH
    can put another module in the place of one of ours or of a library."""

    def __init__(self, arguments: tuple[str, ...], setup: bytes) -> None:
        self._setup: bytes | None = setup
        self.killed = False
        self.jobs = 0  # that it has been given
        self._stop_waiting: Callable[[], object] | None = None
        try:
            self._start(arguments)
        except OSError as error:
            why = f"a worker process could not start: {error.strerror or error}"
            raise WorkerCrashed(Cause.NOT_STARTED, why) from error

    def _start(self, arguments: tuple[str, ...]) -> None:
        with contextlib.ExitStack() as opened:  # closes what is open where the next step fails
            self._stderr = opened.enter_context(_scratch())
            theirs_in, self._out = _pipe(opened)
            self._in, theirs_out = _pipe(opened)
            self._popen = subprocess.Popen(
                [sys.executable, "-I", str(CHILD), *arguments],
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=self._stderr,
                # glibc otherwise keeps a heap for each thread that ever ran
                env={**os.environ, "MALLOC_ARENA_MAX": "1"},
            )
            opened.pop_all()
        os.close(theirs_in)
        os.close(theirs_out)
        for pipe in (self._in, self._out):
            os.set_blocking(pipe, False)
            with contextlib.suppress(AttributeError, OSError):  # Linux only, and may be capped
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    async def start(self) -> None:
        """Send the setup and wait until it is done; nothing when that was before."""
        if self._setup is None:
            return
        setup, self._setup = self._setup, None
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._send(setup)
                kind, _ = await self._answer()
        except TimeoutError:
            why = f"a worker process was not ready after {START_SECONDS:g} s"
            raise WorkerCrashed(Cause.NOT_STARTED, why) from None
        except (EOFError, BrokenPipeError):
            raise await self._death(starting=True) from None
        if kind != READY:
            raise WorkerCrashed(Cause.NOT_STARTED, "a worker process answered out of turn")

    async def ask(self, request: bytes, seconds: float) -> tuple[bytes, bytearray]:
        """The kind and the body of the answer, waited for at most `seconds` on the clock."""
        self.jobs += 1
        try:
            async with asyncio.timeout(seconds):
                await self._send(request)
                return await self._answer()
        except TimeoutError:
            raise WorkerTimeout(Cause.DEADLINE, f"no answer after {seconds:g} s") from None
        except (EOFError, BrokenPipeError):
            raise await self._death(starting=False) from None

    async def _send(self, message: bytes) -> None:
        for part in (LENGTH.pack(len(message)), message):  # not joined: messages are large
            rest = memoryview(part)
            while rest:
                try:
                    rest = rest[os.write(self._out, rest) :]
                except BlockingIOError:
                    loop = asyncio.get_running_loop()
                    await self._ready(self._out, loop.add_writer, loop.remove_writer)

    async def _answer(self) -> tuple[bytes, bytearray]:
        size = LENGTH.unpack(await self._read(LENGTH.size))[0]
        if not 0 < size <= LARGEST_ANSWER:
            raise WorkerCrashed(Cause.ANSWER, f"the worker's answer would have {size} bytes")
        return bytes(await self._read(1)), await self._read(size - 1)

    async def _read(self, size: int) -> bytearray:
        parts = bytearray()
        while len(parts) < size:
            try:
                part = os.read(self._in, min(size - len(parts), PIPE_BYTES))
            except BlockingIOError:
                loop = asyncio.get_running_loop()
                await self._ready(self._in, loop.add_reader, loop.remove_reader)
                continue
            if not part:
                raise EOFError
            parts += part
        return parts

    async def _ready(
        self, pipe: int, add: Callable[..., object], remove: Callable[[int], object]
    ) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def stop(exc: Exception | None = None) -> None:
            self._stop_waiting = None
            remove(pipe)
            if not waiter.done():
                waiter.set_exception(exc) if exc else waiter.set_result(None)

        add(pipe, stop)
        self._stop_waiting = lambda: stop(EOFError())
        try:
            await waiter
        finally:
            if self._stop_waiting is not None:  # cancelled; later the number may be another file's
                stop()

    def alive(self) -> bool:
        return not self.killed and self._popen.poll() is None

    def kill(self) -> None:
        if self.killed:
            return
        self.killed = True
        if self._stop_waiting is not None:
            self._stop_waiting()
        self._popen.kill()
        os.close(self._in)
        os.close(self._out)
        self._stderr.close()

    def reap(self, seconds: float) -> bool:
        """Whether the killed process is gone for good."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    async def _death(self, *, starting: bool) -> WorkerTimeout | WorkerCrashed:
        """Why the process is gone, read off its exit and off the end of its standard error."""
        if self.killed:  # by our own close()
            return WorkerCrashed(Cause.CLOSED, "the workers were closed")
        for _ in range(200):
            if self._popen.poll() is not None:
                break
            await asyncio.sleep(0.01)
        words = "" if self.killed else self._last_words()
        return cause_of(self._popen.returncode, words, starting=starting)

    def _last_words(self) -> str:
        end = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, end - LAST_WORDS))
        return self._stderr.read().decode("utf-8", "replace").strip()


def cause_of(code: int | None, words: str, *, starting: bool) -> WorkerTimeout | WorkerCrashed:
    """The cause that an exit code (negative: a signal) and the last words on standard error tell."""
    number = -code if code is not None and code < 0 else 0
    told = f"\n{words}" if words else ""
    short = "MemoryError" in words[-200:] or "memory allocation of" in words  # Rust's last words
    if short and not starting:
        return WorkerCrashed(Cause.MEMORY, f"the job used too much memory{told}")
    if number in ITS_DEADLINE and not starting:
        return WorkerTimeout(Cause.DEADLINE, f"the job used up its processor time{told}")
    if number in FROM_OUTSIDE:
        why = f"its worker process was killed from outside ({signal.Signals(number).name})"
        hint = "where memory is short, the system does that"
        return WorkerCrashed(Cause.KILLED, f"{why}; {hint}{told}")
    how = f"ended by signal {number}" if number else f"ended with {code}"
    if starting:
        last = words.splitlines()[-1] if words else how
        why = f"a worker process could not start: {last}"
        return WorkerCrashed(Cause.NOT_STARTED, f"{why}{told}")
    return WorkerCrashed(Cause.CRASHED, f"its worker process crashed: it {how}{told}")


def _pipe(opened: contextlib.ExitStack) -> tuple[int, int]:
    both = os.pipe()
    for end in both:
        opened.callback(os.close, end)
    return both


def _scratch() -> BinaryIO:
    """A nameless file for standard error: in memory where there is such a thing, so that a missing
    temporary directory stops nothing."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("worker-stderr"), "w+b")
    return tempfile.TemporaryFile()
