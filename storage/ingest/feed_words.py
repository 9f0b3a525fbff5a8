"""What feeds say of an article and its own text does not: kept beside the texts, for searches.

A page that could not be read, an aggregator's headline, a summary that the outlet changed: an analyst
who looks for a phrase finds it all the same.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlite_utils import Database

from storage.database.connection import write_txn
from storage.facts import fact, forget_fact, keep_fact
from storage.ingest.grouping.fingerprints import WORDS

BELOW = "feed_words_below"  # the fact: articles below this number are not taken in yet
ARTICLES_AT_ONCE = 250  # articles, of one statement and of one transaction that fills

# Until its page was tried, headline and summary do: a feed's whole article is most often the page's text.
ENTRY_WORDS = """SELECT e.article_id, e.title, e.summary, iif(a.attempted_at IS NULL, '', e.content)
  FROM entries e JOIN articles a ON a.id = e.article_id WHERE e.article_id IN (SELECT value FROM json_each(?)) ORDER BY e.id"""
STORED_TEXTS = "SELECT article_id, title, summary, body FROM article_texts WHERE article_id IN (SELECT value FROM json_each(?))"
KNOWN_FEED_WORDS = (
    "SELECT article_id, words FROM feed_words WHERE article_id IN (SELECT value FROM json_each(?))"
)
PUT = """INSERT INTO feed_words (article_id, words) VALUES {} ON CONFLICT (article_id) DO UPDATE SET words = excluded.words"""


@dataclass(slots=True)
class WordsOfArticle:
    """An article's own text, and what feeds say of it: title, summary and content of each entry."""

    own: Sequence[str] = ()
    feeds: list[tuple[str, str, str]] = field(default_factory=list)


def keep(db: Database, articles: Iterable[int]) -> None:
    """Bring these articles up to date. The caller holds a transaction, whose last step this is."""
    waiting = iter(articles)
    while some := list(islice(waiting, ARTICLES_AT_ONCE)):
        bring_up_to_date(db, some)


def bring_up_to_date(db: Database, articles: Sequence[int]) -> None:
    """In one statement, as FTS5 writes its words out before the next one."""
    ids = json.dumps(articles)
    stored_words = dict(db.execute(KNOWN_FEED_WORDS, [ids]).fetchall())
    unsaid_words = {
        article: "\n".join(only_in_feeds(texts))
        for article, texts in words_of_articles(db, ids).items()
    }
    changed = [(article, words) for article, words in unsaid_words.items() if words and stored_words.get(article) != words]  # fmt: skip
    if changed:
        db.execute(PUT.format(", ".join(["(?, ?)"] * len(changed))), [value for pair in changed for value in pair])  # fmt: skip
    if said_by_none := [article for article in stored_words if not unsaid_words.get(article)]:
        db.execute("DELETE FROM feed_words WHERE article_id IN (SELECT value FROM json_each(?))", [json.dumps(said_by_none)])  # fmt: skip


def words_of_articles(db: Database, ids: str) -> dict[int, WordsOfArticle]:
    by_article: dict[int, WordsOfArticle] = {}
    for article, *entry_words in db.execute(ENTRY_WORDS, [ids]):
        by_article.setdefault(article, WordsOfArticle()).feeds.append(tuple(entry_words))
    for article, *own in db.execute(STORED_TEXTS, [ids]):
        if article in by_article:
            by_article[article].own = own
    return by_article


def only_in_feeds(texts: WordsOfArticle) -> list[str]:
    """Lines of feeds that stand nowhere in the article's own text, each once. An entry that has one
    brings its whole headline and summary, so that words of both are found together."""
    lines = {line for text in texts.own for line in text.splitlines()}
    if all(line in lines for entry in texts.feeds for line in lines_of(entry)):
        return []  # as most are, told by a look
    own = " \n ".join(spaced(text) for text in texts.own)
    line_of: dict[str, str] = {}
    for entry in texts.feeds:
        apart = [line for line in lines_of(entry) if line not in lines and spaced(line) not in own]
        for line in (*lines_of(entry[:2]), *apart) if apart else ():
            if not any(spaced(line) in other for other in line_of):
                line_of[spaced(line)] = line
    return list(line_of.values())


def lines_of(texts: Iterable[str]) -> Iterator[str]:
    return (line for text in texts for line in text.splitlines() if WORDS.search(line))


def spaced(text: str) -> str:
    """Its words with a space before and after each."""
    return f" {' '.join(WORDS.findall(text.casefold()))} "


def fill(db: Database, most: int | None = 5_000) -> int:
    """Take in articles of before there was this table, the newest first, in short transactions; how many."""
    filled = 0
    while most is None or filled < most:
        with write_txn(db):
            below = fact(db.conn, BELOW)
            if below is None:
                return filled
            sql = "SELECT id FROM articles WHERE id < ? ORDER BY id DESC LIMIT ?"
            articles = [id_ for (id_,) in db.execute(sql, (int(below), ARTICLES_AT_ONCE))]
            keep(db, articles)
            if articles:
                keep_fact(db.conn, BELOW, str(articles[-1]))
            else:
                forget_fact(db.conn, BELOW)
        filled += len(articles)
    return filled
