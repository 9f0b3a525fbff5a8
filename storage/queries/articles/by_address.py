"""Articles by the address that somebody was sent, and the feeds of its site where none listed it."""

import json
import re
import sqlite3
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from storage.ingest.feeds.entries import url_hash
from storage.ingest.other_addresses import without_trackers

ADDRESS = re.compile(r"(?:https?://\S+|(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?/\S*)", re.IGNORECASE)
LONGEST_TYPED = 2_048  # characters
# Of "example.co.uk" the last three labels are the site's name
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "gob", "gov", "net", "org"})
BY_HASH = "SELECT a.id FROM json_each(?) form JOIN articles a ON a.url_hash = form.value ORDER BY form.key"
BY_OTHER_ADDRESS = "SELECT o.article_id FROM json_each(?) form JOIN other_addresses o ON o.url = form.value ORDER BY form.key LIMIT 20"
SITES_OF_FEEDS = "SELECT id, url, sites_json FROM feeds WHERE listed"


def looks_like_address(typed: str) -> bool:
    if len(typed) > LONGEST_TYPED or ADDRESS.fullmatch(typed) is None:
        return False
    try:
        address_parts(typed)
    except ValueError:  # "http://[": words as any others
        return False
    return True


def address_parts(address: str) -> SplitResult:
    return urlsplit(address if "://" in address else f"https://{address}")


def articles_at(connection: sqlite3.Connection, address: str) -> tuple[int, ...]:
    """The articles known under that address, or under one that differs from it in no more than http
    or https, "www.", a slash at the end, what stands after "#", and words that tell who linked, the
    nearest first; where there is none, those that had it once, were led there or call themselves so;
    else those under the address without its query, but no front page."""
    parts = address_parts(address)
    without_query = parts._replace(query="")
    for form in (parts, without_query) if parts.path.strip("/") else (parts,):
        forms = list(address_forms(form))
        for query, keys in ((BY_HASH, [*map(url_hash, forms)]), (BY_OTHER_ADDRESS, forms)):
            rows = connection.execute(query, [json.dumps(keys)])
            if numbers := tuple(dict.fromkeys(row[0] for row in rows)):
                return numbers
    return ()


def address_forms(parts: SplitResult) -> Iterator[str]:
    """The nearest to what was typed first."""
    host = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
    bare = without_trackers(parts.query)
    for path in dict.fromkeys((parts.path or "/", parts.path.rstrip("/") or "/", f"{parts.path.rstrip('/')}/")):  # fmt: skip
        for query in dict.fromkeys((parts.query, bare)):
            for name in (host, f"www.{host}"):
                for scheme in ("https", "http"):
                    yield f"{scheme}://{name}{path}{'?' if query else ''}{query}"


def listed_feeds_of(connection: sqlite3.Connection, address: str) -> tuple[int, ...]:
    """The ids of listed feeds of the site that the address is of, by their own address and `sites`."""
    site = site_name(address)
    return tuple(
        number
        for number, url, sites in connection.execute(SITES_OF_FEEDS)
        if site in {site_name(url), *map(site_name, json.loads(sites or "[]"))}
    )


def site_name(address: str) -> str:
    """The part of a host's name that an outlet owns; of a bare address with its port."""
    host = address_parts(address).netloc.rpartition("@")[2].lower()  # fmt: skip
    name, _, _ = host.partition(":")
    labels = name.split(".")
    if labels[-1].isdigit() or ":" in name or len(labels) < 3:
        return host if labels[-1].isdigit() else name
    return ".".join(labels[-3 if labels[-2] in SECOND_LEVELS and len(labels[-1]) == 2 else -2 :])
