"""Hours of a day and days of a week in one time zone, across midnight and clock changes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
FARTHEST_END = timedelta(days=8)  # where spans join without end


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to `end` by the clock of `zone`; `start` after `end` runs past midnight.

    `days` are the days on which the span begins (Monday is 0). Where both are the same time, a span
    lasts a day.
    """

    start: time
    end: time
    zone: str
    days: frozenset[int] = EVERY_DAY

    def holds(self, moment: datetime) -> bool:
        local = moment.astimezone(ZoneInfo(self.zone))
        at, today = local.time().replace(tzinfo=None), local.weekday()
        if self.start < self.end:
            return today in self.days and self.start <= at < self.end
        if at >= self.start:
            return today in self.days
        return at < self.end and (today - 1) % 7 in self.days

    def end_after(self, moment: datetime) -> datetime:
        """When the span that holds `moment` ends, in UTC; where spans join, the end of the last."""
        local = moment.astimezone(ZoneInfo(self.zone))
        on = local.date()
        if self.start >= self.end and local.time().replace(tzinfo=None) >= self.end:
            on += timedelta(days=1)
        end = self.end_on(on, moment)
        # By days of the zone, which a clock change makes 23 or 25 hours long.
        while self.holds(end) and end - moment <= FARTHEST_END:
            on += timedelta(days=1)
            end = self.end_on(on, moment)
        return end

    def end_on(self, on: date, moment: datetime) -> datetime:
        """That day's end, in UTC; of an end that the clock shows twice, the one after `moment`."""
        end = datetime.combine(on, self.end, ZoneInfo(self.zone))
        first = end.astimezone(UTC)
        return first if first > moment else end.replace(fold=1).astimezone(UTC)
