"""The reading page of a story whose text may be the wrong part of its page."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from review.auth.team_file import Team
from tests.review.conftest import Desk

WHY = "Only 572 of 141,164 characters of prose on the page were taken for the article."
OTHER = "The clerk <b>said</b> so.\nCall 555-0134 at 12 Elm Street."


def doubtful(db: Path, category: str) -> int:
    """A story of the category whose lead text is doubted; its number."""
    with sqlite3.connect(db) as connection:
        story, article, sha256 = connection.execute(
            """SELECT s.id, h.article_id, h.text_sha256 FROM stories s JOIN hits h ON h.id = s.lead_hit_id
                 JOIN articles a ON a.id = h.article_id
               WHERE h.entry_id IS NULL AND h.text_sha256 = a.text_sha256 AND h.category = ?""",
            [category],
        ).fetchone()
        connection.execute(
            "UPDATE articles SET outcome = 'extraction-doubtful', problem = ? WHERE id = ?",
            [WHY, article],
        )
        connection.execute(
            "INSERT INTO text_alternatives VALUES (?, ?, 'all paragraphs', ?)",
            [article, sha256, OTHER + "x" * 30_000],
        )
    return int(story)


def test_other_texts_of_a_doubtful_page_are_shown(
    db: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    story = doubtful(db, "equipment")

    page = opened(db, team).get(f"/-/story/{story}").text

    assert f"doubtful: {WHY}" in page
    assert "Also on the page: all paragraphs, 30,0" in page
    assert "The clerk &lt;b&gt;said&lt;/b&gt; so." in page
    assert "text_alternatives" in page  # of a long one, where the rest is


def test_other_texts_are_masked_where_the_text_is(
    db: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    story = doubtful(db, "threats")

    page = opened(db, team).get(f"/-/story/{story}").text

    assert "Also on the page: all paragraphs" in page
    assert "555-0134" not in page


def test_a_beginning_of_a_page_is_not_called_the_feeds_words(
    db: Path, team: Team, opened: Callable[[Path, Team], Desk]
) -> None:
    why = "The answer broke off before its end."
    story = doubtful(db, "equipment")
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE hits SET partial = 1 WHERE story_id = ?", [story])
        connection.execute(
            "UPDATE articles SET outcome = 'protocol', problem = ?, state = 'partial' WHERE story_id = ?",
            [why, story],
        )

    page = opened(db, team).get(f"/-/story/{story}").text

    assert f"not the whole page: {why}" in page
    assert "own text only" not in page
