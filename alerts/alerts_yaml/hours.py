"""Hours of a day and days of a week in one time zone, across midnight and clock changes."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to `end` by the clock of `zone`; `start` after `end` runs past midnight.

    `days` are the days on which the span begins (Monday is 0).
    """

    start: time
    end: time
    zone: str
    days: frozenset[int] = EVERY_DAY

    def holds(self, moment: datetime) -> bool:
        local = moment.astimezone(ZoneInfo(self.zone))
        at, today = local.time().replace(tzinfo=None), local.weekday()
        if self.start == self.end:  # a whole day
            return today in self.days
        if self.start < self.end:
            return today in self.days and self.start <= at < self.end
        if at >= self.start:
            return today in self.days
        return at < self.end and (today - 1) % 7 in self.days

    def end_after(self, moment: datetime) -> datetime:
        """When the span that holds `moment` ends, in UTC."""
        zone = ZoneInfo(self.zone)
        local = moment.astimezone(zone)
        on = local.date()
        ends_tomorrow = self.start >= self.end and local.time().replace(tzinfo=None) >= self.end
        if ends_tomorrow or self.start == self.end:
            on += timedelta(days=1)
        end = datetime.combine(on, self.end, zone).astimezone(UTC)
        while self.holds(end):  # whole days in a row
            end += timedelta(days=1)
            if end - moment > timedelta(days=8):
                return end
        return end
