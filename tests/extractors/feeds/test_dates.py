"""Dates as feeds write them: read, or left open; never filled in."""

from datetime import UTC, datetime, timedelta

import pytest

from extractors.feeds.parse import parse_feed

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
JUNE_29 = datetime(2026, 6, 29, tzinfo=UTC)


def dates(*said: str, language: str = "") -> list[datetime | None]:
    items = "".join(
        f"<item><guid>{n}</guid><pubDate>{date}</pubDate></item>" for n, date in enumerate(said)
    )
    body = f'<rss version="2.0"><channel><language>{language}</language>{items}</channel></rss>'
    parsed = parse_feed(body.encode(), url="https://gazette.example/f", now=NOW)
    return [entry.published for entry in parsed.entries]


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("2026/6/29 15:07:41", "15:07:41"),
        ("2026/06/29", "0:0:0"),
        ("2026.06.29", "0:0:0"),
        ("2026. 6. 29. 15:07", "15:07:0"),
        ("2026年6月29日 15:07", "15:07:0"),
        ("29.06.2026 15:07", "15:07:0"),
        ("29/6/2026", "0:0:0"),
        ("6/29/2026 3:07 PM", "15:07:0"),
        ("Monday,June 29,2026 15:07 pm", "15:07:0"),
        ("Mon, 29 Jun 2026 13:07:41 PM", "13:07:41"),
        ("Mon, 29 Jun 2026 3:07:41 p.m. EST", "20:07:41"),
        ("12:30 am June 29, 2026", "0:30:0"),
        ("Mon Jun 29 15:07:41 2026", "15:07:41"),
        ("Mon Jun 29 11:07:41 EDT 2026", "15:07:41"),
        ("20260629T150741Z", "15:07:41"),
        ("29 Jun 26 10:00 GMT", "10:0:0"),
        ("1782745661", "15:07:41"),
        ("1782745661000", "15:07:41"),
        ("1782745661000000", "15:07:41"),
        ("/Date(1782745661000)/", "15:07:41"),
        ("Mon, 29 Jun 2026 17:07:41 +0200", "15:07:41"),
        ("2026-06-29T17:07:41+02:00", "15:07:41"),
        ("Monday, 29-Jun-26 15:07:41 GMT", "15:07:41"),
        ("Mon, 29 Jun 2026 17:07:41 GMT+2", "15:07:41"),
        ("29 June 2026 17:07 (UTC+02:00)", "15:07:0"),
        ("June 29, 2026 at 11:07 a.m. ET", "15:07:0"),
        ("Mon, 29 Jun 2026 17:07:41 Europe/Berlin", "15:07:41"),
        ("2026-06-29T17:07:41[Europe/Paris]", "15:07:41"),
        ("2026-06-29 12:07 America/Argentina/Buenos_Aires", "15:07:0"),
        ("2026-06-29 15:07 and/or later", "15:07:0"),
        ("2026-06-29 15:07 America/Argentina", "15:07:0"),
    ],
)
def test_a_date_is_read(said: str, clock: str) -> None:
    hours, minutes, seconds = map(int, clock.split(":"))
    day = timedelta(hours=hours, minutes=minutes, seconds=seconds)

    assert dates(said) == [JUNE_29 + day]


@pytest.mark.parametrize(
    "said",
    [
        "2026",
        "2026-06",
        "2026/06",
        "June 2026",
        "06/07/2026",
        "6/7/26",
        "06-07-26",
        "11-08-26",
        "6.7.26",
        "yesterday",
        "13",
    ],
)
def test_what_leaves_a_choice_is_no_date(said: str) -> None:
    assert dates(said) == [None]


def test_a_sibling_tells_the_order_of_day_and_month() -> None:
    assert dates("06/07/2026", "25/06/2026")[0] == datetime(2026, 7, 6, tzinfo=UTC)
    assert dates("06/07/2026", "06/25/2026")[0] == datetime(2026, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "month"), [("en-US", 6), ("en-GB", 7), ("es", 7), ("de-DE", 7)]
)
def test_a_language_tells_the_order_of_day_and_month(language: str, month: int) -> None:
    (found,) = dates("06/07/2026", language=language)

    assert found is not None
    assert found.month == month


def test_english_alone_tells_no_order() -> None:
    assert dates("06/07/2026", language="en") == [None]
