"""Dates as feeds write them: read, or left open; never filled in."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest

from extractors.feeds.parsing.parse import parse_feed

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
JUNE_29 = datetime(2026, 6, 29, tzinfo=UTC)


def dates(*written: str, language: str = "") -> list[datetime | None]:
    items = "".join(
        f"<item><guid>{n}</guid><pubDate>{date}</pubDate></item>" for n, date in enumerate(written)
    )
    body = f'<rss version="2.0"><channel><language>{language}</language>{items}</channel></rss>'
    parsed = parse_feed(body.encode(), url="https://gazette.example/f", now=NOW)
    return [entry.published for entry in parsed.entries]


@pytest.mark.parametrize(
    ("written", "clock"),
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
        ("सोमवार, 29 जून 2026 15:07", "15:07:0"),
        ("29 มิถุนายน 2569 15:07", "15:07:0"),
        ("29 มิ.ย. 2569", "0:0:0"),
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
        ("Mon, 29 Jun 2026 11:07:41 US/Eastern", "15:07:41"),
        ("20260629150741", "15:07:41"),
        ("202606291507", "15:07:0"),
        ("@1782745661", "15:07:41"),
        ("/Date(1782745661000-0400)/", "15:07:41"),
        ("1782745661000000000", "15:07:41"),
        ("2026-06-29T11:07:41−04:00", "15:07:41"),
        ("2026年6月29日 15時7分", "15:07:0"),
        ("2026 m. birželio 29 d. 15:07", "15:07:0"),
        ("2026. gada 29. jūnijs, 15:07", "15:07:0"),
        ("2026 оны 6-р сарын 29 15:07", "15:07:0"),
        ("2026 жылғы 29 маусым", "0:0:0"),
        ("2026 հունիսի 29", "0:0:0"),
        ("2026-Jun-29 15:07", "15:07:0"),
        ("2026, 29 June", "0:0:0"),
        ("2026年6月29日 下午3:07", "15:07:0"),
        ("2026년 6월 29일 오후 3:07", "15:07:0"),
        ("2026년 6월 29일 15시 07분 41초", "15:07:41"),
        ("6/29/26", "0:0:0"),
        ("06-29-2026", "0:0:0"),
        ("29 tháng 6, 2026 15:07", "15:07:0"),
        ("29 Haziran 2026 15:07", "15:07:0"),
        ("29 kesäkuuta 2026", "0:0:0"),
        ("29. června 2026", "0:0:0"),
        ("29 Ιουνίου 2026, 15:07", "15:07:0"),
        ("29 iunie 2026", "0:0:0"),
        ("29 Juni 2026", "0:0:0"),
        ("2026. június 29. 15:07", "15:07:0"),
        ("29 юни 2026", "0:0:0"),
        ("29 يونيو 2026", "0:0:0"),
        ("29th of June 2026", "0:0:0"),
        ("٢٩ يونيو ٢٠٢٦", "0:0:0"),
    ],
)
def test_a_date_is_read(written: str, clock: str) -> None:
    hours, minutes, seconds = map(int, clock.split(":"))
    day = timedelta(hours=hours, minutes=minutes, seconds=seconds)

    assert dates(written) == [JUNE_29 + day]


@pytest.mark.parametrize(
    "written",
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
        "29/6/26",
        "26/6/29",
        "yesterday",
        "13",
    ],
)
def test_what_leaves_a_choice_is_no_date(written: str) -> None:
    assert dates(written) == [None]


def test_a_sibling_tells_the_order_of_day_and_month() -> None:
    assert dates("06/07/2026", "25/06/2026")[0] == datetime(2026, 7, 6, tzinfo=UTC)
    assert dates("06/07/2026", "06/25/2026")[0] == datetime(2026, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "month"), [("en-US", 6), ("en-GB", 7), ("es", 7), ("de-DE", 7)]
)
def test_a_language_tells_the_order_of_day_and_month(language: str, month: int) -> None:
    (moment,) = dates("06/07/2026", language=language)

    assert moment is not None
    assert moment.month == month


@pytest.mark.parametrize(
    ("written", "language", "month"),
    [
        ("6/7/26", "en-US", 6),
        ("6/7/26", "es", 7),
        ("6.7.26", "de", 7),
        ("6.7.26", "en-US", 7),
        ("29/6/26", "es", 6),
    ],
)
def test_a_language_tells_a_year_of_two_digits(written: str, language: str, month: int) -> None:
    (moment,) = dates(written, language=language)

    assert moment is not None
    assert (moment.year, moment.month) == (2026, month)


@pytest.mark.parametrize("language", ["ja", "ko-KR", "zh-CN", "hu"])
def test_where_the_year_comes_first_no_order_is_told(language: str) -> None:
    assert dates("26/06/29", "06/07/2026", language=language) == [None, None]


@pytest.mark.parametrize(
    ("name", "month"),
    [
        *(("července", 7), ("červen", 6), ("maaliskuuta", 3), ("maart", 3), ("marraskuuta", 11)),
        *(("Kasım", 11), ("prosince", 12), ("Ιουλίου", 7), ("juillet", 7), ("srpnja", 7)),
        *(("Desember", 12), ("листопада", 11), ("ноември", 11), ("марта", 3), ("août", 8)),
    ],
)
def test_a_month_is_known_by_how_it_begins(name: str, month: int) -> None:
    (moment,) = dates(f"7. {name} 2025")

    assert moment == datetime(2025, month, 7, tzinfo=UTC)


def test_english_alone_tells_no_order() -> None:
    assert dates("06/07/2026", language="en") == [None]


@pytest.mark.parametrize(
    ("written", "day"),
    [("Thu, 08/06/2026 - 10:05", (8, 6)), ("Mon, 08/06/2026 - 10:05", (6, 8))],
)
def test_a_weekday_tells_the_order_of_day_and_month(written: str, day: tuple[int, int]) -> None:
    assert dates(written) == [datetime(2026, *day, 10, 5, tzinfo=UTC)]


def test_a_weekday_that_fits_neither_order_tells_nothing() -> None:
    assert dates("Sun, 08/06/2026 - 10:05") == [None]


def test_a_day_to_come_is_no_day_of_publication() -> None:
    wrong_zone, meeting, mistake = (NOW + timedelta(hours=hours) for hours in (24, 240, 600_000))

    assert dates(*(f"{when:%Y-%m-%dT%H:%M}Z" for when in (wrong_zone, meeting, mistake))) == [
        wrong_zone,
        None,
        None,
    ]


def test_zones_are_known_where_the_system_has_none() -> None:
    """Debian 13 and Ubuntu 24.04 keep US/Eastern in a package of its own; small containers have no zones."""
    before = zoneinfo.TZPATH
    try:
        zoneinfo.reset_tzpath([])
        zoneinfo.ZoneInfo.clear_cache()
        (dated,) = dates("Mon, 29 Jun 2026 11:07:41 US/Eastern")
    finally:
        zoneinfo.reset_tzpath(before)
        zoneinfo.ZoneInfo.clear_cache()
    assert dated == datetime(2026, 6, 29, 15, 7, 41, tzinfo=UTC)
