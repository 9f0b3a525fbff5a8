"""One line of what `pollwatch doctor` finds."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "failure"]
EXIT: dict[Level, int] = {"ok": 0, "warning": 1, "failure": 2}


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and, unless it is well, what to do."""

    name: str
    level: Level
    message: str
    remedy: str = ""


def ok(name: str, message: str) -> Check:
    return Check(name, "ok", message)


def warning(name: str, message: str, remedy: str) -> Check:
    return Check(name, "warning", message, remedy)


def failed_check(name: str, message: str, remedy: str) -> Check:
    return Check(name, "failure", message, remedy)
