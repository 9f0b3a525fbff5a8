"""Times as people say them, the same on the command line, on pages and in reports."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.times import ago

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (90, "90 s ago"),
        (7199, "119 min ago"),
        (7200, "2 h ago"),
        (71 * 3600, "71 h ago"),
        (72 * 3600, "3 days ago"),
        (-300, "in 5 min"),
    ],
)
def test_a_moment_is_said_by_its_distance(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_what_never_was_is_never() -> None:
    assert ago(None, NOW) == "never"
