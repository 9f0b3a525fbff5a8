"""Headlines and passages of stories about people, masked and stored: for SQL views, which cannot mask.

A story is masked by every rule that ever hit it, so a hit's mask depends on its story and not on its own rule alone.
"""

import json
import sqlite3

import privacy
from storage.facts import fact, keep_fact
from storage.stories.outward import STORY_CATEGORIES, leaves_masked

# An examined hit has a masked headline, whether or not there was anything to mask.
UNMASKED = """SELECT h.id, h.snippet, iif(h.entry_id IS NULL, a.title, e.title) FROM hits h JOIN articles a ON a.id = h.article_id
  LEFT JOIN entries e ON e.id = h.entry_id WHERE h.story_id = ? AND h.masked_title IS NULL"""
MASK = "UPDATE hits SET masked_snippet = ?, masked_title = ? WHERE id = ?"
ADD_MASKED_NOTE = """INSERT INTO masked_notes (review_id, note) VALUES (:review, :note)
  ON CONFLICT (review_id) DO UPDATE SET note = excluded.note"""
OF_STORY = "UPDATE stories SET masked_title = ? WHERE id = ? AND masked_title IS NOT ?"


def keep_masks(connection: sqlite3.Connection, story_id: int) -> None:
    """Mask what the story and its hits say, where they have not been masked since they changed."""
    row = connection.execute(
        f"SELECT s.title, s.added_by, {STORY_CATEGORIES} FROM stories s WHERE s.id = ?",  # noqa: S608 (ours)
        [story_id],
    ).fetchone()
    title, added_by, categories = row
    if not leaves_masked(added_by, categories):
        connection.execute(OF_STORY, (None, story_id, None))
        return
    hidden = masked_or_none(title)
    connection.execute(OF_STORY, (hidden, story_id, hidden))
    unmasked = connection.execute(UNMASKED, [story_id]).fetchall()
    connection.executemany(MASK, [(masked_or_none(snippet), privacy.masked(headline), hit) for hit, snippet, headline in unmasked])  # fmt: skip


def masked_or_none(text: str) -> str | None:
    """None where nothing of it needs a mask."""
    hidden = privacy.masked(text)
    return None if hidden == text else hidden


def keep_masked_note(connection: sqlite3.Connection, review: int, note: str) -> None:
    """What a reviewer wrote, as it may leave; nothing is kept where it may leave as it stands."""
    hidden = masked_or_none(note)
    if hidden is not None:
        connection.execute(ADD_MASKED_NOTE, {"review": review, "note": hidden})


def by_these_masks(connection: sqlite3.Connection) -> bool:
    """Whether what is stored was masked by the masks of this release."""
    return fact(connection, "masks") == privacy.MASKS


def note_masks(connection: sqlite3.Connection) -> None:
    keep_fact(connection, "masks", privacy.MASKS)


def mask_anew(connection: sqlite3.Connection, story_id: int) -> None:
    """Mask a story once more, whatever an earlier release has masked of it."""
    connection.execute("UPDATE hits SET masked_title = NULL, masked_snippet = NULL WHERE story_id = ?", [story_id])  # fmt: skip
    keep_masks(connection, story_id)


def keep_all_masked_notes(connection: sqlite3.Connection) -> None:
    """Of every review, for a database that an earlier release has filled."""
    for review, note in stored_notes(connection):
        keep_masked_note(connection, review, note)


def stored_notes(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """By review."""
    notes = connection.execute("SELECT id, note FROM story_reviews WHERE note <> ''")
    return [(review, note) for review, note in map(tuple, notes)]


def keep_all_masks(connection: sqlite3.Connection) -> None:
    """Of every story, for a database that an earlier release has filled."""
    for story in masked_stories(connection):
        keep_masks(connection, story)


def masked_stories(connection: sqlite3.Connection) -> list[int]:
    """Those about people, and those that somebody added by hand."""
    categories = [row[0] for row in connection.execute("SELECT DISTINCT category FROM story_rules")]
    people = json.dumps([category for category in categories if privacy.about_people([category])])
    stories = connection.execute(
        """SELECT story_id FROM story_rules WHERE category IN (SELECT value FROM json_each(?))
           UNION SELECT id FROM stories WHERE added_by IS NOT NULL""",
        [people],
    ).fetchall()
    return [story for (story,) in map(tuple, stories)]
