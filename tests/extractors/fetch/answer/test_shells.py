"""Where a page leads that has no words of its own, told from its bytes."""

import time
from datetime import UTC, datetime

import pytest

from extractors.fetch.answer.redirects import SHELL, refresh_target
from model import Outcome, Response

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
SITE = "https://gazette.example"


def target(body: bytes, **headers: str) -> str | None:
    url = f"{SITE}/shell"
    return refresh_target(Response(url, url, Outcome.OK, "", 200, headers, body, NOON, 1))


@pytest.mark.parametrize("header", ["0; url=http://[real", "0; url=", "5"])
def test_a_header_that_names_no_address_leads_nowhere(header: str) -> None:
    assert target(b"<p>The council met.</p>", refresh=header) is None


@pytest.mark.parametrize(
    "path", ["/news/court-challenge-to-ballots", "/consent-decree-ends", "/a/challenged-votes.html"]
)
def test_the_words_of_a_slug_are_no_check_of_browsers(path: str) -> None:
    assert target(f"<script>location = '{path}'</script>".encode()) == f"{SITE}{path}"


@pytest.mark.parametrize(
    "path",
    [
        "/cdn-cgi/challenge-platform/1",
        "/challenge",
        "/a/consent?to=b",
        "/a?challenge=1",
        "/login.php",
    ],
)
def test_a_check_of_browsers_is_not_followed(path: str) -> None:
    assert target(f"<script>location = '{path}'</script>".encode()) is None


def test_words_after_a_title_are_words_of_the_page() -> None:
    page = (
        "<title>Polls close<script>location = '/real'</script></title>" + "<p>It rained.</p>" * 20
    )
    assert target(page.encode()) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "opening", [b"<script>", b"<!--", b"<noscript><style>", b"<script></scrip"]
)
def test_what_a_page_leaves_open_is_looked_for_once(opening: bytes) -> None:
    page = (opening * SHELL)[:SHELL]
    began = time.process_time()
    target(page)
    assert time.process_time() - began < 0.1
