"""Addresses under which an article is known beside its own, for those who look it up."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from sqlite_utils import Database

from storage.ingest.feeds.entries import url_hash

TRACKER = re.compile(
    r"(?:^|&)(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|ref|rss)(?:=[^&]*)?(?=&|$)", re.I
)
HOST_ALONE = re.compile(r"https?://[^/?]*/?")
# Not the address under which it is found anyway.
KEEP_ADDRESS = """INSERT OR IGNORE INTO other_addresses (url, article_id)
  SELECT :url, id FROM articles WHERE id = :article AND url_hash <> :hash"""


def keep_other_addresses(db: Database, addresses: Iterable[tuple[int, str]]) -> None:
    """Articles' numbers, each with an address of its own page. A front page, to which sites lead what they
    removed, is that of none. The caller holds a transaction."""
    looked_up = [
        (article, as_looked_up(url)) for article, url in addresses if url.startswith("http")
    ]
    values = [
        {"article": article, "url": url, "hash": url_hash(url)}
        for article, url in looked_up
        if not HOST_ALONE.fullmatch(url)
    ]
    db.conn.executemany(KEEP_ADDRESS, values)


def as_looked_up(url: str) -> str:
    """Without what stands after "#" and words that tell who linked; as it is where it is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts._replace(query=without_trackers(parts.query), fragment="").geturl()


def without_trackers(query: str) -> str:
    return TRACKER.sub("", query).strip("&")
