"""What somebody left who is not in the team: open stories and views of their own, taken over in one act.

The stories are assigned, which undo takes back as any act; the views are copied, and dropped as any view.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from storage.acts.verdicts import MOST_STORIES_AN_ACT, Act, Done, record_act
from storage.queries.stories import saved
from storage.queries.stories.filter import OPEN_TABS

WAITING_TABS = (*OPEN_TABS, "snoozed", "muted")
OPEN = f"assigned_to = ? AND tab IN {WAITING_TABS}"
LEFT = f"""SELECT person, sum(stories), sum(views) FROM (
    SELECT assigned_to AS person, count(*) AS stories, 0 AS views FROM stories INDEXED BY stories_assigned
      WHERE assigned_to IS NOT NULL AND assigned_to <> '' AND tab IN {WAITING_TABS} GROUP BY 1
    UNION ALL SELECT v.owner, 0, count(*) FROM saved_views v WHERE v.owner IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM saved_views t WHERE t.query = v.query AND t.owner IS NOT v.owner) GROUP BY 1)
  GROUP BY 1 ORDER BY 1"""  # noqa: S608 (ours)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """`views`: of their own, which nobody else has."""

    person: str
    stories: int
    views: int


def left_behind(connection: sqlite3.Connection, people: Collection[str]) -> tuple[LeftBehind, ...]:
    """By person who is none of `people`."""
    return tuple(LeftBehind(*row) for row in map(tuple, connection.execute(LEFT)) if row[0] not in people)  # fmt: skip


def take_over(
    connection: sqlite3.Connection, person: str, lead: str, at: str, request_id: str | None
) -> Done:
    """Assign the person's open stories to `lead`, the first 2,000 of them, and give `lead` a copy of each
    view. The caller is inside BEGIN IMMEDIATE."""
    for name, query in connection.execute("SELECT name, query FROM saved_views WHERE owner = ? ORDER BY name", [person]).fetchall():  # fmt: skip
        same_name = connection.execute("SELECT 1 FROM saved_views WHERE owner = ? AND name = ? AND query <> ?", (lead, name, query)).fetchone()  # fmt: skip
        called = f"{name[: saved.LONGEST_NAME - len(person) - 3]} ({person})" if same_name else name
        saved.save_view(connection, owner=lead, name=called, query=query, actor=lead, now=at)
    rows = connection.execute(f"SELECT id, review_count FROM stories WHERE {OPEN} ORDER BY id LIMIT {MOST_STORIES_AN_ACT}", [person])  # noqa: S608  # fmt: skip
    stories = tuple((int(row[0]), int(row[1])) for row in rows.fetchall())
    return record_act(connection, Act(stories, "assign", lead, at, lead, note=f"Taken over from {person}", request_id=request_id))  # fmt: skip
