"""A large database, filled in bulk: a year of 2,000 feeds, a fifth of the articles with a hit.

    python -m bench.archive FILE --articles 1000000       (about 4 GB a million)

Every table has the rows that a pipeline would have left: entries and their texts, sketches and
fingerprints, a week of polls. Texts are 170 words of a made-up language whose words are as unequally
common as those of any other, in sentences drawn from 20,000. Indexes are made when the rows are in.
What a bench says of such a file holds for its size; the segments of its search index are larger and
fewer than those of a database that grew 25 articles at a time.
"""

import argparse
import hashlib
import itertools
import json
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.store import Store
from storage.times import iso

FEEDS, RULES = 2000, [f"rule-{n}" for n in range(60)]
SEVERITIES = ("low", "medium", "high", "critical")
LANES = ("low", "shown", "shown", "shown")
CATEGORIES = ("infrastructure", "threats", "equipment", "disinformation", "physical-security", "litigation")  # fmt: skip
PLANTED = ("tabulator seals", "ballot scanner", "poll worker threatened", "voter file breach", "drop box fire", "ransomware note")  # fmt: skip
STATUSES = (["new"] * 60) + (["dismissed"] * 25) + (["confirmed"] * 13) + (["escalated"] * 2)
SYLLABLES = [
    "ba",
    "co",
    "di",
    "fen",
    "gor",
    "hal",
    "in",
    "ko",
    "lam",
    "mer",
    "no",
    "pra",
    "ris",
    "sta",
    "ten",
    "ul",
    "ver",
    "wen",
    "yo",
    "zet",
]
SENTENCES, IN_A_TEXT, IN_A_SENTENCE = 20_000, 5, 34
FINGERPRINTS = (
    28  # of a text of 450 words; more than these texts have, as those of real articles do
)


def vocabulary(chance: random.Random) -> list[str]:
    """Made-up words, most used first, as in any language; a few real ones to search for."""
    made = {"".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(40_000)}  # fmt: skip
    rest = sorted(made, key=lambda word: (len(word), hashlib.sha1(word.encode()).hexdigest()))
    return ["the", "of", "county", "officials", "said", "election", "voters", *rest]


class Language:
    """Sentences and headlines by the same draw for the same seed."""

    def __init__(self) -> None:
        chance = random.Random(7)
        words = vocabulary(chance)
        weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))
        drawn = chance.choices(words, cum_weights=weights, k=SENTENCES * IN_A_SENTENCE)
        self.sentences = [
            " ".join(drawn[at : at + IN_A_SENTENCE]).capitalize() + "."
            for at in range(0, len(drawn), IN_A_SENTENCE)
        ]
        drawn = chance.choices(words, cum_weights=weights, k=SENTENCES * 5)
        self.halves = [" ".join(drawn[at : at + 5]) for at in range(0, len(drawn), 5)]

    def title(self, chance: random.Random) -> str:
        return " ".join(chance.choices(self.halves, k=2)).capitalize()

    def body(self, chance: random.Random, planted: str | None) -> str:
        sentences = chance.choices(self.sentences, k=IN_A_TEXT)
        if planted is not None:
            sentences.insert(2, f"A {planted} was reported near the depot.")
        return "\n".join(sentences)


@dataclass(frozen=True, slots=True)
class Made:
    """One article, as all of its rows need it."""

    id: int
    title: str
    body: str
    planted: str | None
    at: str
    feed: int
    rule: int
    status: str
    relevance: float

    def values(self) -> dict[str, object]:
        url = f"https://f{self.feed}.example/{self.id}"
        text = f"{self.title}\n\n{self.body}"
        rank, start = self.rule % 4, self.body.find(self.planted or "")
        end = start + len(self.planted or "")
        evidence = {"field": "body", "start": start, "end": end, "text": self.planted, "clause": self.planted}  # fmt: skip
        return {
            "id": self.id, "title": self.title, "body": self.body, "at": self.at, "day": self.at[:10],
            "url": url, "url_hash": hashlib.sha256(url.encode()).hexdigest(), "feed": self.feed,
            "outlet": f"Outlet {self.feed}", "region": f"US-{self.feed % 50}", "chars": len(self.body),
            "summary": self.body[:200], "sha": hashlib.sha256(text.encode()).hexdigest(), "story": self.id,
            "rule": self.rule, "rank": rank, "severity": SEVERITIES[rank], "lane": LANES[rank],
            "category": CATEGORIES[self.rule % 6], "status": self.status, "relevance": self.relevance,
            "snippet": self.body[max(0, start - 60) : start + 140], "start": max(0, start - 60),
            "terms": json.dumps([evidence]), "priority": self.id / 3000 + 2 * rank + self.relevance,
        }  # fmt: skip


ARTICLE = (
    """INSERT INTO articles (id, title, url, url_canonical, url_hash, feed_id, outlet, language, region, first_seen_at, read_at,
         attempted_at, day, state, outcome, reads, method, chars, text_sha256, versions, story_id)
       VALUES (:id, :title, :url, :url, :url_hash, :feed, :outlet, 'en', :region, :at, :at, :at, :day, 'read', 'ok', 1,
         'trafilatura', :chars, :sha, 1, :story)""",
    "INSERT INTO article_texts (article_id, title, summary, body) VALUES (:id, :title, :summary, :body)",
    """INSERT INTO text_versions (article_id, text_sha256, first_read_at, title, method, extractor, chars, run_id)
       VALUES (:id, :sha, :at, :title, 'trafilatura', 'x', :chars, 1)""",
    """INSERT INTO entries (id, feed_id, entry_key, article_id, guid, url, title, summary, content_sha256, speaks, matched_sha256, first_seen_at)
       VALUES (:id, :feed, :url, :id, :url, :url, :title, :summary, :sha, 1, :sha, :at)""",
    "INSERT INTO entry_texts (entry_id, text_sha256, first_seen_at) VALUES (:id, :sha, :at)",
)
STORY = """INSERT INTO stories (id, title, first_article_id, language, first_seen_at, last_seen_at) VALUES (:id, :title, :id, 'en', :at, :at)"""
HIT = (
    """INSERT INTO hits (id, article_id, rule_id, rule_version_id, story_id, severity, severity_rank, category, day, feed_id, region,
         language, score, relevance, lane, snippet, snippet_start, terms_json, text_sha256, evidence_sha256, created_at)
       VALUES (:id, :id, :rule, :rule, :id, :severity, :rank, :category, :day, :feed, :region, 'en', 0.7, :relevance, :lane, :snippet,
         :start, :terms, :sha, :sha, :at)""",
    """INSERT INTO stories (id, title, first_article_id, lead_article_id, lead_hit_id, first_seen_at, last_seen_at, published_at,
         shown_at, status, lane, severity, severity_rank, category, outlet, feed_id, region, language, relevance, priority, rules, hits, hit_owners)
       VALUES (:id, :title, :id, :id, :id, :at, :at, :at, :at, :status, :lane, :severity, :rank, :category, :outlet, :feed, :region,
         'en', :relevance, :priority, 1, 1, 1)""",
    """INSERT INTO story_rules (story_id, rule_id, lead_hit_id, severity, severity_rank, category, lane, relevance, score, hits,
         still_matches, first_at) VALUES (:id, :rule, :id, :severity, :rank, :category, :lane, :relevance, 0.7, 1, 1, :at)""",
)  # fmt: skip


def articles(start: int, count: int, begin: datetime, step: timedelta) -> Iterator[Made]:
    """Every fifth has a hit. The same numbers bring the same articles."""
    language = Language()
    for number in range(start, start + count):
        chance = random.Random(number)
        planted = chance.choice(PLANTED) if number % 5 == 0 else None
        yield Made(
            number, language.title(chance), language.body(chance, planted), planted,
            iso(begin + step * (number - start)), chance.randrange(1, FEEDS + 1),
            chance.randrange(1, len(RULES) + 1), chance.choice(STATUSES), round(chance.random(), 3),
        )  # fmt: skip


def insert(connection: sqlite3.Connection, made: Sequence[Made]) -> None:
    """One transaction, search index included where its triggers stand."""
    values = [one.values() for one in made]
    hit = [value for one, value in zip(made, values, strict=True) if one.planted]
    with connection:
        connection.executemany(STORY, [v for one, v in zip(made, values, strict=True) if not one.planted])  # fmt: skip
        for statement in ARTICLE:
            connection.executemany(statement, values)
        for statement in HIT:
            connection.executemany(statement, hit)


def named(connection: sqlite3.Connection, now: datetime) -> None:
    """Feeds, rules and a run that all the rest refers to."""
    at = iso(now)
    with connection:
        connection.execute("INSERT INTO runs (flow, started_at, state) VALUES ('watch', ?, 'completed')", [at])  # fmt: skip
        connection.executemany(
            "INSERT INTO feeds (slug, name, url, outlet, added_at, last_ok_at, last_polled_at) VALUES (?,?,?,?,?,?,?)",
            [(f"f{n}", f"Feed {n}", f"https://f{n}.example/", f"Outlet {n}", at, at, at) for n in range(1, FEEDS + 1)],
        )  # fmt: skip
        for number, slug in enumerate(RULES, 1):
            kind = (SEVERITIES[number % 4], CATEGORIES[number % 6])
            connection.execute(
                "INSERT INTO rules (slug, title, severity, category, status, current_version_id) VALUES (?,?,?,?,'stable',?)",
                (slug, slug, *kind, number),
            )
            connection.execute(
                "INSERT INTO rule_versions (rule_id, version, sha256, query, severity, category, label, created_at) VALUES (?,1,?,'x',?,?,?,?)",
                (number, slug, *kind, slug, at),
            )
        connection.execute(POLLS, [iso(now - timedelta(days=7))])


POLLS = """INSERT INTO polls (feed_id, run_id, polled_at, outcome, http_status)
  SELECT f.id, 1, strftime('%Y-%m-%dT%H:%M:%fZ', ?, h.value || ' hours'), 'ok', 304
  FROM json_each('[' || (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 168) SELECT group_concat(x) FROM n) || ']') h, feeds f"""
SKETCHES = """INSERT INTO sketches (article_id, words_hash, shingles, language, seen_at)
  SELECT id, random(), ?, 'en', ? FROM articles"""
SHINGLES = """INSERT INTO fingerprints (hash, article_id) SELECT random() AS hash, a.id FROM articles a,
  (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?) SELECT x FROM n) ORDER BY 1"""


def set_aside(connection: sqlite3.Connection) -> list[str]:
    """Drop indexes and the search index's triggers; what makes them again."""
    parts = connection.execute(
        """SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL
           AND (type = 'index' OR (type = 'trigger' AND tbl_name = 'article_texts'))"""
    ).fetchall()
    for kind, name, _ in parts:
        connection.execute(f"DROP {kind} {name}")
    return [sql for _, _, sql in parts]


def make(path: Path, count: int, now: datetime, *, days: float = 365) -> None:
    Store.open(path, now=now).close()
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; PRAGMA foreign_keys=OFF")  # fmt: skip
    began, parts = time.monotonic(), set_aside(connection)
    named(connection, now)
    step = timedelta(days=days) / count
    coming = articles(1, count, now - step * count, step)
    while batch := list(itertools.islice(coming, 1000)):
        insert(connection, batch)
        if batch[-1].id % 100_000 == 0:
            print(f"{batch[-1].id:>9,} articles, {time.monotonic() - began:,.0f} s", flush=True)
    with connection:
        connection.execute(SKETCHES, (FINGERPRINTS, iso(now)))
        connection.execute(SHINGLES, [FINGERPRINTS])
    print(f"fingerprints, {time.monotonic() - began:,.0f} s", flush=True)
    for start in range(0, count, 1000):  # in steps, as an index that grew
        with connection:
            connection.execute(
                """INSERT INTO article_texts_fts (rowid, title, summary, body) SELECT article_id, title, summary, body
                   FROM article_texts WHERE article_id > ? AND article_id <= ?""",
                (start, start + 1000),
            )
    print(f"search index, {time.monotonic() - began:,.0f} s", flush=True)
    for sql in parts:
        connection.execute(sql)
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    print(f"{path.stat().st_size / 1e9:.2f} GB, {time.monotonic() - began:,.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("file", type=Path)
    parser.add_argument("--articles", type=int, default=100_000)
    given = parser.parse_args()
    make(given.file, given.articles, datetime.now(UTC))


if __name__ == "__main__":
    main()
