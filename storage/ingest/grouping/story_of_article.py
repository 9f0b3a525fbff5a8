"""The story of an article that was read: found or begun once, then kept whatever becomes of the text."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from model import Reading
from storage.ingest.grouping import near_copies, story_members
from storage.ingest.grouping.fingerprints import Sketch, sketch
from storage.ingest.grouping.other_text import draws_no_copies, leaves_others
from storage.ingest.transaction import TouchedRows
from storage.times import iso, parse_time


@dataclass(frozen=True, slots=True)
class Before:
    """The article as the reading finds it."""

    id: int
    state: str
    text_sha256: str | None
    attempts: int
    attempted_at: str | None
    read_at: str | None
    first_seen_at: str
    story_id: int | None
    coverage: float | None
    feed_id: int
    day: str
    region: str | None
    language: str | None
    outlet: str
    owner: str | None
    proven_chars: int  # of a partial text of the page's own in which hits stand; else 0


ARTICLE_BEFORE = """SELECT id, state, text_sha256, attempts, attempted_at, read_at, first_seen_at, story_id, story_coverage,
  feed_id, day, region, language, outlet, owner,
  iif(state = 'partial' AND method NOT IN ('feed', 'none') AND EXISTS (SELECT 1 FROM hits h
      WHERE h.article_id = articles.id AND h.entry_id IS NULL AND h.still_matches), chars, 0)
  FROM articles WHERE id = ?"""


def settle(
    db: Database,
    reading: Reading,
    before: Before,
    drawn: Sketch,
    touched: TouchedRows,
    *,
    text_differs: bool,
) -> tuple[int, float]:
    """The article's story, found or begun once, then kept unless the text becomes another one; and the
    share of the text that stands in the article that it copies."""
    language, old = reading.article.language or before.language, before.story_id
    if old is not None and before.text_sha256 is not None and not text_differs:
        return old, before.coverage or 0.0
    newcomer = newcomer_of(before, reading.article.title, reading.article.body, language)
    edited = text_differs and before.state == reading.state
    others = near_copies.sharing(db, before.id, drawn)
    story_id, match = old, None
    if story_id is None or may_move(db, reading, before, newcomer, edited=edited):
        match = near_copies.find_copy(db, newcomer, drawn, others, reading.read_at)
        story_id = place_in_story(db, newcomer, before, match, touched)
    if edited and draws_no_copies(db, newcomer, story_id, before.text_sha256):
        near_copies.forget_sketch(db, before.id)
    else:
        close = match is not None and match.coverage >= near_copies.NEARLY_WHOLE
        telling = frozenset[int]() if close else others.telling
        near_copies.keep_sketch(
            db, before.id, drawn, telling=telling, language=language, now=reading.read_at
        )
    if match is not None:
        return story_id, match.coverage
    return story_id, (before.coverage or 0.0) if story_id == old else 0.0


def may_move(
    db: Database,
    reading: Reading,
    before: Before,
    newcomer: near_copies.Newcomer,
    *,
    edited: bool,
) -> bool:
    """Whether the article's story is not that of its text: begun by what its feed said before the page was
    read, or kept by others while its own text became another one."""
    if before.story_id is None:
        return True
    if before.state != "read" and story_members.is_free(db, before.id, before.story_id):
        return True
    return edited and bool(reading.hits) and leaves_others(db, newcomer, before.story_id)


def settle_headline(db: Database, before: Before, title: str, touched: TouchedRows) -> int:
    """The story of an article of which nothing but its headline is known, now that a rule finds that: the
    one that bears this headline at other outlets in these days, or one of its own."""
    drawn, seen_at = sketch(title, ""), parse_time(before.first_seen_at)
    newcomer = newcomer_of(before, title, "", before.language)
    match = near_copies.exact(db, newcomer, drawn, iso(seen_at - near_copies.WINDOW))
    if match is not None and seen_after(db, match.article_id, seen_at + near_copies.WINDOW):
        match = None
    story_id = place_in_story(db, newcomer, before, match, touched)
    near_copies.keep_sketch(db, before.id, drawn, telling=(), language=before.language, now=seen_at)
    return story_id


def seen_after(db: Database, article_id: int, moment: datetime) -> bool:
    row = db.execute(
        "SELECT first_seen_at > ? FROM articles WHERE id = ?", (iso(moment), article_id)
    )
    return bool(row.fetchone()[0])


def newcomer_of(
    before: Before, title: str, body: str, language: str | None
) -> near_copies.Newcomer:
    return near_copies.Newcomer(before.id, title, body, before.outlet, before.owner, language)


def place_in_story(
    db: Database,
    newcomer: near_copies.Newcomer,
    before: Before,
    match: near_copies.NearDuplicate | None,
    touched: TouchedRows,
) -> int:
    """Put the article into the story of its match, or into one of its own unless it is alone in one."""
    old = before.story_id
    alone = old is not None and story_members.is_alone(db, before.id, old)
    if old is not None and ((match is None and alone) or (match and match.story_id == old)):
        return old
    if match is not None:
        story_id = match.story_id
    else:
        story_id = story_members.begin_story(
            db, before.id, newcomer.title, newcomer.language, before.first_seen_at
        )
    if old is not None and alone:
        story_members.leave(db, before.id, old, story_id)
    elif old is not None:
        story_members.part(db, before.id, old, story_id)
        touched.grouped.add(old)
        touched.stories.add(old)
    db.execute(
        """UPDATE articles SET story_id = :story, story_similarity = :similarity,
             story_matched_article_id = :matched, story_coverage = :coverage WHERE id = :id""",
        {
            "story": story_id, "similarity": match and match.similarity, "id": before.id,
            "matched": match and match.article_id, "coverage": match and match.coverage,
        },
    )  # fmt: skip
    touched.grouped.add(story_id)
    return story_id
