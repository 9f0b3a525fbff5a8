"""Years of other calendars as years of ours, in the words of a date. Pure.

Only calendars whose days are certain are read: the Buddhist, Japanese and Chinese republican ones count the
same days from another year; the solar one of Iran and Afghanistan has its leap years by a rule. Lunar ones
are not read: their months begin as the moon is seen, so that a day of ours would be a guess.
"""

import re
from datetime import date

_BUDDHIST = re.compile(r"(?<!\d)2[56]\d\d(?!\d)")
_ERA = re.compile(r"(令和|平成|民[國国])\s?(\d{1,3}|元)\s?年")
_BEFORE = {"令和": 2018, "平成": 1988}  # the year before the first one of the era
_REPUBLIC = 1911
_TAIWANESE = re.compile(r"^(1[01]\d)(?=([/.-])\d{1,2}\2\d{1,2}(?!\d))")
_SOLAR_YEAR = r"(1[34]\d\d)(?!\d)"
# In Iran and in Afghanistan.
_SOLAR_MONTHS = (
    ("فروردین", "حمل"), ("اردیبهشت", "ثور"), ("خرداد", "جوزا"), ("تیر", "سرطان"),
    ("مرداد", "امرداد", "اسد"), ("شهریور", "سنبله"), ("مهر", "میزان"), ("آبان", "عقرب"),
    ("آذر", "قوس"), ("دی", "جدی"), ("بهمن", "دلو"), ("اسفند", "حوت"),
)  # fmt: skip
_SOLAR_MONTH = {name: month for month, names in enumerate(_SOLAR_MONTHS, 1) for name in names}
_SOLAR_NAMES = "|".join(sorted(_SOLAR_MONTH, key=len, reverse=True)).replace("ی", "[یي]")
_NAMED_SOLAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s+({_SOLAR_NAMES})(?:\s?ماه)?[,،]?\s+(?:سال\s)?{_SOLAR_YEAR}"
)
_NUMBERED_SOLAR = re.compile(
    rf"(?<!\d){_SOLAR_YEAR}\s?[/.-]\s?(\d{{1,2}})\s?[/.-]\s?(\d{{1,2}})(?!\d)"
)
_OTHER_YEAR = re.compile(r"(?<!\d)(?:2[56]|1[34])\d\d(?!\d)|^1[01]\d[/.-]")
# Lunar years of our time are 1430 and later, solar ones up to 1425: each tells its calendar.
_SOLAR_YEARS = range(1370, 1426)
_EPOCH = 226_894  # of Python's days, before the first one of the solar year 1


def gregorian_years(words: str) -> str:
    """The words with years of ours, in the digits of ours."""
    if words.isascii():
        if not _OTHER_YEAR.search(words):  # nearly always
            return words
    else:
        words = re.sub(r"\d", lambda digit: str(int(digit[0])), words)
    words = _BUDDHIST.sub(lambda year: str(int(year[0]) - 543), words)
    words = _TAIWANESE.sub(lambda year: str(int(year[1]) + _REPUBLIC), words, count=1)
    words = _NUMBERED_SOLAR.sub(
        lambda day: _gregorian_day(day[0], day[1], int(day[2]), day[3]), words
    )
    if words.isascii():
        return words
    words = _ERA.sub(lambda era: f"{_year_of_era(era[1], era[2])}年", words)
    return _NAMED_SOLAR.sub(
        lambda day: _gregorian_day(day[0], day[3], _SOLAR_MONTH[day[2].replace("ي", "ی")], day[1]),
        words,
    )


def _year_of_era(era: str, year: str) -> int:
    return _BEFORE.get(era, _REPUBLIC) + (1 if year == "元" else int(year))


def _gregorian_day(written: str, year: str, month: int, day: str) -> str:
    """The day in ISO form; the date as it was written, where there is no such day."""
    if int(year) not in _SOLAR_YEARS or not 1 <= month <= 12 or not 1 <= int(day) <= 31:
        return written
    return solar_day(int(year), month, int(day)).isoformat()


def solar_day(year: int, month: int, day: int) -> date:
    """By Khayyam's rule of 33 years, which holds from 1343 to 1472 (1964 to 2093)."""
    before = 31 * (month - 1) - max(0, month - 7)
    return date.fromordinal(_EPOCH + 365 * (year - 1) + (8 * year + 21) // 33 + before + day)
