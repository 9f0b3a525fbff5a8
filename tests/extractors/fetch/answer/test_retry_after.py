"""When a server that asks us to wait wants to be asked again, however it says so."""

from datetime import UTC, datetime, timedelta

import pytest

from extractors.fetch.answer.headers import retry_after

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "30s"}, 30),
        ({"retry-after": "Sun, 29 Nov 2026 12:02:00 GMT"}, 120),
        ({"retry-after": "99999999"}, 86_400),
        ({"x-ratelimit-reset": "37"}, 37),
        ({"x-ratelimit-reset": "37.5"}, 37),
        ({"ratelimit-reset": "60"}, 60),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"retry-after": "5", "x-ratelimit-reset": "600"}, 5),
    ],
)
def test_a_pause_is_read(headers: dict[str, str], seconds: int) -> None:
    assert retry_after(headers, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"retry-after": "soon"},
        {"x-ratelimit-reset": "0"},
        {"x-ratelimit-reset": str(int(NOW.timestamp()) - 90)},
        {"x-ratelimit-reset": "2026-11-29"},
    ],
)
def test_what_names_no_pause_is_none(headers: dict[str, str]) -> None:
    assert retry_after(headers, NOW) is None
