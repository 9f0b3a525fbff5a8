"""Addresses from feeds, of which only plain http(s) becomes a link; files as pages name them."""

import sqlite3
from pathlib import Path
from urllib.parse import quote, urlsplit

PRIVATE_OUTCOME = "private-address"


def safe(url: str | None) -> str | None:
    """The address if a browser may be sent there, else None."""
    if not url or any(ord(letter) < 33 or letter in "\\<>\"'`" for letter in url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (raises for a port that is not a number)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def of_article(row: sqlite3.Row) -> str | None:
    """Where the article is, if a browser may be sent there: nowhere that led Pollwatch itself into a
    private network, for a reviewer's browser stands in one too.

    `row` has the `url` and the `outcome` of the article's last attempt.
    """
    return None if row["outcome"] == PRIVATE_OUTCOME else safe(row["url"])


def web_archive(url: str | None) -> str | None:
    """The web archive's list of copies of a page."""
    address = safe(url)
    return f"https://web.archive.org/web/*/{quote(address, safe=':/?&=%')}" if address else None


def inside(path: str | None, default: str) -> str:
    """`path` if it leads to a page of this server, else `default`."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return default
    return default if any(ord(letter) < 33 for letter in path) else path


def rule_file(path: str, folder: Path | None) -> str:
    """A rule's file as people name it: folders above that of the rules are nobody's business."""
    if not Path(path).is_absolute():
        return path
    file = Path(path)
    home = folder.absolute() if folder and file.is_relative_to(folder.absolute()) else file.parent
    return str(file.relative_to(home.parent))
