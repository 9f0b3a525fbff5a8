"""The story of an article that was read: found or begun once, then kept whatever becomes of the text."""

from dataclasses import dataclass

from sqlite_utils import Database

from model import Reading
from storage.ingest.grouping import near_copies, story_members
from storage.ingest.grouping.fingerprints import Sketch
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
    """The article's story, found or begun once, then kept whatever becomes of the text; and the share
    of the text that stands in the article that it copies."""
    language, old = reading.article.language or before.language, before.story_id
    first_or_other = text_differs or before.text_sha256 is None
    stays = old is not None and not (
        before.state != "read" and first_or_other and story_members.is_free(db, before.id, old)
    )
    if stays and not first_or_other and old is not None:
        return old, before.coverage or 0.0
    others = near_copies.sharing(db, before.id, drawn)
    newcomer = newcomer_of(reading, before, language)
    match = None if stays else near_copies.find_copy(db, newcomer, drawn, others, reading.read_at)
    if old is None or match is not None:
        story_id = place_in_story(db, reading, before, language, match)
        touched.grouped.add(story_id)
        coverage = match.coverage if match else 0.0
    else:
        story_id, coverage = old, before.coverage or 0.0
    if old is None or first_or_other:
        close = match is not None and match.coverage >= near_copies.NEARLY_WHOLE
        telling = frozenset[int]() if close else others.telling
        near_copies.keep_sketch(
            db, before.id, drawn, telling=telling, language=language, now=reading.read_at
        )
    return story_id, coverage


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
) -> int:
    """Put the article into the story of its match, or into one of its own."""
    if match is None:
        title = reading.article.title
        story_id = story_members.begin_story(db, before.id, title, language, before.first_seen_at)
        db.execute("UPDATE articles SET story_id = ? WHERE id = ?", (story_id, before.id))
        return story_id
    if before.story_id is not None:
        story_members.leave(db, before.id, before.story_id, match.story_id)
    db.execute(
        """UPDATE articles SET story_id = :story, story_similarity = :similarity,
             story_matched_article_id = :matched, story_coverage = :coverage WHERE id = :id""",
        {
            "story": match.story_id, "similarity": match.similarity, "matched": match.article_id,
            "coverage": match.coverage, "id": before.id,
        },
    )  # fmt: skip
    return match.story_id
