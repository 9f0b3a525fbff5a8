"""What the desk has set up: feeds, rules, contact, the review server's secret, the database."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.sanitize import harmless
from commands.doctor.finding import Check, failed_check, ok, warning
from model import ConfigError, FeedList, Settings
from storage.database.connection import on_read_only_media
from storage.database.errors import (
    Busy,
    DamagedDatabase,
    NewerDatabase,
    NotADatabase,
    OlderDatabase,
    StorageError,
)
from storage.queries.monitor.liveness import liveness
from storage.queries.monitor.newest import newest_moment
from storage.store import Store
from storage.times import ago
from storage.upkeep.clock import AHEAD
from storage.upkeep.last_upkeep import REMEDY, last_upkeep, upkeep_trouble
from storage.upkeep.strange_schema import strange_in_older, strange_schema

STRANGERS_NAMED = 5  # triggers and views


def listed_feeds(path: Path) -> tuple[FeedList | None, Check]:
    from extractors.feed_list.load import load_feeds

    try:
        feeds = load_feeds(path)
    except ExceptionGroup as group:
        return None, failed_check(
            "feeds", summary_of_faults(group), f"./pollwatch feeds list --feeds {path}"
        )
    enabled = sum(feed.enabled for feed in feeds.feeds)
    if not enabled:
        return feeds, warning("feeds", f"{path} enables none", "./pollwatch feeds add URL")
    return feeds, ok("feeds", f"{enabled} enabled of {len(feeds.feeds)} ({path})")


def rules_check(path: Path) -> Check:
    from matchers.rules.load import load_rules

    try:
        ruleset = load_rules(path)
    except ExceptionGroup as group:
        return failed_check("rules", summary_of_faults(group), f"./pollwatch rules check {path}")
    return ok("rules", f"{len(ruleset.rules)} ({path})")


def check_contact(feeds: FeedList | None) -> Check:
    if feeds is None or feeds.settings.contact != Settings().contact:
        return ok("contact", feeds.settings.contact if feeds else "not looked at")
    return warning(
        "contact",
        "publishers cannot tell who polls them, and may block you",
        "set `contact:` under `settings:` in feeds.yaml to a page or mailbox of yours",
    )


def team(path: Path | None) -> Check:
    from review.auth.team_file import load_team

    if path is None:
        return ok("review", "no team file: the secret is made anew at each start")
    try:
        people = load_team(path).people
    except ExceptionGroup as group:
        return failed_check("review", summary_of_faults(group), "see docs/review.md")
    return ok("review", f"{len(people)} people, and a secret ({path})")


def database(path: Path) -> Iterator[Check]:
    if (check := missing_or_unwritable(path)) is not None:
        yield check
        return
    try:
        with Store.open_existing(path) as store:
            now = datetime.now(UTC)
            newest, strange = newest_moment(store.db), strange_schema(store.db)
            kept_up = check_upkeep(store, now)
    except OlderDatabase:  # as it is right after an upgrade, when doctor is to be run
        older = f"{path} is of an older release: the next run or review updates it"
        strange = strange_in_older(path)
        yield strangers_found(path, strange) if strange else ok("database", older)
        return
    except StorageError as error:
        yield failed_check("database", str(error), remedy_for(error, path))
        return
    if strange:
        yield strangers_found(path, strange)
    else:
        yield ok("database", f"{path}, {path.stat().st_size / 1e6:,.1f} MB")
    yield check_clock(newest, now)
    yield kept_up


def remedy_for(error: StorageError, path: Path) -> str:
    """Only what is damaged is to be restored: whatever was judged since the copy would be lost."""
    if isinstance(error, Busy):
        return f"find who holds it (fuser -v {path}) and end that; it may be a backup program"
    if isinstance(error, NewerDatabase):
        return (
            "bring this checkout up to date (git pull); the copy kept at the upgrade lies beside it"
        )
    if isinstance(error, DamagedDatabase | NotADatabase):
        return "docs/operations.md: restore"
    return "see docs/troubleshooting.md"


def check_upkeep(store: Store, now: datetime) -> Check:
    """Whether each night brings a backup."""
    upkeep = last_upkeep(store.db.conn, store.path, now)
    trouble = upkeep_trouble(upkeep, liveness(store.db.conn).first_at, now)
    if trouble is not None:
        return warning("upkeep", trouble, REMEDY)
    upkeep_words = f"last done {ago(upkeep.done_at, now)}" if upkeep.done_at else "not due yet"
    return ok("upkeep", upkeep_words)


def missing_or_unwritable(path: Path) -> Check | None:
    """What is to be said before the database is opened; None where it can be written."""
    folder = path.absolute().parent
    if not path.exists():
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        if os.access(there, os.W_OK | os.X_OK):
            return ok("database", f"{path} is made by the first run")
        return failed_check("database", f"{there} cannot be written", "choose another place: --db")
    if on_read_only_media(path):
        return warning(
            "database",
            f"{path} lies on a read-only file system: it can be read, and nothing can be stored",
            "for runs and reviews, copy it to a disk that can be written",
        )
    if os.access(path, os.W_OK) and os.access(folder, os.W_OK | os.X_OK):
        return None
    return failed_check(
        "database", f"{path} cannot be written", f"chown it and {folder} to the user"
    )


def strangers_found(path: Path, strange: Sequence[str]) -> Check:
    return failed_check(
        "database",
        f"{path} holds what no Pollwatch made, or made otherwise, and what acts on everything "
        f"that is stored: {strangers_named(strange)}",
        "use a backup of your own; who handed this one over could change stories and verdicts",
    )


def strangers_named(strange: Sequence[str]) -> str:
    """The first few; whoever named them may have written for the eyes of who reads this in a terminal."""
    more = len(strange) - STRANGERS_NAMED
    names = [harmless(name, 60) for name in strange[:STRANGERS_NAMED]]
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def check_clock(newest: datetime | None, now: datetime) -> Check:
    """The clock beside the newest time in the database, which cannot lie ahead of it."""
    if newest is not None and newest > now + AHEAD:
        ahead = timedelta(seconds=round((newest - now).total_seconds()))
        return warning(
            "clock",
            f"the database holds times {ahead} ahead of it",
            "set the clock (timedatectl); the next run pulls planned times back",
        )
    return ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, not behind what is stored")


def summary_of_faults(group: BaseExceptionGroup[BaseException]) -> str:
    faults = [error for error in group.exceptions if isinstance(error, ConfigError)]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return str(faults[0]).splitlines()[0] + more
