"""Whether this machine slept: the clock on the wall went on meanwhile, the processor's did not."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from model.plurals import count_of

LONG = timedelta(minutes=5)  # a clock that is set right moves by less
REMEMBERED = timedelta(minutes=5)  # for a first look at the database after it
HOUR = timedelta(hours=1)


class Standstill:
    """Call `look` every few seconds. `running` counts seconds in which the machine was awake."""

    def __init__(self, running: Callable[[], float] = time.monotonic) -> None:
        self.running = running
        self.last: tuple[datetime, float] | None = None
        self.length = timedelta(0)
        self.ended_at: datetime | None = None

    def look(self, now: datetime) -> None:
        awake = self.running()
        if self.last is not None:
            asleep = now - self.last[0] - timedelta(seconds=awake - self.last[1])
            if asleep >= LONG:
                self.length, self.ended_at = asleep, now
        self.last = now, awake

    def sentence(self, now: datetime) -> str | None:
        """What to say of a silence that is found `now`; None where the machine was awake."""
        if self.ended_at is None or now - self.ended_at > REMEMBERED:
            return None
        minutes = int(self.length / timedelta(minutes=1))
        span = count_of(minutes, "minute") if self.length < 2 * HOUR else f"{self.length / HOUR:.0f} hours"  # fmt: skip
        return f"this machine stood still for {span} until now, asleep or paused"
