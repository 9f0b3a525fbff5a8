"""A site whose pages hold up their workers does so a few times a run, and other sites are read meanwhile."""

import asyncio
import pickle
from pathlib import Path

import pytest

from extractors.feeds.parsing.entries import Publishers
from extractors.workers.in_flight import Backlog
from extractors.workers.pool import Workers
from flows.pipeline import readers
from flows.pipeline.inputs.options import PAGE_JOB
from flows.pipeline.readers import PageReader
from matchers.rules.load import load_rules
from model import Outcome, Response, Unread
from tests.storage.making import NOON

pytestmark = pytest.mark.slow  # workers are ended and started again
RULE = """- id: scanners
  title: Scanners
  severity: high
  category: other
  query: scanner NEAR/9 altered
  examples: {match: [a scanner was altered], ignore: [nothing]}
"""
HARD = (
    b"<html><body><article>"
    + b"<p>A scanner was altered in this county, says the clerk.</p>" * 40_000
)
EASY = b"<html><body><article>" + b"".join(
    b"<p>A scanner was altered in precinct %d of this county, says the clerk, and the board looks into it.</p>"
    % n
    for n in range(5)
)


def unread(site: str, number: int) -> Unread:
    url = f"https://{site}.example/{number}"
    return Unread(
        number, url, url, site, site, "Scanner altered", None, "", "en", 0, full_text=False
    )


def answered(url: str, body: bytes) -> Response:
    headers = {"content-type": "text/html; charset=utf-8"}
    return Response(url, url, Outcome.OK, "read", 200, headers, body, NOON, 1)


async def read(rules: Path) -> list[tuple[Outcome, str | None]]:
    setup = pickle.dumps((load_rules(rules), {}))
    pages = Workers(PAGE_JOB, processes=1, deadline_seconds=1, setup=setup)
    try:
        reader = PageReader(pages, Backlog(asyncio.Event()), Publishers(()), ())
        outcomes = []
        for number, (site, body) in enumerate([*[("evil", HARD)] * 3, ("herald", EASY)]):
            article = unread(site, number)
            page = await reader.read(article, answered(article.url, body))
            outcomes.append((page.article.outcome, page.article.problem))
        return outcomes
    finally:
        await pages.aclose()


def test_after_some_late_pages_no_more_of_a_site_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "r.yaml").write_text(RULE, "utf-8")
    monkeypatch.setattr(readers, "MOST_LATE_OF_SITE", 2)

    first, second, third, other = asyncio.run(read(tmp_path))

    assert {first[0], second[0], third[0]} == {Outcome.EXTRACTION_TIMEOUT}
    assert "was given up" in str(first[1])
    assert third[1] == readers.NO_MORE_TIME
    assert other[0] is Outcome.OK
