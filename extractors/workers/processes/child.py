"""The far side of `extractors.workers.pool`: one process that does one job after another.

Started as `python -I …/child.py MODULE:FUNCTION DEADLINE WALL_FACTOR MEMORY_MB`. It imports only the
job's module, so whatever the parent's own main module is (Prefect's, say) is never run again;
isolated (-I) and by absolute path, so that modules come from this project and from the
environment's libraries alone, wherever it was called from and whatever PYTHONPATH says.
Jobs come in on standard input and answers go out on standard output, each as eight bytes of length and
that many bytes; the first message is the setup.
"""

import contextlib
import faulthandler
import gc
import importlib
import io
import logging
import os
import pickle
import re
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

LENGTH = struct.Struct("!Q")
READY, DONE, LAST, FAILED, MEMORY = b"K", b"D", b"L", b"F", b"M"
JOBS_PER_PROCESS = 2000  # a fresh process now and then keeps memory flat, whatever libraries leak
IMPORT_FOLDER = str(Path(__file__).resolve().parents[3])
NEW_OBJECTS = 50_000  # made between two looks for rubbish, of which pages leave none
OVERHEAD_MB = 40  # code and shared pages, which count as memory but not as data


class JobLimits(NamedTuple):
    """Of one job: its processor time, how much longer by the clock, and its memory."""

    deadline_seconds: float
    wall_factor: float
    memory_mb: int


def main(job: str, limits: JobLimits, *, is_set_up: bool) -> None:
    """Do jobs until there are no more. `is_set_up`: this is a fork of a process that has set up."""
    requests, answers = _take_pipes()
    harden(limits.memory_mb)
    if not is_set_up:
        set_up(job, _setup_from(requests))
    _work(_function(job), requests, answers, limits)


def set_up(job: str, parts: Iterable[tuple[str, bytes | None]]) -> None:
    """Import the job's module, call its `warm_up` if it has one, and only then wait for the parts of the
    setup, each with the name of the module's function that takes it. All that is made here stays, so the collector neither looks
    through it now, which takes a fifth of the time, nor later. A look at every 700 new objects, as
    Python has it, takes a twentieth of a page's time."""
    gc.disable()
    module = importlib.import_module(job.partition(":")[0])
    if hasattr(module, "warm_up"):  # what its first job would else wait for
        module.warm_up()
    for name, part in parts:
        if part:
            getattr(module, name)(*pickle.loads(part))  # noqa: S301 - by our own parent process
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    gc.enable()


def _setup_from(requests: BinaryIO) -> Iterator[tuple[str, bytes | None]]:
    """All of it at once. Waits only when it is asked."""
    yield "setup", _receive(requests)


def _function(job: str) -> Callable[[object], object]:
    module_name, _, name = job.partition(":")
    function: Callable[[object], object] = getattr(importlib.import_module(module_name), name)
    return function


def _work(
    function: Callable[[object], object],
    requests: BinaryIO,
    answers: BinaryIO,
    limits: JobLimits,
) -> None:
    _send(answers, READY, b"")
    for number in range(1, JOBS_PER_PROCESS + 1):
        request = _receive(requests)
        if request is None:
            return
        # The kernel ends a job that runs too long, even while C code holds the interpreter: by
        # processor time, which a busy machine does not use up; and by the clock, a little after
        # the parent would, in case that the parent is gone.
        signal.setitimer(signal.ITIMER_PROF, limits.deadline_seconds)
        signal.setitimer(signal.ITIMER_REAL, limits.deadline_seconds * limits.wall_factor + 1)
        kind, answer = _do(function, request)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        full = number == JOBS_PER_PROCESS or _is_full(0.75 * limits.memory_mb)
        _send(answers, LAST if kind == DONE and full else kind, answer)
        if kind == MEMORY:
            return


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes, out of reach of code that prints or reads the console."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, answers


def harden(memory_mb: int) -> None:
    """Limits of a process that works on what the world sends; Ctrl-C and logs are the parent's."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    for deadline in (signal.SIGPROF, signal.SIGALRM):  # may be inherited as ignored
        signal.signal(deadline, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)  # extraction libraries log each odd page
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        most = max(memory_mb - OVERHEAD_MB, 64) << 20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _do(function: Callable[[object], object], request: bytes) -> tuple[bytes, bytes]:
    try:
        return DONE, _pickled(function(pickle.loads(request)))  # noqa: S301 - as above
    except MemoryError:
        return MEMORY, b""
    except Exception:  # noqa: BLE001 - a fault of one job is reported to the parent, which raises it
        return FAILED, traceback.format_exc()[-8000:].encode("utf-8", "replace")


class _Pickler(pickle.Pickler):
    """Writes an enum's member as its class and value on every Python.

    Before 3.11.4 a member pickles to a call of `getattr`, which the parent refuses to make.
    """

    def reducer_override(self, value: object) -> Any:
        return (type(value), (value.value,)) if isinstance(value, Enum) else NotImplemented


def _pickled(value: object) -> bytes:
    out = io.BytesIO()
    _Pickler(out, 5).dump(value)
    return out.getvalue()


def _is_full(most_mb: float) -> bool:
    """Whether this process held more than that. The kernel's quick answer is never too low, but on
    Linux a process begins with its parent's peak: the slow one is asked for only then."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10) > most_mb and (
        (own := _own_peak_mb()) is None or own > most_mb
    )


def _own_peak_mb() -> float | None:
    """Of this process alone, where Linux tells."""
    with contextlib.suppress(FileNotFoundError):
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        if match := re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE):
            return int(match[1]) / 1024
    return None


def _receive(pipe: BinaryIO) -> bytes | None:
    head = pipe.read(LENGTH.size)
    return pipe.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


def _send(pipe: BinaryIO, kind: bytes, body: bytes) -> None:
    pipe.write(LENGTH.pack(len(body) + 1) + kind)
    pipe.write(body)
    pipe.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):  # the parent left while we worked
        sys.path.insert(0, IMPORT_FOLDER)
        limits = JobLimits(float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
        main(sys.argv[1], limits, is_set_up=False)
    os._exit(0)
