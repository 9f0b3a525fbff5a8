"""Dates as feeds write them, as UTC moments. feedparser reads most; the rest is read here. Pure."""

import calendar
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from extractors.feeds.dates.calendars import gregorian_years
from extractors.feeds.dates.date_words import in_english, month_number
from extractors.feeds.dates.time_of_day import CLOCK, moment_of

OLDEST = datetime(1970, 1, 2, tzinfo=UTC)  # zero timestamps of many systems lie before it
# A clock with the wrong zone is at most 26 hours ahead. What is dated later is the day of a meeting
# or a mistake: nothing was published then, and it would stand before the news of the day.
FURTHEST_AHEAD = timedelta(hours=26)

_ISO = re.compile(
    r"(?<!\d)(\d{4})\s?(?:[-/.年년]|оны)\s?(\d{1,2})\s?(?:[-/.月월]|(?:-р\s)?сарын)\s?(\d{1,2})(?!\d)"
)
_RUN_TOGETHER = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")
_BY_SLASHES = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})")
_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})(?:[.-]|\.\s)(\d{1,2})(?:[.-]|\.\s)(\d{4})")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|º|,)?[\s-]+(?:de\s+|of\s+|d[’']|ta[’']\s)?([^\W\d_]{3,})\.?\s?,?[\s-]+(?:del?\s+)?(\d{4})"
)
_RFC_850 = re.compile(r"(?<!\d)(\d{1,2})-([^\W\d_]{3})-(\d{2})(?!\d)")
_SHORT_SLASHES = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{2})(?!\d)")
# Month and day, or the other way round; languages have words for the year and the month there.
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})[.,]?[\s/-]+(?:(\d{1,2})\.?\s+)?([^\W\d_]{3,})\.?(?:[\s/-]+(\d{1,2})(?![\d:]))?"
)
_VIETNAMESE = re.compile(r"(\d{1,2})\s+th(?:áng|g)\s+(\d{1,2}),?\s+(?:năm\s+)?(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(?!\d)")  # which number is which?
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(\d{4})")
_YEAR_LAST = re.compile(
    r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?=\s[\d:]{4,8}\s(?:[A-Za-z]{1,4}\s)?(\d{4}))"
)
_EPOCH = re.compile(
    r"@?(?:/?Date\()?(\d{9,10}|\d{12,13}|\d{15,16}|\d{18,19})(?:\.\d+)?(?:(?:[+-]\d{4})?\)/?)?"
)
_BY_NUMBER = re.compile(r"\d{4}-?(?:\d{3}|W\d{2}-?\d)(?:\D|$)")  # day of the year, or of a week
_MONTH_ONLY = re.compile(r"\d{4}\D\d{1,2}|\d{1,2}\D\d{4}|\d{4}|[^\W\d_]+\.? \d{4}")
_YEAR_COMES_FIRST = {"ja", "ko", "zh", "hu", "fa", "mn"}
_MONTH_BEFORE_DAY = re.compile(r"en-(?:US|PH)|es-US", re.IGNORECASE)


def feed_moment(
    parsed: Sequence[int] | None,
    value: object,
    now: datetime | None,
    *,
    day_first: bool | None = None,
) -> datetime | None:
    """The moment that the words name, else the one that feedparser found; None when absurd.

    feedparser fills in what it does not find: `2026/6/29` becomes the first of the current month.
    So its answer counts only where the day that it gives stands in the words.
    """
    if not isinstance(value, str):
        return sane_moment(_from_struct(parsed), now)
    moment = read_date(value, day_first=day_first)
    if moment is None and parsed and _names_day(value, parsed[2]):
        moment = _from_struct(parsed)
    return sane_moment(moment, now)


def _names_day(words: str, day: int) -> bool:
    """Whether the words hold this day of a month; a zone can move it by one."""
    if _BY_NUMBER.match(words.strip()):
        return True
    if _BY_SLASHES.search(words) or _SHORT_YEAR.match(words.strip()):
        return False  # either order is possible
    numbers = {int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", CLOCK.sub(" ", words))}
    return bool(numbers & {day - 1, day, day + 1}) and not _MONTH_ONLY.fullmatch(words.strip())


def sane_moment(moment: datetime | None, now: datetime | None) -> datetime | None:
    """`moment`, unless it is before computers kept time or more than 26 hours ahead of `now`."""
    if moment is None or moment < OLDEST or (now is not None and moment > now + FURTHEST_AHEAD):
        return None
    return moment.replace(microsecond=0)


def _from_struct(parsed: Sequence[int] | None) -> datetime | None:
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(tuple(parsed)), UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def read_date(words: str, *, day_first: bool | None = None) -> datetime | None:
    """A date in one of the forms that feeds use beyond the standards; no zone means UTC.

    `06/07/2026` is None as long as `day_first` does not tell which number is the day.
    """
    words = gregorian_years(words.strip()[:120])
    if together := _RUN_TOGETHER.fullmatch(words):
        with suppress(ValueError):
            return datetime(*(int(part or 0) for part in together.groups()), tzinfo=UTC)  # type: ignore[misc, arg-type]
    if epoch := _EPOCH.fullmatch(words):
        return datetime.fromtimestamp(int(epoch[1]) / 1000 ** ((len(epoch[1]) - 8) // 3), UTC)
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(words)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    day, rest = _day(in_english(words.lower()), day_first)
    if day is None:
        return None
    try:
        return moment_of(datetime(*day, tzinfo=UTC), rest).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(words: str, day_first: bool | None) -> tuple[tuple[int, int, int] | None, str]:
    """Year, month and day, and the words without them: their numbers are not a time of day."""
    for pattern, order in _FORMS:
        match = pattern.search(words)
        day = order(match, day_first) if match else None
        if match and day:
            return day, f"{words[: match.start()]} {words[match.end() :]}"
    return None, words


def _by_slashes(match: re.Match[str], day_first: bool | None) -> tuple[int, int, int] | None:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first > 12 or second > 12 or first == second:
        day_first = first > 12
    if day_first is None and (moment := _by_weekday(match)):
        return moment
    if day_first is None:
        return None
    return (year, second, first) if day_first else (year, first, second)


def _by_weekday(match: re.Match[str]) -> tuple[int, int, int] | None:
    """`Thu, 08/06/2026`, as Drupal writes: the order in which that day is a Thursday."""
    weekday = _WEEKDAY.search(match.string, 0, match.start())
    if weekday is None:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    days = [
        day for day in ((year, first, second), (year, second, first)) if _falls_on(day, weekday[1])
    ]
    return days[0] if len(days) == 1 else None


def _falls_on(day: tuple[int, int, int], weekday: str) -> bool:
    with suppress(ValueError):
        return datetime(*day, tzinfo=UTC).weekday() == _WEEKDAYS.index(weekday.lower())
    return False


def _by_dots(match: re.Match[str]) -> tuple[int, int, int]:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    return (year, first, second) if second > 12 else (year, second, first)


def _by_short_year(match: re.Match[str], day_first: bool | None) -> tuple[int, int, int] | None:
    """`27/11/26`: which number is the year only the feed's language tells."""
    first, second, year = int(match[1]), int(match[3]), 2000 + int(match[4])
    if second > 12:
        return year, first, second
    if day_first is None or (first > 12 and not day_first):
        return None
    return (year, second, first) if day_first or match[2] == "." else (year, first, second)


def _by_month_name(year: str, month: str, day: str) -> tuple[int, int, int] | None:
    number = month_number(month)
    return (int(year), number, int(day)) if number else None


_Form = Callable[[re.Match[str], bool | None], tuple[int, int, int] | None]
_FORMS: tuple[tuple[re.Pattern[str], _Form], ...] = (
    (_ISO, lambda match, _: (int(match[1]), int(match[2]), int(match[3]))),
    (_BY_SLASHES, _by_slashes),
    (_DOTTED, lambda match, _: _by_dots(match)),
    (_DAY_FIRST, lambda match, _: _by_month_name(match[3], match[2], match[1])),
    (_RFC_850, lambda match, _: _by_month_name(f"20{match[3]}", match[2], match[1])),
    (_MONTH_FIRST, lambda match, _: _by_month_name(match[3], match[1], match[2])),
    (_YEAR_LAST, lambda match, _: _by_month_name(match[3], match[1], match[2])),
    (_VIETNAMESE, lambda match, _: (int(match[3]), int(match[2]), int(match[1]))),
    (_SHORT_SLASHES, _by_short_year),
    (_YEAR_FIRST, lambda match, _: _by_month_name(match[1], match[3], match[2] or match[4] or "0")),
)


def day_order(dates: Iterable[str], language: str | None) -> bool | None:
    """Whether this feed writes the day before the month in `06/07/2026`: by its dates that leave
    no choice, else by its language; None where neither tells."""
    for date in dates:
        match = _BY_SLASHES.search(date)
        if match and (int(match[1]) > 12) != (int(match[2]) > 12):
            return int(match[1]) > 12
    if language is None or language.lower() == "en" or language[:2].lower() in _YEAR_COMES_FIRST:
        return None
    return not _MONTH_BEFORE_DAY.fullmatch(language)
