"""Stories: near-duplicate articles, grouped as they are written.

A story is one report: one text however it was cut, framed, edited or carried on, in one language, within
14 days. An article joins the story of the article that shares most of its text: half of the shorter one,
more where the texts are short, less under headlines that are alike; and one must open as stands in the other,
as tails are boilerplate. The story's first article must share enough too, so that no chain of small differences
ties two stories together. Of one outlet or owner, whose pages have one form, the headlines must be told by the
words that are shared. `docs/measured.md` says how often this is right. A story is for life: an article whose
longer copy turns out to tie two stories stays where it is, because verdicts hang on it, and so does one
whose text changes, unless it becomes another text and leaves others behind (`other_text.py`). Two stories
are never merged afterwards.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain

from sqlite_utils import Database

from storage.ingest.grouping.fingerprints import Sketch, WholeText, shared_text, tells_of
from storage.ingest.grouping.same_report import ALIKE_IS_SIMILAR, is_copy
from storage.times import iso

WINDOW = timedelta(days=14)
SHARED_AT_LEAST = 2  # fingerprints
LIKELY = 0.25  # of the fingerprints of the shorter one; then the whole texts are compared
MOST_LOOKED_UP = 40
MOST_CANDIDATES = 10
BOILERPLATE = 50  # texts that share a shingle before it counts as boilerplate
NEARLY_WHOLE = 0.9  # a copy as close as this needs no fingerprints of its own


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
           WHERE s.words_hash = :words AND s.seen_at >= :since AND a.id <> :newcomer AND a.story_id IS NOT NULL
           ORDER BY a.id LIMIT :candidates""",
        {
            "words": drawn.words_hash,
            "since": since,
            "newcomer": newcomer.article_id,
            "candidates": MOST_CANDIDATES,
        },
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
    closest = sorted(enough, key=lambda copy: (-copy[0], copy[1]))[:MOST_LOOKED_UP]
    rows = db.execute(
        """SELECT a.story_id, a.id, st.first_article_id, a.title, a.outlet, a.owner
           FROM (SELECT json_extract(value, '$[0]') AS k, json_extract(value, '$[1]') AS article_id FROM json_each(:closest)) f
           JOIN sketches s ON s.article_id = f.article_id AND s.seen_at >= :since
             AND (s.language = :language OR s.language IS NULL OR :language IS NULL)
           JOIN articles a ON a.id = f.article_id JOIN stories st ON st.id = a.story_id
           WHERE k >= :likely * min(s.shingles, :own) ORDER BY 1.0 * k / min(s.shingles, :own) DESC, k DESC, a.id LIMIT :candidates""",
        {
            "closest": json.dumps(closest), "since": since, "language": newcomer.language,
            "likely": LIKELY, "own": len(drawn.shingles), "candidates": MOST_CANDIDATES,
        },
    ).fetchall()  # fmt: skip
    matches = []
    for story, article, first, title, outlet, owner in rows:
        other = whole_text(db, article, title)
        shared = shared_text(newcomer.text, other)
        if is_copy(newcomer.text, other, shared, kin=kin(newcomer, outlet, owner)):
            matches.append(
                (NearDuplicate(story, article, shared.similarity, shared.coverage), first)
            )
    matches.sort(key=lambda copy: (-copy[0].similarity, -copy[0].coverage, copy[0].article_id))
    for match, first in matches:
        if match.article_id == first or resembles(db, newcomer, first):
            return match
    return None


def kin(newcomer: Newcomer, outlet: str, owner: str | None) -> bool:
    """Whether boilerplate may be all that the two share."""
    return outlet == newcomer.outlet or (owner is not None and owner == newcomer.owner)


def whole_text(db: Database, article: int, title: str) -> WholeText:
    row = db.execute("SELECT body FROM article_texts WHERE article_id = ?", [article]).fetchone()
    return WholeText.of(title, row[0] if row else "")


def resembles(db: Database, newcomer: Newcomer, first: int) -> bool:
    """Whether the story's first article, whose fingerprints may have expired, shares enough too."""
    return shared_text(newcomer.text, whole_text(db, first, "")).similarity >= ALIKE_IS_SIMILAR


def forget_sketch(db: Database, article_id: int) -> None:
    """No later article is found by this one's text."""
    db.execute("DELETE FROM fingerprints WHERE article_id = ?", [article_id])
    db.execute("DELETE FROM sketches WHERE article_id = ?", [article_id])


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
    forget_sketch(db, article_id)
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
