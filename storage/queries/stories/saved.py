"""Saved views: filters with a name, one's own or everybody's."""

import sqlite3

from storage.queries.stories.filter import StoryFilter
from storage.queries.stories.view_address import of_query

LONGEST_NAME = 80
VIEWS_OF = "SELECT id, owner, name, query, created_by FROM saved_views WHERE owner IS NULL OR owner = ? ORDER BY owner IS NULL, lower(name)"
SAVE_VIEW = """INSERT INTO saved_views (owner, name, query, created_by, created_at, updated_at) VALUES (:owner, :name, :query, :actor, :now, :now)
ON CONFLICT (coalesce(owner, ''), name) DO UPDATE SET query = excluded.query, updated_at = excluded.updated_at"""


def saved_views(connection: sqlite3.Connection, actor: str) -> list[sqlite3.Row]:
    """One's own first, then the shared ones."""
    return connection.execute(VIEWS_OF, [actor]).fetchall()


def save_view(
    connection: sqlite3.Connection, *, owner: str | None, name: str, query: str, actor: str, now: str
) -> None:  # fmt: skip
    """Keep a view under a name; the same name again replaces it. The caller holds a transaction."""
    connection.execute(SAVE_VIEW, {"owner": owner, "name": name, "query": query, "actor": actor, "now": now})  # fmt: skip


def drop(connection: sqlite3.Connection, number: int, actor: str, *, lead: bool) -> bool:
    """Take a view away: one's own, a shared one that one made, or as a lead any shared one."""
    sql = "DELETE FROM saved_views WHERE id = :id AND (owner = :actor OR (owner IS NULL AND (created_by = :actor OR :lead)))"
    return connection.execute(sql, {"id": number, "actor": actor, "lead": lead}).rowcount == 1


def view_filter(connection: sqlite3.Connection, name: str | None, now: str) -> StoryFilter:
    """The filter of a shared view, or of the whole queue. Raises ValueError with a sentence."""
    if name is None:
        return StoryFilter(now=now)
    query = shared_view(connection, name)
    if query is None:
        raise ValueError(f"there is no shared view called {name}")
    return of_query(query, now=now)


def shared_view(connection: sqlite3.Connection, name: str) -> str | None:
    """The address of a shared view, by its name."""
    row = connection.execute("SELECT query FROM saved_views WHERE owner IS NULL AND lower(name) = lower(?)", [name]).fetchone()  # fmt: skip
    return None if row is None else str(row[0])
