"""A page that tells another story than its feed does: what the feed says is worth no less beside it."""

from pathlib import Path

import pytest

from flows.pipeline.page_job import EntriesJob, PageJob, prepare, read_page
from matchers.rules.load import load_rules
from model import EntryText, ReadPage, Unread

RULE = """- id: ransomware
  title: Ransomware
  severity: high
  category: other
  query: title:ransomware
  examples: {match: [{title: Ransomware again, body: A server.}], ignore: [nothing]}
- id: ballots
  title: Ballots
  severity: high
  category: other
  query: lede:ballots
  examples: {match: [{title: Fire, body: Ballots burned.}], ignore: [nothing]}
"""
HEADLINE = "Ransomware shuts down the election office of Quillmark"
URL = "https://herald.example/a"
BAKERY = "A bakery on Main Street celebrates its fiftieth birthday this weekend with free bread for everybody who comes."
FRONT = (
    "<title>The Herald of the harbor</title>"
    + f"<h1>Our front page</h1><p>{BAKERY}</p><p>The swimming team won its third title in a row, says the coach.</p><p>Rain is expected for most of the week, with some sunshine on Thursday afternoon.</p>"
)
STORY = (
    f"<title>{HEADLINE}</title><h1>{HEADLINE}</h1>"
    + "<p>The election office of Quillmark is shut down, as ransomware has reached its servers, the clerk says.</p>"
    * 4
)


def entries_hit_beside(markup: str, *, due: bool = False) -> tuple[int, ...]:
    """How many rules find each of the feed's words apart."""
    entry = EntryText(7, 1, "herald", "Herald", URL, HEADLINE, "", "", "sha", "en")
    unread = Unread(1, URL, URL, "herald", "Herald", HEADLINE, None, "", "en", 0, full_text=False, summary=HEADLINE, spoken=(entry,), entries=(entry,) * due)  # fmt: skip
    page = read_page(PageJob(unread, f"<html lang=en><article>{markup}".encode(), URL, {"content-type": "text/html"}))  # fmt: skip
    assert isinstance(page, ReadPage)
    assert page.article.body
    return tuple(len(match.hits) for match in page.entry_matches)


@pytest.fixture(autouse=True)
def _rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULE, "utf-8")
    prepare(load_rules(tmp_path))


def test_the_feeds_words_are_matched_apart_beside_a_front_page() -> None:
    assert entries_hit_beside(FRONT) == (1,)
    assert entries_hit_beside(FRONT, due=True) == (1,), "words that changed, once"


def test_they_are_part_of_the_text_beside_their_own_story() -> None:
    assert entries_hit_beside(STORY) == ()


def test_a_summary_alone_is_what_the_feed_tells() -> None:
    entry = EntryText(7, 1, "digest", "Digest", URL, "Fire in Quillmark", "Ballots burned.", "", "sha", "en")  # fmt: skip
    (match,) = read_page(EntriesJob([entry]))
    assert [(hit.rule_id, hit.evidence[0].field, hit.evidence[0].start) for hit in match.hits] == [("ballots", "body", 0)]  # fmt: skip
