"""What templates may use: words for times and numbers, and who is signed in."""

import sqlite3
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request
from jinja2 import DictLoader, Environment

from review import act_words, database
from review.auth import permissions
from review.pages import responses
from review.pages.queue import page
from storage import times
from storage.queries.seen_feeds import SeenFeeds


def ago_or_day(at: str | None) -> str:
    """As times.ago; the day itself once it is two weeks past."""
    when, now = times.parse_or_none(at), responses.now()
    if at and when and now - when > timedelta(days=15):
        return at[:10]
    return times.ago(when, now)


def utc_words(at: str | None) -> str:
    """A time as people read it, always UTC."""
    return f"{at[:10]} {at[11:16]} UTC" if at else "–"


def number_words(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def percent_words(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.0f} %"


def words(value: str | None) -> str:
    """ "voting-equipment" as "Voting equipment"."""
    text = (value or "").replace("-", " ").replace("_", " ")
    return text[:1].upper() + text[1:]


FEW_TAGS = 8  # tags of a story that stand on its card


def few_tags(tags: str | None) -> str:
    """ "recount, ohio and 12 more"."""
    listed = (tags or "").split(", ")
    more = len(listed) - FEW_TAGS
    return ", ".join(listed[:FEW_TAGS]) + (f" and {more} more" if more > 0 else "")


ACT_WORDS = {
    "new": "put back to new", "note": "note", "claim": "claimed", "unclaim": "released", "assign": "assigned to", "unassign": "assigned to nobody", "tag": "tagged", "untag": "tag removed",
    "snooze": "snoozed until", "wake": "woken", "mute": "muted until", "unmute": "no longer muted", "strike": "not this rule:", "unstrike": "fits after all:",
    "join": "same event as", "refuse": "another event than", "unlink": "link taken back:", "opinion": "second opinion", "reveal": "looked at what is masked", "bundle": "took the complete bundle:",
    "add": "put into the queue", "unadd": "out of the queue",
}  # fmt: skip


LANE_WORDS = {"low": "low severity", "experimental": "experimental rule", "unlikely": "below the threshold"}  # fmt: skip


def recorded_act(action: str) -> str:
    """An act as the record says it."""
    return ACT_WORDS.get(action, action)


class AsTheyAreNow(DictLoader):
    """The templates of `folder` as they are now: an upgrade beside a running server, whose code stays what it
    was, changes none of its pages before it is started again."""

    def __init__(self, folder: Path) -> None:
        super().__init__({file.name: file.read_text("utf-8") for file in folder.iterdir()})


def prepare_templates(env: Environment) -> None:
    env.filters.update(
        ago=ago_or_day,
        moment=utc_words,
        number=number_words,
        percent=percent_words,
        words=words,
        act_words=recorded_act,
        subject_words=act_words.subject_words,
        few_tags=few_tags,
    )
    env.globals["lane_words"] = LANE_WORDS
    env.globals["request_id"] = lambda: uuid.uuid4().hex


Variables = Callable[[], Awaitable[dict[str, object]]]


def variables(ds: Datasette, request: Request | None) -> Variables:
    actor = request.actor if request else None

    async def page_variables() -> dict[str, object]:
        tables = ds.metadata("tables", database=database.NAME) or {}
        return {
            "may_review": permissions.may_review(actor),
            "here": request.path if request else "",
            "private": False,  # everything is; a lock beside each word tells nobody anything
            "table_notes": {name: table.get("description", "") for name, table in tables.items()},
            "seen": await coverage_of_banners(ds) if actor else None,
        }

    return page_variables


async def coverage_of_banners(ds: Datasette) -> SeenFeeds | None:
    """For the banners of every page; None where the database cannot tell, as on the page that says so."""
    try:
        return await page.feeds_seen(ds)
    except (sqlite3.Error, QueryInterrupted):
        return None
