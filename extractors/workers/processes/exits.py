"""Why a process ended, read off its exit and its last words."""

import signal

from extractors.workers.errors import Cause, WorkerCrashed, WorkerTimeout

FROM_OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT}
ITS_DEADLINE = {signal.SIGPROF, signal.SIGALRM, signal.SIGXCPU}  # set by the child for itself


def cause_of(code: int | None, words: str, *, starting: bool) -> WorkerTimeout | WorkerCrashed:
    """The cause that an exit code (negative: a signal) and the last words on standard error tell."""
    number = -code if code is not None and code < 0 else 0
    quoted = f"\n{words}" if words else ""
    short = "MemoryError" in words[-200:] or "memory allocation of" in words  # Rust's last words
    if short and not starting:
        return WorkerCrashed(Cause.MEMORY, f"the job used too much memory{quoted}")
    if number in ITS_DEADLINE and not starting:
        return WorkerTimeout(Cause.DEADLINE, f"the job used up its processor time{quoted}")
    if number in FROM_OUTSIDE:
        why = f"its worker process was killed from outside ({signal.Signals(number).name})"
        hint = "where memory is short, the system does that"
        return WorkerCrashed(Cause.KILLED, f"{why}; {hint}{quoted}")
    how = f"ended by signal {number}" if number else f"ended with {code}"
    if starting:
        last = words.splitlines()[-1] if words else how
        why = f"a worker process could not start: {last}"
        return WorkerCrashed(Cause.NOT_STARTED, f"{why}{quoted}")
    return WorkerCrashed(Cause.CRASHED, f"its worker process crashed: it {how}{quoted}")
