"""Bearer tokens for other programs: scoped, expiring, revocable; only their hashes are kept."""

import hashlib
import json
import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.times import iso, parse_or_none, parse_time

TOKEN_SCOPES = ("read:queue", "read:archive", "write:verdict", "push:articles")
STARTS_WITH = "pw_"  # so that scanners for leaked secrets can know one
TOKEN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
FEED_PREFIX = "push-"  # of the feed that a pushing token speaks as


@dataclass(frozen=True, slots=True)
class ApiToken:
    id: int
    name: str
    actor: str
    scopes: tuple[str, ...]
    feed_id: int | None  # set: it only hands articles in to that feed
    max_bytes: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def stands(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


LISTED_COLUMNS = "id, name, actor, scopes_json, feed_id, max_bytes, created_at, expires_at, revoked_at, last_used_at"
NEW_ROW = """INSERT INTO api_tokens (name, actor, token_sha256, scopes_json, feed_id, created_by, created_at, expires_at)
  VALUES (:name, :actor, :sha256, :scopes, :feed, :by, :now, :expires)"""
FEED = """INSERT INTO feeds (slug, name, url, outlet, kind, full_text, listed, enabled, added_at, category)
  VALUES (:slug, :name, :url, :name, 'webhook', 1, 0, 1, :now, 'pushed') ON CONFLICT (slug) DO NOTHING"""


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def create_token(
    conn: sqlite3.Connection,
    *,
    name: str,
    actor: str,
    scopes: tuple[str, ...],
    lasts: timedelta,
    by: str,
    now: datetime,
) -> str:
    """The token itself, shown this once. With `push:articles` it opens nothing else. In a transaction.

    Raises ValueError with a sentence for what cannot be granted.
    """
    unknown = [scope for scope in scopes if scope not in TOKEN_SCOPES]
    if unknown or not scopes:
        raise ValueError(
            f"scopes are {', '.join(TOKEN_SCOPES)}; not {', '.join(unknown) or 'none'}"
        )
    if not TOKEN_NAME.fullmatch(name):
        raise ValueError("a name is a-z, 0-9 and dashes, at most 60 characters")
    if "push:articles" in scopes and len(scopes) > 1:
        raise ValueError("a token that hands articles in opens nothing else: make two tokens")
    token = STARTS_WITH + secrets.token_urlsafe(32)
    feed = pushed_feed(conn, name, now) if "push:articles" in scopes else None
    values = {"name": name, "actor": actor, "sha256": hashed(token), "scopes": json.dumps(scopes),
              "feed": feed, "by": by, "now": iso(now), "expires": iso(now + lasts)}  # fmt: skip
    conn.execute(NEW_ROW, values)
    return token


def pushed_feed(conn: sqlite3.Connection, name: str, now: datetime) -> int:
    """The feed named for the token: its words are its own, and nobody polls it."""
    slug = FEED_PREFIX + name
    conn.execute(FEED, {"slug": slug, "name": f"Pushed by {name}", "url": f"push:{name}", "now": iso(now)})  # fmt: skip
    return int(conn.execute("SELECT id FROM feeds WHERE slug = ?", (slug,)).fetchone()[0])


def find_token(conn: sqlite3.Connection, token: str) -> ApiToken | None:
    """By its hash; whether it still stands is asked of it."""
    row = conn.execute(f"SELECT {LISTED_COLUMNS} FROM api_tokens WHERE token_sha256 = ?", (hashed(token),)).fetchone()  # noqa: S608  # fmt: skip
    return None if row is None else as_token(row)


def tokens_listed(conn: sqlite3.Connection) -> tuple[ApiToken, ...]:
    rows = conn.execute(f"SELECT {LISTED_COLUMNS} FROM api_tokens ORDER BY id")  # noqa: S608
    return tuple(map(as_token, rows))


def as_token(row: tuple[object, ...]) -> ApiToken:
    number, name, actor, scopes, feed, most, created, expires, revoked, used = row
    return ApiToken(
        int(str(number)), str(name), str(actor), tuple(json.loads(str(scopes))),
        None if feed is None else int(str(feed)), int(str(most)),
        parse_time(str(created)), parse_time(str(expires)),
        parse_or_none(None if revoked is None else str(revoked)),
        parse_or_none(None if used is None else str(used)),
    )  # fmt: skip


def note_use(conn: sqlite3.Connection, token_id: int, now: datetime) -> None:
    """Noted once a minute at most: reading must not become writing."""
    conn.execute(
        "UPDATE api_tokens SET last_used_at = ? WHERE id = ? AND coalesce(last_used_at, '') < ?",
        (iso(now), token_id, iso(now - timedelta(minutes=1))),
    )


def revoke_token(conn: sqlite3.Connection, token_id: int, by: str, now: datetime) -> bool:
    """Whether there was one that stood. In a transaction."""
    return conn.execute(
        "UPDATE api_tokens SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL",
        (iso(now), by, token_id),
    ).rowcount > 0  # fmt: skip
