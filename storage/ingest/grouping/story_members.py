"""The articles of a story: the first one, those that may leave it, and how many it has."""

from collections.abc import Iterable

from sqlite_utils import Database


def begin_story(
    db: Database, article_id: int, title: str, language: str | None, seen_at: str
) -> int:
    return int(
        db.execute(
            """INSERT INTO stories (title, first_article_id, language, first_seen_at, last_seen_at)
               VALUES (:title, :article, :language, :seen, :seen) RETURNING id""",
            {"title": title, "article": article_id, "language": language, "seen": seen_at},
        ).fetchone()[0]
    )


def is_free(db: Database, article_id: int, story_id: int) -> bool:
    """Whether the article may leave its story: it is alone there, and nobody has done anything with it."""
    row = db.execute(
        """SELECT NOT EXISTS (SELECT 1 FROM articles WHERE story_id = :story AND id <> :article)
             AND NOT EXISTS (SELECT 1 FROM story_reviews WHERE story_id = :story)
             AND NOT EXISTS (SELECT 1 FROM story_links WHERE :story IN (story_id, other_id) AND state <> 'proposed')
             AND EXISTS (SELECT 1 FROM stories WHERE id = :story AND assigned_to IS NULL AND mute_id IS NULL
                 AND snoozed_until IS NULL)""",
        {"article": article_id, "story": story_id},
    ).fetchone()
    return bool(row[0])


def leave(db: Database, article_id: int, old: int, new: int) -> None:
    """Move an article that is free, with its hits; the caller has the new story counted again.

    A story that somebody was told of stays, empty, and leads to the other.
    """
    db.execute("UPDATE hits SET story_id = ? WHERE article_id = ?", (new, article_id))
    db.execute("DELETE FROM story_rules WHERE story_id = ?", [old])
    db.execute("DELETE FROM story_links WHERE ? IN (story_id, other_id)", [old])  # proposals only
    db.execute("UPDATE articles SET story_id = ? WHERE id = ?", (new, article_id))
    if db.execute("SELECT 1 FROM events WHERE story_id = ? LIMIT 1", [old]).fetchone():
        db.execute(
            "UPDATE stories SET merged_into = ?, status = NULL, lane = NULL, hits = 0, rules = 0 WHERE id = ?",
            (new, old),
        )
    else:
        db.execute("DELETE FROM stories WHERE id = ?", [old])


def is_alone(db: Database, article_id: int, story_id: int) -> bool:
    row = db.execute(
        "SELECT NOT EXISTS (SELECT 1 FROM articles WHERE story_id = ? AND id <> ?)",
        (story_id, article_id),
    ).fetchone()
    return bool(row[0])


def other_with_hits(db: Database, article_id: int, story_id: int) -> int | None:
    """The first other article of the story with a hit, which tells what the story is; None where there is none."""
    row = db.execute(
        """SELECT a.id FROM articles a WHERE a.story_id = :story AND a.id <> :article
             AND EXISTS (SELECT 1 FROM hits h WHERE h.article_id = a.id AND h.still_matches) ORDER BY a.id LIMIT 1""",
        {"story": story_id, "article": article_id},
    ).fetchone()
    return None if row is None else int(row[0])


def part(db: Database, article_id: int, old: int, new: int) -> None:
    """Move an article with its hits out of a story that others keep with all that was done there: what was
    struck off there stands again. The caller has both stories counted again."""
    values = {"article": article_id, "old": old, "new": new}
    for statement in (
        "UPDATE hits SET story_id = :new, struck = 0 WHERE article_id = :article",
        """DELETE FROM story_rules WHERE story_id = :old
           AND rule_id NOT IN (SELECT rule_id FROM hits WHERE story_id = :old)""",
        "UPDATE articles SET story_id = :new WHERE id = :article",
        """UPDATE stories SET first_article_id = (SELECT min(id) FROM articles WHERE story_id = :old)
           WHERE id = :old AND first_article_id = :article""",
    ):
        db.execute(statement, values)


def is_judged(db: Database, story_id: int) -> bool:
    """Whether what people did with the story hides what joins it."""
    row = db.execute(
        "SELECT status <> 'new' OR mute_id IS NOT NULL OR snoozed_until IS NOT NULL FROM stories WHERE id = ?",
        [story_id],
    ).fetchone()
    return bool(row[0])


def count_again(db: Database, story_ids: Iterable[int]) -> None:
    """Outlets and owners count once, however many articles each has."""
    db.conn.executemany(
        """UPDATE stories SET (copies, outlets, owners, first_seen_at, last_seen_at) =
             (SELECT count(*), count(DISTINCT lower(outlet)), count(DISTINCT lower(coalesce(owner, outlet))),
                min(first_seen_at), max(first_seen_at) FROM articles WHERE story_id = stories.id)
           WHERE id = ?""",
        [(story_id,) for story_id in sorted(story_ids)],
    )
