"""What a finished run leaves in Prefect: tables of new hits and of feed health, and events.

Prefect's UI renders each cell of a table as Markdown, images included, and automations send the
payloads of events on: so feeds' and servers' words are made harmless, as those of alerts are.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.sanitize import harmless
from flows.pipeline.run import RunResult
from flows.pipeline.stats import RunStats
from storage.queries.articles.new_hits import NewHit, new_hits
from storage.queries.articles.unreadable import UnreadableArticle, failed_in_run
from storage.queries.feed_health import FeedHealth, count_feeds, feed_health
from storage.store import Store

if TYPE_CHECKING:
    from flows.orchestration.tasks import PrefectTasks

MOST_ARTIFACT_ROWS = 200
LONGEST_ARTIFACT_CELL = 1000


async def publish_artifacts(
    tasks: "PrefectTasks", db: Path, ended: RunResult, datasette_url: str
) -> None:
    """Artifacts on stable keys, so that Prefect keeps their history; one event per run and feed."""
    with Store.open_existing(db) as store:
        hits = new_hits(store.db, ended.run_id, limit=MOST_ARTIFACT_ROWS)
        pages = failed_in_run(store.db, ended.run_id, limit=MOST_ARTIFACT_ROWS)
        health = feed_health(store.db, datetime.now(UTC))
    await tasks.show_table(
        "new-hits", [hit_row(hit, datasette_url) for hit in hits], f"New hits. {ended.message}."
    )
    troubled, counts = [feed for feed in health if feed.needs_a_look], count_feeds(health)
    await tasks.show_table(
        "feed-health",
        [feed_row(feed) for feed in (troubled or health)[:MOST_ARTIFACT_ROWS]],
        f"{counts.need_a_look} of {counts.enabled} feeds need a look.",
    )
    await tasks.show_table(
        "failed-pages",
        [page_row(page) for page in pages],
        pages_sentence(ended.stats),
    )
    if ended.stats.read_at:
        rows: list[dict[str, object]] = [
            {"worker": worker, "texts": texts} for worker, texts in ended.stats.read_at.items()
        ]
        await tasks.show_table("read-at", rows, "Which workers of the cluster read how much.")
    emit_events(tasks, ended, hits, datasette_url)


def pages_sentence(stats: RunStats) -> str:
    """A page failed although its feed's headline is kept."""
    failed, others = stats.failed + stats.headlines, stats.partial - stats.headlines
    return f"{failed} pages failed ({stats.headlines} left their headline), {others} more left the feed's text only."


def emit_events(
    tasks: "PrefectTasks", ended: RunResult, hits: Sequence[NewHit], datasette_url: str
) -> None:
    """One event for the run and one for each new hit."""
    tasks.tell(
        "pollwatch.run.finished",
        "watch",
        {"state": ended.state, "message": ended.message, "hits": ended.stats.hits},
        {"state": ended.state},
    )
    for hit in hits:
        tasks.tell(
            "pollwatch.hit.new", f"rule.{hit.rule}", hit_row(hit, datasette_url), labels_of(hit)
        )


def labels_of(hit: NewHit) -> dict[str, str]:
    return {
        "severity": hit.severity,
        "rule": hit.rule,
        "category": hit.category,
        "outlet": hit.outlet,
        "language": hit.language or "",
        "region": hit.region or "",
        "place": hit.place or "",
    }


def hit_row(hit: NewHit, datasette_url: str) -> dict[str, object]:
    return {
        "review": f"{datasette_url.rstrip('/')}/-/story/{hit.story_id}",
        "severity": hit.severity,
        "rule": hit.rule,
        "relevance": "" if hit.relevance is None else f"{hit.relevance:.0%}",
        "outlet": harmless(hit.outlet),
        "title": harmless(hit.title),
        "snippet": harmless(hit.snippet, LONGEST_ARTIFACT_CELL),
        "source": hit.url,
    }


def page_row(page: UnreadableArticle) -> dict[str, object]:
    return {
        "outlet": harmless(page.outlet),
        "title": harmless(page.title),
        "outcome": page.outcome,
        "what happened": harmless(page.why),
        "next try": utc_minute(page.next_attempt_at),
        "source": page.url,
    }


def feed_row(feed: FeedHealth) -> dict[str, object]:
    return {
        "feed": harmless(feed.name),
        "flags": feed.state,
        "last outcome": feed.outcome,
        "what happened": harmless(feed.what_happened),
        "last answer": utc_minute(feed.last_ok_at),
        "next poll": utc_minute(feed.next_poll_at),
    }


def utc_minute(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "never"
