"""What a story's change tells: it is new, it grew, or its publisher took it back."""

import sqlite3
from collections.abc import Mapping, Sequence

from storage.stories import backlog, events
from storage.stories.content.growth import HitChange, News
from storage.stories.story_before import StoryBefore


def add_story_events(
    connection: sqlite3.Connection,
    before: StoryBefore,
    *,
    summary: Mapping[str, object],
    changes: Sequence[HitChange],
    brought: News,
    moment: str,
) -> None:
    """Store the events that follow; of a dismissed story only that it came back."""
    payload = {
        "severity": summary["severity"], "relevance": summary["relevance"], "owners": summary["hit_owners"],
        "before": before.hit_owners, "rules": brought.rules, "outlets": brought.owners, "passages": brought.passages,
    }  # fmt: skip
    story = before.id
    if summary["lane"] == "shown" and before.shown_at is None:
        if (days := backlog.days_old(connection, story, moment)) is not None:
            payload["backlog_days"] = days
        events.add_event(
            connection, "story-new", f"story:{story}:new", moment, story_id=story, payload=payload
        )
    elif (
        summary["lane"] == "shown"
        and brought
        and (before.status != "dismissed" or brought.reopens(before.reason))
    ):
        key = f"story:{story}:grew:{before.grown}"
        events.add_event(connection, "story-grew", key, moment, story_id=story, payload=payload)
    if (
        before.lane == "shown"
        and summary["lane"] == "gone"
        and removed_by_publisher(connection, changes)
    ):
        key = f"story:{story}:withdrawn:{moment}"
        events.add_event(
            connection, "story-withdrawn", key, moment, story_id=story, payload=payload
        )


def removed_by_publisher(connection: sqlite3.Connection, changes: Sequence[HitChange]) -> bool:
    """Whether a publisher removed the passage, rather than a rule that let go of it."""
    return any(change.change == "gone" and not change.by_rule for change in changes)
