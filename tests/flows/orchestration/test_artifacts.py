"""What a feed writes into its headlines is plain text in Prefect's UI, which renders cells as Markdown."""

from dataclasses import replace

import pytest

from flows.orchestration.artifacts import hit_row, page_row
from storage.queries.articles.new_hits import NewHit
from storage.queries.articles.unreadable import UnreadableArticle
from tests.storage.making import NOON

HIT = NewHit(
    id=1, story_id=7, rule="outage", severity="high", relevance=0.9, score=1.0, title="Ransomware",
    outlet="Harbor Daily", url="https://harbor.example/a", snippet="Ransomware", partial=0,
    category="infrastructure-cyber", language="en", region=None, place=None,
)  # fmt: skip
PAGE = UnreadableArticle(
    1, "Harbor Daily", "", HIT.url, "failed", False, "http-404", "", 1, NOON, None
)
MARKED_UP = {
    "[click](http://evil.example/) *bold* ransomware": "[click] http[:]//evil[.]example/) bold ransomware",
    "![i](http://evil.example/x.png) ransomware": "! [i] http[:]//evil[.]example/x[.]png) ransomware",
    "<img src=x onerror=alert(1)> `code` | cell": "‹img src=x onerror=alert(1)› 'code' ¦ cell",
    "Read on www.evil.example/login": "Read on www[.]evil[.]example/login",
}


@pytest.mark.parametrize(("written", "shown"), MARKED_UP.items())
def test_words_of_feeds_and_servers_do_nothing_in_a_table(written: str, shown: str) -> None:
    hit = replace(HIT, title=written, outlet=written, snippet=written)
    page = replace(PAGE, title=written, outlet=written, why=written)

    row = hit_row(hit, "http://127.0.0.1:8001")
    failed = page_row(page)

    assert [row[name] for name in ("title", "outlet", "snippet")] == [shown] * 3
    assert [failed[name] for name in ("title", "outlet", "what happened")] == [shown] * 3
    assert row["review"] == "http://127.0.0.1:8001/-/story/7"
