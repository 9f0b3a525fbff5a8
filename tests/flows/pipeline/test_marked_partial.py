"""Pages of which only the beginning came are named for that, and asked again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from extractors.articles.from_feed import BLANK
from flows.pipeline.readers import marked_partial
from model import Outcome, Response

NOW = datetime(2026, 11, 28, tzinfo=UTC)
WHOLE = Response("http://a/", "http://a/", Outcome.OK, "a broke off", 200, {}, b"", NOW, 1)
CUT = replace(WHOLE, partial=True)


@pytest.mark.parametrize(
    "outcome",
    [Outcome.OK, Outcome.EXTRACTION_DOUBTFUL, Outcome.EXTRACTION_EMPTY, Outcome.EMPTY],
)
def test_a_page_that_broke_off_is_no_whole_article(outcome: Outcome) -> None:
    article = marked_partial(replace(BLANK, outcome=outcome, body="Half of it"), CUT)

    assert (article.outcome, article.problem) == (Outcome.PROTOCOL, "a broke off")
    assert article.body == "Half of it"


@pytest.mark.parametrize("outcome", [Outcome.BOT_WALL, Outcome.PAYWALL, Outcome.BAD_REDIRECT])
def test_a_wall_keeps_its_name(outcome: Outcome) -> None:
    article = replace(BLANK, outcome=outcome)

    assert marked_partial(article, CUT) == article


def test_a_whole_page_stays_as_it_is() -> None:
    article = replace(BLANK, outcome=Outcome.EXTRACTION_DOUBTFUL)

    assert marked_partial(article, WHOLE) == article
