"""Second opinions: a share of first verdicts is judged again by somebody who does not see them."""

import hashlib
import sqlite3
from dataclasses import dataclass
from typing import Literal

from storage.facts import fact
from storage.stories import masks
from storage.stories.outward import PUBLISHED, STORY_CATEGORIES, leaves_masked

Verdict = Literal["confirmed", "dismissed", "escalated"]
SHARE_FACT = "second_opinions"  # the fact that holds the share, 0 to 1
NEXT_OPINION = f"""SELECT o.id, s.title, s.outlet, {PUBLISHED}, iif(a.outcome IS 'private-address', '', a.url), coalesce(nullif(t.body, ''), t.summary, h.snippet, s.opening),
    s.added_by, {STORY_CATEGORIES}, count(*) OVER () AS left
  FROM second_opinions o JOIN story_reviews r ON r.id = o.first_review_id JOIN stories s ON s.id = o.story_id JOIN articles a ON a.id = s.lead_article_id
    LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN article_texts t ON t.article_id = a.id AND h.entry_id IS NULL LEFT JOIN batches b ON b.id = r.batch_id
  WHERE o.judged_at IS NULL AND r.actor <> :actor AND b.undone_at IS NULL ORDER BY o.drawn_at, o.id LIMIT 1"""  # noqa: S608 (parts of ours)


@dataclass(frozen=True, slots=True)
class OpenOpinion:
    """What the second reader sees: the text and nothing of rules, marks or the first verdict."""

    id: int
    title: str
    outlet: str
    published_at: str | None
    url: str
    body: str
    added_by: str | None
    categories: str | None
    remaining: int

    @property
    def leaves_masked(self) -> bool:
        return leaves_masked(self.added_by, self.categories)


def draw_opinion(connection: sqlite3.Connection, story: int, review: int, at: str) -> None:
    """Perhaps put this first verdict among those that are judged again; the number decides, so that
    nobody can tell beforehand and a repeated run draws the same."""
    share = float(fact(connection, SHARE_FACT) or 0)
    lot = int(hashlib.sha256(f"opinion {review}".encode()).hexdigest()[:8], 16) / 2**32
    if lot < share:
        connection.execute(
            "INSERT INTO second_opinions (story_id, first_review_id, drawn_at) VALUES (?, ?, ?)",
            (story, review, at),
        )


def next_open(connection: sqlite3.Connection, actor: str) -> OpenOpinion | None:
    """The oldest that waits for somebody other than the first reader."""
    row = connection.execute(NEXT_OPINION, {"actor": actor}).fetchone()
    return OpenOpinion(*tuple(row)) if row else None


def keep_opinion(
    connection: sqlite3.Connection, number: int, verdict: Verdict, *, note: str, actor: str, at: str
) -> bool:
    """Keep a second opinion, and put it on record; the story keeps its own verdict. False: somebody was
    quicker, or it is one's own. The caller is inside BEGIN IMMEDIATE."""
    opinion = {"id": number, "verdict": verdict, "note": note, "actor": actor, "at": at}
    row_count = connection.execute(
        """UPDATE second_opinions SET verdict = :verdict, note = :note, actor = :actor, judged_at = :at
           WHERE id = :id AND judged_at IS NULL
             AND (SELECT actor FROM story_reviews WHERE id = first_review_id) <> :actor""",
        opinion,
    ).rowcount
    if row_count:
        review = connection.execute(
            """INSERT INTO story_reviews (story_id, action, subject, note, actor, created_at)
               SELECT story_id, 'opinion', :verdict, :note, :actor, :at FROM second_opinions WHERE id = :id""",
            opinion,
        ).lastrowid
        assert review is not None
        masks.keep_masked_note(connection, review, note)
    return bool(row_count)
