"""How far a reader may trust the text of a hit, in a few words."""

import sqlite3

import pytest

from review.render.reading_page import quality

HIT = """SELECT NULL AS entry_id, 'ok' AS outcome, 'a' AS text_sha256, 'a' AS current_sha256, 0 AS partial,
  'trafilatura' AS method, 'trafilatura 2.3.1' || ? AS extractor, 2400 AS chars, '' AS problem"""


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ("", "whole page"),
        (", 3 pages", "whole story, 3 pages"),
        (", all on one page", "whole story, all on one page"),
    ],
)
def test_a_story_of_several_pages_says_how_many_were_read(pages: str, words: str) -> None:
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    assert quality(database.execute(HIT, [pages]).fetchone()) == words
