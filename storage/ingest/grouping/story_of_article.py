"""The story of an article that was read: found or begun once, then kept whatever becomes of the text."""

from dataclasses import dataclass

from sqlite_utils import Database

from model import Reading
from storage.ingest.grouping import near_copies, story_members
from storage.ingest.grouping.fingerprints import Sketch
from storage.ingest.grouping.other_text import draws_no_copies, leaves_others
from storage.ingest.transaction import TouchedRows


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


ARTICLE_BEFORE = """SELECT id, state, text_sha256, attempts, attempted_at, read_at, first_seen_at, story_id, story_coverage,
  feed_id, day, region, language, outlet, owner FROM articles WHERE id = ?"""


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
    newcomer = newcomer_of(reading, before, language)
    edited = text_differs and before.state == reading.state
    others = near_copies.sharing(db, before.id, drawn)
    story_id, match = old, None
    if story_id is None or may_move(db, reading, before, newcomer, edited=edited):
        match = near_copies.find_copy(db, newcomer, drawn, others, reading.read_at)
        story_id = place_in_story(db, reading, before, language, match, touched)
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


def newcomer_of(reading: Reading, before: Before, language: str | None) -> near_copies.Newcomer:
    return near_copies.Newcomer(
        before.id,
        reading.article.title,
        reading.article.body,
        before.outlet,
        before.owner,
        language,
    )


def place_in_story(
    db: Database,
    reading: Reading,
    before: Before,
    language: str | None,
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
        title = reading.article.title
        story_id = story_members.begin_story(db, before.id, title, language, before.first_seen_at)
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
