"""Worker processes with a deadline per job: a job that hangs or eats memory costs that job only.

Our own rather than pebble or concurrent.futures: those fork or re-import the parent's main
module (Prefect's engine), send their results through threads, and one killed process breaks a
whole ProcessPoolExecutor. Here the parent needs no thread, never blocks the event loop, and reads
answers with an unpickler that knows only our nouns, so that a parser taken over by a hostile
page cannot run code in the parent.
"""

import asyncio
import contextlib
import fcntl
import io
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable

from extractors.workers.child import DONE, FAILED, LENGTH, MEMORY, READY

START_SECONDS = 60.0  # for imports and setup
LARGEST_ANSWER = 64 << 20
PIPE_BYTES = 1 << 20  # a page fits in one write
_PLAIN = {("datetime", "datetime"), ("datetime", "timedelta"), ("datetime", "timezone")}
_PLAIN |= {("builtins", "set"), ("builtins", "frozenset"), ("builtins", "bytearray")}


class WorkerTimeout(Exception):  # noqa: N818 - named for what happened, as callers read it
    """The job was still running at its deadline; its process was killed."""


class WorkerCrashed(Exception):  # noqa: N818
    """The job raised, ran out of memory or took its process down; the message says which."""


class Workers:
    """A pool of processes that run `module:function` on what they are given.

    Processes start when they are needed, are replaced when they die, and end with their parent,
    however it ends. For use by the tasks of one event loop.
    """

    def __init__(
        self,
        job: str,
        *,
        processes: int,
        deadline_seconds: float = 10,
        memory_mb: int = 400,
        setup: bytes = b"",
    ) -> None:
        self._arguments = (job, str(deadline_seconds), str(memory_mb))
        self._deadline, self._setup = deadline_seconds, setup
        self._slots = asyncio.Semaphore(processes)
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
        self._closed = False

    async def run(self, payload: object) -> object:
        """The function's answer. Waits for a free process; cancelling kills the job."""
        request = pickle.dumps(payload, 5)
        async with self._slots:
            process = self._free()
            try:
                kind, answer = await self._ask(process, request)
            except BaseException:
                self._drop(process)
                raise
            if kind in (DONE, FAILED):
                self._idle.append(process)
            else:
                self._drop(process)
        if kind == FAILED:
            raise WorkerCrashed(f"the job raised:\n{answer.decode('utf-8', 'replace')}")
        if kind == MEMORY:
            raise WorkerCrashed("the job used too much memory")
        return _load(answer)

    def close(self) -> None:
        """Kill every process; jobs under way raise WorkerCrashed."""
        self._closed = True
        for process in list(self._all):
            process.kill()
        for process in list(self._all):
            process.reap(5)
        self._all.clear()
        self._idle.clear()

    def _free(self) -> "_Process":
        if self._closed:
            raise WorkerCrashed("the workers are closed")
        for process in [each for each in self._all if each.killed]:
            if process.reap(0):
                self._all.discard(process)
        while self._idle:
            process = self._idle.pop()
            if process.alive():
                return process
            self._drop(process)
        process = _Process(self._arguments, self._setup)
        self._all.add(process)
        return process

    async def _ask(self, process: "_Process", request: bytes) -> tuple[bytes, bytes]:
        try:
            await process.start()
            async with asyncio.timeout(self._deadline):
                await process.send(request)
                return await process.answer()
        except TimeoutError:
            raise WorkerTimeout(f"no answer after {self._deadline:g} s") from None
        except (EOFError, BrokenPipeError):
            raise WorkerCrashed(await process.last_words()) from None

    def _drop(self, process: "_Process") -> None:
        process.kill()
        if process.reap(0):
            self._all.discard(process)


class _Process:
    """One worker process and its pipes, which never block the event loop."""

    def __init__(self, arguments: tuple[str, ...], setup: bytes) -> None:
        self._setup: bytes | None = setup
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "MALLOC_ARENA_MAX": "1",  # glibc otherwise keeps a heap per thread that ever ran
        }
        try:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "extractors.workers.child", *arguments],
                stdin=theirs_in,
                stdout=theirs_out,
                stderr=self._stderr,
                env=environment,
            )
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self.killed = False
        self._stop_waiting: Callable[[], object] | None = None
        for pipe in (self._in, self._out):
            os.set_blocking(pipe, False)
            with contextlib.suppress(AttributeError, OSError):  # Linux only, and may be capped
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    async def start(self) -> None:
        """Send the setup and wait until it is done; nothing when that was before."""
        if self._setup is None:
            return
        setup, self._setup = self._setup, None
        async with asyncio.timeout(START_SECONDS):
            await self.send(setup)
            kind, _ = await self.answer()
        if kind != READY:
            raise EOFError

    async def send(self, message: bytes) -> None:
        rest = memoryview(LENGTH.pack(len(message)) + message)
        while rest:
            try:
                rest = rest[os.write(self._out, rest) :]
            except BlockingIOError:
                loop = asyncio.get_running_loop()
                await self._ready(self._out, loop.add_writer, loop.remove_writer)

    async def answer(self) -> tuple[bytes, bytes]:
        size = LENGTH.unpack(await self._read(LENGTH.size))[0]
        if not 0 < size <= LARGEST_ANSWER:
            raise EOFError
        message = await self._read(size)
        return message[:1], message[1:]

    async def _read(self, size: int) -> bytes:
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
        return bytes(parts)

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

    async def last_words(self) -> str:
        """How the process ended, with the end of what it wrote to standard error."""
        for _ in range(100):
            if self._popen.poll() is not None or self.killed:
                break
            await asyncio.sleep(0.01)
        code = self._popen.returncode
        how = (
            "was killed"
            if code is None
            else f"ended by signal {-code}"
            if code < 0
            else f"ended with {code}"
        )
        said = "" if self._stderr.closed else self._said()
        return f"the worker {how}" + (f":\n{said}" if said else "")

    def _said(self) -> str:
        end = self._stderr.seek(0, io.SEEK_END)
        self._stderr.seek(max(0, end - 4000))
        return self._stderr.read().decode("utf-8", "replace").strip()


class _Nouns(pickle.Unpickler):
    """Reads plain values and the classes of `model`, and refuses to look up anything else."""

    def find_class(self, module: str, name: str) -> object:
        found = super().find_class(module, name) if self._known(module, name) else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no noun of ours")
        return found

    @staticmethod
    def _known(module: str, name: str) -> bool:
        return (module, name) in _PLAIN or (module == "model" and name.isidentifier())


def _load(answer: bytes) -> object:
    try:
        value: object = _Nouns(io.BytesIO(answer)).load()
    except (
        pickle.UnpicklingError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ImportError,
    ) as exc:
        raise WorkerCrashed(f"the worker's answer is unreadable: {exc}") from exc
    return value
