"""Stories: near-duplicate articles, grouped as they are written.

A story is one report: one text however it was cut, framed, edited or carried on, in one language, within
14 days. An article joins the story of the article that shares most of its text: half of the shorter one,
more where the texts are short, less under headlines that are alike; and one must open as stands in the other,
as tails are boilerplate. The story's first article must share enough too, so that no chain of small differences
ties two stories together. Of one outlet or owner, whose pages have one form, the headlines must be told by the
words that are shared. `docs/measured.md` says how often this is right. A story is for life: an article whose
text changes, or whose longer copy turns out to tie two stories, stays where it is, because verdicts
hang on it. Two stories are never merged afterwards.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain

from sqlite_utils import Database

from storage.ingest.fingerprints import (
    Shared,
    Sketch,
    WholeText,
    compare,
    headlines_alike,
    of_two_subjects,
    tells_of,
)
from storage.times import iso

WINDOW = timedelta(days=14)
SHARED_AT_LEAST = 2  # fingerprints
LIKELY = 0.25  # of the fingerprints of the shorter one; then the whole texts are compared
LOOKED_UP = 40
CANDIDATES = 10
FEW = 16  # shingles, of five words each, that two texts must share
FEWEST = 8  # under headlines that are alike
MANY = 40  # shingles; where fewer are shared, more of the shorter text must be
STATEMENT = 150  # shingles at most that an office's statement has
SIMILAR = 0.45
SHORT_IS_SIMILAR = 0.7
ALIKE_IS_SIMILAR = 0.35  # of the shorter text and of its opening, under headlines that are alike
OPENS_WITH = (
    0.2  # of the first words of either; copies are cut at the end, and boilerplate stands there
)
LENGTHS = 0.2  # a text five times as long is a collection, unless the shorter one is its summary
SUMMARY = 100  # words at most
BOILERPLATE = 50  # texts that share a shingle before it counts as boilerplate
CLOSE = 0.9  # a copy as close as this needs no fingerprints of its own


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Why an article belongs to a story. `coverage`: share of its text that stands in the match."""

    story_id: int
    article_id: int
    similarity: float
    coverage: float


@dataclass(frozen=True)
class Newcomer:
    """The article that looks for its story."""

    article_id: int
    title: str
    body: str
    outlet: str
    owner: str | None
    language: str | None

    @cached_property
    def text(self) -> WholeText:
        return WholeText.of(self.title, self.body)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Other articles that share fingerprints with a text. `telling`: those of the text that few have."""

    telling: frozenset[int]
    counts: Mapping[int, int]  # by article, how many telling ones it shares


def sharing(db: Database, article_id: int, drawn: Sketch) -> Sharing:
    """One look at each fingerprint: on a large database each is a page read from the file.

    One that many texts have is boilerplate; no more than `BOILERPLATE` + 1 were ever stored.
    """
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for shingle, other in db.execute(
        "SELECT hash, article_id FROM fingerprints WHERE hash IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(drawn.shingles))],
    ):
        if other != article_id:
            holders[shingle].append(other)
    boilerplate = {shingle for shingle, others in holders.items() if len(others) > BOILERPLATE}
    telling = [others for shingle, others in holders.items() if shingle not in boilerplate]
    return Sharing(drawn.shingles - boilerplate, Counter(chain.from_iterable(telling)))


def find_copy(
    db: Database, newcomer: Newcomer, drawn: Sketch, others: Sharing, now: datetime
) -> NearDuplicate | None:
    since = iso(now - WINDOW)
    return exact(db, newcomer, drawn, since) or near_copy(db, newcomer, drawn, others, since)


def exact(db: Database, newcomer: Newcomer, drawn: Sketch, since: str) -> NearDuplicate | None:
    """An article in the same words. Of the same outlet or owner its headline must be told by them, too:
    a page behind a wall, or the blurb of a daily show, has the same words every time."""
    rows = db.execute(
        """SELECT a.story_id, a.id, a.title, a.outlet, a.owner FROM sketches s JOIN articles a ON a.id = s.article_id
           WHERE s.words_hash = ? AND s.seen_at >= ? AND a.id <> ? AND a.story_id IS NOT NULL
           ORDER BY a.id LIMIT ?""",
        (drawn.words_hash, since, newcomer.article_id, CANDIDATES),
    )
    for story, article, title, outlet, owner in rows:
        other = replace(newcomer.text, title=title)
        if not kin(newcomer, outlet, owner) or tells_of(newcomer.text, other):
            return NearDuplicate(story, article, 1.0, 1.0)
    return None


def near_copy(
    db: Database, newcomer: Newcomer, drawn: Sketch, others: Sharing, since: str
) -> NearDuplicate | None:
    enough = [(k, other) for other, k in others.counts.items() if k >= SHARED_AT_LEAST]
    if not enough:
        return None
    closest = sorted(enough, key=lambda found: (-found[0], found[1]))[:LOOKED_UP]
    rows = db.execute(
        """SELECT a.story_id, a.id, st.first_article_id, a.title, a.outlet, a.owner
           FROM (SELECT json_extract(value, '$[0]') AS k, json_extract(value, '$[1]') AS article_id FROM json_each(:closest)) f
           JOIN sketches s ON s.article_id = f.article_id AND s.seen_at >= :since
             AND (s.language = :language OR s.language IS NULL OR :language IS NULL)
           JOIN articles a ON a.id = f.article_id JOIN stories st ON st.id = a.story_id
           WHERE k >= :likely * min(s.shingles, :own) ORDER BY 1.0 * k / min(s.shingles, :own) DESC, k DESC, a.id LIMIT :candidates""",
        {
            "closest": json.dumps(closest), "since": since, "language": newcomer.language,
            "likely": LIKELY, "own": len(drawn.shingles), "candidates": CANDIDATES,
        },
    ).fetchall()  # fmt: skip
    matches = []
    for story, article, first, title, outlet, owner in rows:
        other = whole_text(db, article, title)
        shared = compare(newcomer.text, other)
        if is_copy(newcomer.text, other, shared, kin=kin(newcomer, outlet, owner)):
            matches.append(
                (NearDuplicate(story, article, shared.similarity, shared.coverage), first)
            )
    matches.sort(key=lambda found: (-found[0].similarity, -found[0].coverage, found[0].article_id))
    for match, first in matches:
        if match.article_id == first or resembles(db, newcomer, first):
            return match
    return None


def kin(newcomer: Newcomer, outlet: str, owner: str | None) -> bool:
    """Whether boilerplate may be all that the two share."""
    return outlet == newcomer.outlet or (owner is not None and owner == newcomer.owner)


def is_copy(text: WholeText, other: WholeText, shared: Shared, *, kin: bool) -> bool:
    """Whether one is the other, copied, cut, framed or carried on: not two that share a tail or a frame,
    nor two of one form whose figures differ, as results and weather have."""
    if kin and of_two_subjects(text, other):
        return False
    alike = headlines_alike(text, other)
    if shared.shingles < (FEWEST if alike else FEW) or shared.numbers < SIMILAR:
        return False
    if shared.lengths < LENGTHS and not is_summary(text, other, shared):
        return False
    if alike and shared.similarity >= ALIKE_IS_SIMILAR and shared.opening >= ALIKE_IS_SIMILAR:
        return True
    if shared.similarity < (SIMILAR if shared.shingles >= MANY else SHORT_IS_SIMILAR):
        return False
    if shared.opening < OPENS_WITH or (not alike and quotes_alone(shared)):
        return False
    return alike or not kin or tells_of(text, other)


def quotes_alone(shared: Shared) -> bool:
    """Whether all that the two share may be a statement that both quote, under beginnings of their own."""
    return (
        shared.shingles < STATEMENT
        and shared.similarity < SHORT_IS_SIMILAR
        and shared.lede < OPENS_WITH
    )


def is_summary(text: WholeText, other: WholeText, shared: Shared) -> bool:
    """Whether the shorter one is how the longer begins, and what its headline is about; else the longer is a
    collection that begins with it."""
    brief = min(len(text.words), len(other.words)) <= SUMMARY
    return brief and shared.begins >= SHORT_IS_SIMILAR and tells_of(text, other)


def whole_text(db: Database, article: int, title: str) -> WholeText:
    row = db.execute("SELECT body FROM article_texts WHERE article_id = ?", [article]).fetchone()
    return WholeText.of(title, row[0] if row else "")


def resembles(db: Database, newcomer: Newcomer, first: int) -> bool:
    """Whether the story's first article, whose fingerprints may have expired, shares enough too."""
    return compare(newcomer.text, whole_text(db, first, "")).similarity >= ALIKE_IS_SIMILAR


def keep_sketch(
    db: Database,
    article_id: int,
    drawn: Sketch,
    *,
    telling: Iterable[int],
    language: str | None,
    now: datetime,
) -> None:
    """Remember by what later articles are compared with this one; its text may have changed."""
    db.execute("DELETE FROM fingerprints WHERE article_id = ?", [article_id])
    db.execute("DELETE FROM sketches WHERE article_id = ?", [article_id])
    if drawn.words_hash is None:
        return
    db.execute(
        """INSERT INTO sketches (article_id, words_hash, shingles, language, seen_at)
           VALUES (:article, :words, :shingles, :language, :now)""",
        {
            "article": article_id,
            "words": drawn.words_hash,
            "shingles": len(drawn.shingles),
            "language": language,
            "now": iso(now),
        },
    )
    db.conn.executemany(
        "INSERT INTO fingerprints (hash, article_id) VALUES (?, ?)",
        [(shingle, article_id) for shingle in sorted(telling)],
    )


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


def count_again(db: Database, story_ids: Iterable[int]) -> None:
    """Outlets and owners count once, however many articles each has."""
    db.conn.executemany(
        """UPDATE stories SET (copies, outlets, owners, first_seen_at, last_seen_at) =
             (SELECT count(*), count(DISTINCT lower(outlet)), count(DISTINCT lower(coalesce(owner, outlet))),
                min(first_seen_at), max(first_seen_at) FROM articles WHERE story_id = stories.id)
           WHERE id = ?""",
        [(story_id,) for story_id in sorted(story_ids)],
    )
