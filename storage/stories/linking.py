"""Proposes links between stories on one event, for people to join or refuse; merges nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from storage.database.connection import write_txn
from storage.stories.content import same_event
from storage.stories.content.same_event import Likeness, Opening
from storage.times import iso, parse_time

MOST_STORIES_LINKED = 400  # stories of one go, the newest first; the next run takes the others
MOST_LINKS = 8  # of one story, the likest
MOST_COUNTED = 500  # newest texts with a word that are counted to tell how rare it is
RAREST = 12  # words by which stories are found that may be like
NEWEST_LOOKED_AT = 3_000  # newest articles with any of these
COMPARED = 300  # stories
KEPT_OPENINGS = 2_000  # some 15 KB each; stories of one run are compared with much the same others

OPENINGS = """SELECT s.id, s.title, coalesce(nullif(t.body, ''), t.summary, h.snippet, s.opening), s.published_at, s.first_seen_at,
  (SELECT group_concat(rule_id) FROM story_rules WHERE story_id = s.id AND still_matches AND NOT struck)
  FROM stories s LEFT JOIN hits h ON h.id = s.lead_hit_id LEFT JOIN article_texts t ON t.article_id = s.lead_article_id AND h.entry_id IS NULL
  WHERE s.id IN (SELECT value FROM json_each(?))"""
UNLINKED_STORIES = """SELECT id FROM stories WHERE linked_at IS NULL AND status IS NOT NULL AND merged_into IS NULL
  AND first_seen_at >= ? ORDER BY first_seen_at DESC, id DESC LIMIT ?"""
STORIES_WITH_WORDS = """SELECT DISTINCT a.story_id FROM (SELECT rowid FROM article_texts_fts WHERE article_texts_fts MATCH :words
    AND rowid >= :from ORDER BY rowid DESC LIMIT :most) f JOIN articles a ON a.id = f.rowid JOIN stories s ON s.id = a.story_id
  WHERE s.status IS NOT NULL AND s.lane <> 'gone' AND s.merged_into IS NULL AND s.id <> :story LIMIT :compared"""
ARTICLES_WITH_WORD = """SELECT count(*), min(rowid) FROM (SELECT rowid FROM article_texts_fts WHERE article_texts_fts MATCH ?
  ORDER BY rowid DESC LIMIT ?)"""
PROPOSE = """INSERT INTO story_links (story_id, other_id, score, why_json, created_at)
  VALUES (:story, :other, :score, :why, :now)
  ON CONFLICT (story_id, other_id) DO NOTHING"""


@dataclass(slots=True)
class Archive:
    """How rare words are among the stored texts, and how stories open; each is looked up once."""

    db: Database
    texts: int
    newest: int
    rarity_of: dict[str, float] = field(default_factory=dict)
    opening_of: dict[int, Opening] = field(default_factory=dict)

    @classmethod
    def of(cls, db: Database) -> "Archive":
        row = db.execute("SELECT count(*), coalesce(max(article_id), 0) FROM article_texts").fetchone()  # fmt: skip
        return cls(db, *row)

    def openings(self, stories: Sequence[int]) -> dict[int, Opening]:
        if len(self.opening_of) + len(stories) > KEPT_OPENINGS:
            self.opening_of.clear()
        self.opening_of |= openings(
            self.db, [story for story in stories if story not in self.opening_of]
        )
        return {story: self.opening_of[story] for story in stories if story in self.opening_of}

    def rarities(self, words: Iterable[str]) -> dict[str, float]:
        return {word: self.rarity(word) for word in words}

    def rarity(self, word: str) -> float:
        if word not in self.rarity_of:
            self.rarity_of[word] = same_event.rarity(self.share(word))
        return self.rarity_of[word]

    def share(self, word: str) -> float:
        """The share of texts that hold the word; of a common one, among the newest."""
        count, lowest = self.db.execute(ARTICLES_WITH_WORD, (f'"{word}"', MOST_COUNTED)).fetchone()
        among = self.newest - lowest + 1 if count == MOST_COUNTED else self.texts
        return count / among if count else 1 / max(self.texts, 1)


def propose(db: Database, now: datetime) -> int:
    """Compare the stories that nobody compared yet with those of their days; how many links are new."""
    waiting = [
        row[0]
        for row in db.execute(
            UNLINKED_STORIES, (iso(now - same_event.SAME_EVENT_WITHIN), MOST_STORIES_LINKED)
        )
    ]
    if not waiting:
        return 0
    archive = Archive.of(db)
    first = db.execute(
        "SELECT min(id) FROM articles WHERE day >= ?",
        [iso(now - 2 * same_event.SAME_EVENT_WITHIN)[:10]],
    ).fetchone()[0]
    proposed = {story: links_of(archive, story, mine, first or 0) for story, mine in openings(db, waiting).items()}  # fmt: skip
    with write_txn(db):
        before = db.conn.total_changes
        for story, likenesses in proposed.items():
            db.conn.executemany(PROPOSE, [
                {
                    "story": min(story, other), "other": max(story, other), "score": round(like.score, 3),
                    "why": json.dumps(like.shared, ensure_ascii=False), "now": iso(now),
                }
                for other, like in likenesses
            ])  # fmt: skip
        links = db.conn.total_changes - before
        db.conn.executemany("UPDATE stories SET linked_at = ? WHERE id = ?", [(iso(now), story) for story in waiting])  # fmt: skip
    return links


def openings(db: Database, stories: Sequence[int]) -> dict[int, Opening]:
    """By story, how its strongest text opens, its rules, and when it was published, or else first seen."""
    rows = db.execute(OPENINGS, [json.dumps(list(stories))])
    return {
        story: same_event.story_opening(
            title, text, parse_time(published or first_seen), rules.split(",") if rules else ()
        )
        for story, title, text, published, first_seen, rules in rows
    }


def links_of(archive: Archive, story: int, mine: Opening, first: int) -> list[tuple[int, Likeness]]:
    """The stories that tell of the same event, the likest first."""
    near = dict.fromkeys((*mine.headline, *mine.lede[: same_event.NEAR_TEXT_WORDS]))
    rare = sorted(near, key=lambda word: -archive.rarity(word))[:RAREST]
    if not rare:
        return []
    words = " OR ".join(f'"{word}"' for word in rare)
    parameters = {
        "words": words,
        "from": first,
        "most": NEWEST_LOOKED_AT,
        "story": story,
        "compared": COMPARED,
    }
    others = [row[0] for row in archive.db.execute(STORIES_WITH_WORDS, parameters)]
    rarities = archive.rarities(mine.words)
    here = same_event.weights(mine, rarities)
    links = []
    for other, theirs in archive.openings(others).items():
        if not same_event.may_be_alike(mine, here, theirs, rarities):
            continue
        both = archive.rarities(mine.words | theirs.words)
        like = same_event.likeness_of_weighed(mine, here, theirs, both)
        if like.same_event:
            links.append((other, like))
    return sorted(links, key=lambda pair: (-pair[1].score, pair[0]))[:MOST_LINKS]
