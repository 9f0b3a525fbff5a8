"""Jobs for the worker tests: good, slow, greedy and deadly."""

import os
import resource
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from model import Evidence, Outcome

offset = 0
set_up_by = 0
prepared = ""
warmed_up_by = 0
damaged = False


def warm_up() -> None:
    global warmed_up_by
    warmed_up_by = os.getpid()


def prepare(word: str) -> None:
    global prepared
    prepared = word


def setup(number: int) -> None:
    global offset, set_up_by
    offset, set_up_by = number, os.getpid()


class Stranger:
    pass


def work(payload: object) -> object:
    match payload:
        case ("echo", value):
            return value
        case ("add", int(number)):
            return number + offset
        case ("prepared",):
            return prepared
        case ("set up by",):
            return set_up_by
        case ("warmed up by",):
            return warmed_up_by
        case ("limits",):
            return resource.getrlimit(resource.RLIMIT_DATA)[0] >> 20
        case ("pid",):
            return os.getpid()
        case ("noun",):
            return Outcome.OK, Evidence("body", 0, 1, "a", "a"), datetime(2026, 1, 1, tzinfo=UTC)
        case ("slow pid",):
            time.sleep(0.5)
            return os.getpid()
        case ("slow echo", value):
            time.sleep(0.1)
            return value
        case ("sleep", seconds):
            time.sleep(float(str(seconds)))
            return "slept"
        case ("burn", float(seconds)):
            until = time.process_time() + seconds
            while time.process_time() < until:
                pass
            return os.getpid()
        case ("spin",):
            while True:
                pass
        case ("eat",):
            return len(bytearray(2_000_000_000))
        case ("raise",):
            raise ValueError("a fault of the job")
        case ("die", int(number)):
            sys.stderr.write("last words\n")
            sys.stderr.flush()
            os.kill(os.getpid(), number)
        case ("die once", str(path)):
            if not Path(path).exists():
                Path(path).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return "survived"
        case ("leave damage",):
            global damaged
            damaged = True
            return None
        case ("stumble",):
            if damaged:
                os.kill(os.getpid(), signal.SIGSEGV)
            return "whole"
        case ("exit if", str(path)):
            if Path(path).exists():
                os._exit(3)
            return "fine"
        case ("print",):
            sys.stdout.write("noise on standard output")
            return "printed"
        case ("stranger",):
            return Stranger()
        case ("attack",):
            return Attack()
    return None


class Attack:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch attacked",)
