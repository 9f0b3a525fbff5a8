"""One worker process and its pipes, which never block the event loop."""

import asyncio
import contextlib
import fcntl
import os

from extractors.workers.errors import Cause, WorkerCrashed, WorkerTimeout
from extractors.workers.processes.child import LENGTH, READY
from extractors.workers.processes.exits import cause_of
from extractors.workers.processes.readiness import Readiness
from extractors.workers.processes.spawn import ProcessOrigin, Running, last_words, scratch

WORKER_START_SECONDS = 120.0  # on the clock, for imports and setup; a second on a quiet machine
LARGEST_WORKER_ANSWER = 64 << 20
PIPE_BYTES = 1 << 20  # a page fits in one write


class WorkerProcess:
    """Started by the first `start`, from `origin`."""

    def __init__(self, origin: ProcessOrigin) -> None:
        self.killed = False
        self.jobs = 0  # that it has been given
        self._origin, self._is_ready = origin, False
        self._process: Running | None = None
        self._readiness = Readiness()
        try:
            self._open()
        except OSError as error:
            raise _no_start(error) from error

    def _open(self) -> None:
        with contextlib.ExitStack() as opened:  # closes what is open where the next step fails
            self._stderr = opened.enter_context(scratch("worker-stderr"))
            self._theirs_in, self._out = _pipe(opened)
            self._in, self._theirs_out = _pipe(opened)
            opened.pop_all()
        for pipe in (self._in, self._out):
            os.set_blocking(pipe, False)
            with contextlib.suppress(AttributeError, OSError):  # Linux only, and may be capped
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    async def start(self) -> None:
        """Start it and wait until it is set up; nothing when that was before."""
        if self._is_ready:
            return
        try:
            async with asyncio.timeout(WORKER_START_SECONDS):
                await self._launch()
                if self._origin.setup is not None:
                    await self._send(self._origin.setup)
                kind, _ = await self._answer()
        except TimeoutError:
            why = f"a worker process was not ready after {WORKER_START_SECONDS:g} s"
            raise WorkerCrashed(Cause.NOT_STARTED, why) from None
        except (EOFError, BrokenPipeError):
            raise await self._death(starting=True) from None
        if kind != READY:
            raise WorkerCrashed(Cause.NOT_STARTED, "a worker process answered out of turn")
        self._is_ready = True

    async def _launch(self) -> None:
        files = (self._theirs_in, self._theirs_out, self._stderr.fileno())
        try:
            process = await self._origin.launch(files)
        except OSError as error:
            raise _no_start(error) from error
        if self.killed:  # by our own close(), meanwhile
            process.kill()
            raise EOFError
        self._process = process
        self._close_theirs()

    def _close_theirs(self) -> None:
        os.close(self._theirs_in)
        os.close(self._theirs_out)

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
                    await self._readiness.to_write(self._out)

    async def _answer(self) -> tuple[bytes, bytearray]:
        size = LENGTH.unpack(await self._read(LENGTH.size))[0]
        if not 0 < size <= LARGEST_WORKER_ANSWER:
            raise WorkerCrashed(Cause.ANSWER, f"the worker's answer would have {size} bytes")
        return bytes(await self._read(1)), await self._read(size - 1)

    async def _read(self, size: int) -> bytearray:
        parts = bytearray()
        while len(parts) < size:
            try:
                part = os.read(self._in, min(size - len(parts), PIPE_BYTES))
            except BlockingIOError:
                await self._readiness.to_read(self._in)
                continue
            if not part:
                raise EOFError
            parts += part
        return parts

    def alive(self) -> bool:
        return not self.killed and self._process is not None and self._process.alive()

    def kill(self) -> None:
        if self.killed:
            return
        self.killed = True
        self._readiness.wake(EOFError())
        if self._process is None:
            self._close_theirs()
        else:
            self._process.kill()
        os.close(self._in)
        os.close(self._out)
        self._stderr.close()

    def reap(self, seconds: float) -> bool:
        """Whether the killed process is gone for good."""
        return self._process is None or self._process.gone(seconds)

    async def _death(self, *, starting: bool) -> WorkerTimeout | WorkerCrashed:
        """Why the process is gone, read off its exit and off the end of its standard error."""
        if self.killed or self._process is None:  # by our own close()
            return WorkerCrashed(Cause.CLOSED, "the workers were closed")
        for _ in range(200):
            if self._process.code() is not None:
                break
            await asyncio.sleep(0.01)
        words = "" if self.killed else last_words(self._stderr)
        return cause_of(self._process.code(), words, starting=starting)


def _no_start(error: OSError) -> WorkerCrashed:
    why = f"a worker process could not start: {error.strerror or error}"
    return WorkerCrashed(Cause.NOT_STARTED, why)


def _pipe(opened: contextlib.ExitStack) -> tuple[int, int]:
    both = os.pipe()
    for end in both:
        opened.callback(os.close, end)
    return both
