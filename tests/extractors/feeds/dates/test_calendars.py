"""Dates in many languages and calendars: the day of ours, or none where the calendar leaves it open."""

from datetime import UTC, date, datetime

import pytest
from babel import Locale
from babel.dates import format_date

from extractors.feeds.dates.calendars import solar_day
from extractors.feeds.dates.moments import read_date

# Of CLDR's, those in which news are written and whose dates stand in numbers and names alone.
LANGUAGES = [
    "af",
    "am",
    "ar",
    "as",
    "az",
    "be",
    "bg",
    "bn",
    "bs",
    "ca",
    "cs",
    "cy",
    "da",
    "de",
    "el",
    "en",
    "es",
    "et",
    "fa",
    "fi",
    "fil",
    "fo",
    "fr",
    "ga",
    "gl",
    "gu",
    "ha",
    "he",
    "hi",
    "hr",
    "hu",
    "hy",
    "id",
    "is",
    "it",
    "ja",
    "ka",
    "kk",
    "kn",
    "ko",
    "lb",
    "lo",
    "lt",
    "lv",
    "mk",
    "ml",
    "mr",
    "ms",
    "mt",
    "my",
    "nb",
    "nl",
    "no",
    "or",
    "pa",
    "pl",
    "pt",
    "ro",
    "ru",
    "sd",
    "si",
    "sk",
    "sl",
    "so",
    "sq",
    "sr",
    "sv",
    "sw",
    "ta",
    "te",
    "ti",
    "tk",
    "tr",
    "uk",
    "ur",
    "uz",
    "vi",
    "zh",
    "zu",
]
OF_OTHERS = "27 M"  # CLDR has no short names there


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_full_dates_of_a_language_are_read(language: str) -> None:
    locale = Locale.parse(language)
    days = [date(2026, month, 27) for month in range(1, 13)]
    days_written = {
        format_date(day, width, locale): day for day in days for width in ("long", "medium")
    }
    days_read = {words: moment and moment.date() for words in days_written if (moment := read_date(words, day_first=True)) or True}  # fmt: skip
    wrong = {
        words: day for words, day in days_read.items() if day not in (days_written[words], None)
    }
    unread = [words for words, day in days_read.items() if day is None and OF_OTHERS not in words]
    assert not wrong
    assert len(unread) <= 2, unread


@pytest.mark.parametrize(
    "written",
    [
        "۱۴۰۵/۰۹/۰۸", "1405-09-08", "۸ آذر ۱۴۰۵", "یکشنبه ۸ آذرماه ۱۴۰۵", "۸ قوس ۱۴۰۵",
        "2569-11-29", "29/11/2569", "29 Nov 2569", "29 พฤศจิกายน พ.ศ. 2569", "29 พ.ย. 2569",
        "令和8年11月29日", "民國115年11月29日", "中華民國115年11月29日", "115/11/29", "115-11-29",
        "২৯ নভেম্বর ২০২৬", "29 تشرين الثاني 2026", "29 نوفمبر 2026", "29 בנובמבר 2026", "29. 11. 2026",
    ],
)  # fmt: skip
def test_a_day_of_another_calendar_or_script_is_the_day_of_ours(written: str) -> None:
    assert read_date(written, day_first=True) == datetime(2026, 11, 29, tzinfo=UTC)


def test_a_time_of_day_is_kept_beside_it() -> None:
    for written in (
        "۱۴۰۵/۰۹/۰۸ ۱۲:۳۰",
        "2569-11-29T12:30:00Z",
        "29/11/2569 12:30",
        "115/11/29 12:30",
    ):
        assert read_date(written, day_first=True) == datetime(2026, 11, 29, 12, 30, tzinfo=UTC)


def test_the_lunar_calendar_leaves_its_day_open() -> None:
    moment = read_date("١٧ جمادى الآخرة ١٤٤٨")
    assert moment is None
    assert read_date("1448/06/17") == datetime(1448, 6, 17, tzinfo=UTC)


def test_leap_years_of_the_solar_calendar() -> None:
    newyears = {1399: (2020, 20), 1400: (2021, 21), 1403: (2024, 20), 1404: (2025, 21), 1405: (2026, 21), 1408: (2029, 20)}  # fmt: skip
    assert {year: solar_day(year, 1, 1) for year in newyears} == {
        year: date(ours, 3, day) for year, (ours, day) in newyears.items()
    }


def test_a_month_that_two_languages_name_differently_is_read_by_its_points() -> None:
    assert read_date("27. listopada 2026.") == datetime(2026, 10, 27, tzinfo=UTC)
    assert read_date("27 listopada 2026") == datetime(2026, 11, 27, tzinfo=UTC)
