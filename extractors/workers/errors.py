"""How a job in a worker process can end without an answer, each with its cause."""

from enum import StrEnum


class Cause(StrEnum):
    """Why there is no answer."""

    RAISED = "raised"  # the job's own exception
    MEMORY = "out of memory"
    DEADLINE = "past its deadline"
    CRASHED = "crashed"  # C code took the process down
    KILLED = "killed from outside"
    NOT_STARTED = "could not start"
    ANSWER = "unreadable answer"
    CLOSED = "closed"


class NoAnswer(Exception):  # noqa: N818 - named for what happened, as callers read it
    """The job has no answer; `str()` is one sentence of why, then the process's last words."""

    def __init__(self, cause: Cause, why: str) -> None:
        super().__init__(why)
        self.cause = cause

    @property
    def sentence(self) -> str:
        """The first line alone, for a row or a message."""
        return str(self).partition("\n")[0]


class WorkerTimeout(NoAnswer):
    """The job was still running at its deadline; its process was killed."""


class WorkerCrashed(NoAnswer):
    """The job raised, ran out of memory or took its process down; `cause` says which."""


class BadInstallation(Exception):  # noqa: N818
    """Worker processes do not work here at all: no page and no feed is to blame."""


class NoCluster(BadInstallation):
    """The cluster that is to read pages cannot be used; `str()` is one sentence of why."""
