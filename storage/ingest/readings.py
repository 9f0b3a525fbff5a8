"""Readings: what reading an article brought, its text, story, hits and cards, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from model import Reading
from storage.connection import write_txn
from storage.ingest import cards, hits, stories, text_versions
from storage.ingest.fingerprints import Sketch, sketch
from storage.times import iso, iso_or_none
from storage.wellformed import well_formed


@dataclass(frozen=True, slots=True)
class StoredHit:
    """A hit as it stands after its reading was stored. `change`: new, changed, back, same or gone."""

    change: hits.Change
    hit_id: int
    card_id: int
    story_id: int
    article_id: int
    rule_id: str
    severity: str
    category: str
    title: str
    url: str
    outlet: str
    snippet: str
    status: str


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
    matched_article_id: int | None
    feed_id: int
    day: str
    region: str | None
    language: str | None
    outlet: str
    owner: str | None


@dataclass(slots=True)
class Touched:
    """What must be counted again before the transaction ends."""

    stories: set[int]
    cards: set[int]
    changes: dict[int, hits.Change]


BEFORE = """SELECT id, state, text_sha256, attempts, attempted_at, read_at, first_seen_at, story_id, story_coverage,
  story_matched_article_id, feed_id, day, region, language, outlet, owner FROM articles WHERE id = ?"""


def record(db: Database, run_id: int | None, readings: Sequence[Reading]) -> tuple[StoredHit, ...]:
    """One short transaction; recording the same readings again changes nothing."""
    readings = [replace(reading, article=well_formed(reading.article)) for reading in readings]
    drawn = [sketch(reading.article.title, reading.article.body) for reading in readings]
    touched = Touched(set(), set(), {})
    with write_txn(db):
        ruleset = db.execute("SELECT ruleset_sha256 FROM runs WHERE id = ?", [run_id]).fetchone()
        for reading, shape in zip(readings, drawn, strict=True):
            record_one(db, run_id, reading, shape, ruleset[0] if ruleset else None, touched)
        stories.count_again(db, touched.stories)
        cards.refresh(db, touched.cards)
        return stored_hits(db, touched.changes)


def record_one(
    db: Database,
    run_id: int | None,
    reading: Reading,
    drawn: Sketch,
    ruleset: str | None,
    touched: Touched,
) -> None:
    before = Before(*db.execute(BEFORE, [reading.article_id]).fetchone())
    if before.attempted_at == iso(reading.read_at):
        return
    if not brings_text(before, reading):
        note_failure(db, run_id, reading, before)
        return
    edited = before.text_sha256 not in (None, reading.article.text_sha256)
    if before.text_sha256 != reading.article.text_sha256:
        text_versions.keep(db, before.id, reading.article, reading.read_at, run_id)
    keep_article(db, run_id, reading, before, ruleset)
    whole = before.state == "read" and reading.state == "read"
    if edited and whole:
        db.execute(
            "UPDATE articles SET changed_at = ? WHERE id = ?", (iso(reading.read_at), before.id)
        )
    story_id, copy = settle(db, reading, before, drawn, touched, text_differs=edited)
    matched = hits.Matched(
        before.id, story_id, before.feed_id, before.day, reading.article.language or before.language,
        before.region, reading.article.text_sha256, reading.state == "partial", edited and whole,
        before.read_at, run_id, iso(reading.read_at),
    )  # fmt: skip
    changes = hits.store(db, matched, reading.hits)
    touched.cards.update(cards.attach(db, matched, copy))
    for change in changes:
        touched.changes[change.hit_id] = change.change
        touched.cards.add(cards.follow(db, change))


def brings_text(before: Before, reading: Reading) -> bool:
    """A failure brings none, and the feed's text never replaces the page's own."""
    return reading.state == "read" or (reading.state == "partial" and before.state != "read")


def note_failure(db: Database, run_id: int | None, reading: Reading, before: Before) -> None:
    state = before.state if before.state in {"read", "partial"} else "failed"
    db.execute(
        """UPDATE articles SET state = ?, outcome = ?, problem = ?, http_status = ?, attempts = attempts + ?,
             attempted_at = ?, next_attempt_at = ?, run_id = ? WHERE id = ?""",
        (
            state, reading.article.outcome, reading.article.problem, reading.http_status,
            reading.asked, iso(reading.read_at), iso_or_none(reading.next_attempt_at), run_id, before.id,
        ),
    )  # fmt: skip


def keep_article(
    db: Database, run_id: int | None, reading: Reading, before: Before, ruleset: str | None
) -> None:
    article, read = reading.article, reading.state == "read"
    db.execute(
        """UPDATE articles SET state = ?, outcome = ?, problem = ?, http_status = ?, attempts = ?,
             reads = reads + ?, attempted_at = ?, read_at = ?, next_attempt_at = ?, method = ?, extractor = ?,
             chars = ?, text_sha256 = ?, ruleset_sha256 = ?, run_id = ?,
             versions = (SELECT count(*) FROM text_versions WHERE article_id = articles.id),
             title = coalesce(nullif(?, ''), title), url_canonical = ?, site = ?,
             authors = coalesce(nullif(?, ''), authors), language = coalesce(?, language),
             published_at = coalesce(?, published_at) WHERE id = ?""",
        (
            reading.state, article.outcome, article.problem, reading.http_status,
            0 if read else before.attempts + reading.asked, read, iso(reading.read_at), iso(reading.read_at),
            iso_or_none(reading.next_attempt_at), article.method, article.extractor,
            len(article.body), article.text_sha256, ruleset, run_id, article.title,
            article.canonical_url, article.site, ", ".join(article.authors), article.language,
            iso_or_none(article.published), before.id,
        ),
    )  # fmt: skip


def settle(
    db: Database,
    reading: Reading,
    before: Before,
    drawn: Sketch,
    touched: Touched,
    *,
    text_differs: bool,
) -> tuple[int, cards.Copy]:
    """The article's story: found or begun once, then kept whatever becomes of the text."""
    language, old = reading.article.language or before.language, before.story_id
    stays = old is not None and not (
        before.state == "partial" and text_differs and stories.is_free(db, before.id, old)
    )
    newcomer = stories.Newcomer(
        before.id, reading.article.title, before.outlet, before.owner, language
    )
    match = None if stays else stories.find(db, newcomer, drawn, reading.read_at)
    if old is None or match is not None:
        story_id = place(db, reading, before, language, match)
        touched.stories.add(story_id)
        copy = cards.Copy(match.article_id if match else None, match.coverage if match else 0.0)
    else:
        story_id, copy = old, cards.Copy(before.matched_article_id, before.coverage or 0.0)
    if old is None or text_differs:
        close = match is not None and match.coverage >= stories.CLOSE
        stories.keep_sketch(db, before.id, drawn, language, reading.read_at, close_copy=close)
    return story_id, copy


def place(
    db: Database,
    reading: Reading,
    before: Before,
    language: str | None,
    match: stories.NearDuplicate | None,
) -> int:
    """Put the article into the story of its match, or into one of its own."""
    if match is None:
        title = reading.article.title
        story_id = stories.begin(db, before.id, title, language, before.first_seen_at)
        db.execute("UPDATE articles SET story_id = ? WHERE id = ?", (story_id, before.id))
        return story_id
    if before.story_id is not None:
        stories.leave(db, before.id, before.story_id, match.story_id)
    db.execute(
        """UPDATE articles SET story_id = ?, story_similarity = ?, story_matched_article_id = ?,
             story_coverage = ? WHERE id = ?""",
        (match.story_id, match.similarity, match.article_id, match.coverage, before.id),
    )
    return match.story_id


def stored_hits(db: Database, changes: dict[int, hits.Change]) -> tuple[StoredHit, ...]:
    found = []
    for hit_id, change in changes.items():
        row = db.execute(
            """SELECT h.id, h.card_id, h.story_id, a.id, r.slug, h.severity, h.category, a.title, a.url, a.outlet,
                 h.snippet, h.status FROM hits h JOIN articles a ON a.id = h.article_id
               JOIN rules r ON r.id = h.rule_id WHERE h.id = ?""",
            [hit_id],
        ).fetchone()
        found.append(StoredHit(change, *row))
    return tuple(found)
