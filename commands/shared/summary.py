"""What a run brought, as a person wants to read it, and as JSON."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from commands.shared.unread_table import brief_reason, how_to_list_all
from flows.pipeline.run import RunResult
from flows.pipeline.stats import RunStats, change_sentence
from model.plurals import count_of
from storage.queries.articles.new_hits import NewHit, new_hits
from storage.queries.articles.unreadable import UnreadableArticle, failed_in_run
from storage.queries.coverage import answering_lately, coverage
from storage.queries.json_ready import json_ready
from storage.queries.reports import RunSummary, queue, read_at_sentence, run_summary
from storage.store import Store

MOST_LISTED = 12  # failing feeds, failed pages, and hits, before "and n more"
SEVERITY_COLOURS = {"critical": "red", "high": "yellow", "medium": "cyan", "low": "white"}


def show_run(db: Path, ended: RunResult) -> None:
    """Print the run: feeds, entries, articles, hits by rule with their sentence, what is next."""
    with Store.open_existing(db) as store:
        summary = run_summary(store.db, ended.run_id)
        pages = failed_in_run(store.db, ended.run_id, limit=MOST_LISTED)
        hits = new_hits(store.db, ended.run_id, limit=1000)
        waiting = queue(store.db).new
        now = datetime.now(UTC)
        answering = answering_lately(store.db.conn, now).sentence
    show_counts(summary, ended)
    show_faults(ended)
    show_failing(ended)
    show_failed_pages(pages, summary.articles_failed + summary.articles_headline, db)
    show_hits(hits, answering)
    click.echo(f"\n{count_of(waiting, 'story waits', 'stories wait')} for review in {db}")


def show_counts(summary: RunSummary, ended: RunResult) -> None:
    stats = ended.stats
    faulty = ended.faults and ended.state != "failed"
    state = "completed with faults" if faulty else ended.state.replace("-", " ")
    click.secho(f"Run {ended.run_id}: {state}", bold=True)
    click.echo(
        f"  feeds     {stats.feeds_polled} polled: "
        f"{stats.feeds_polled - stats.feeds_unchanged - len(stats.feeds_failed)} with content, "
        f"{stats.feeds_unchanged} unchanged, {len(stats.feeds_failed)} failed"
        + (f", {stats.feeds_left} left for the next run" if stats.feeds_left else "")
    )
    for source, added, removed in stats.list_changes:
        click.echo(f"  list      {change_sentence(source, added, removed)}")
    click.echo(f"  entries   {stats.entries_seen} listed, {stats.entries_new} of them new")
    later = f", {stats.deferred} left for the next run" if stats.deferred else ""
    click.echo(
        f"  articles  {stats.read} read, {stats.partial} partial (the feed's text only"
        + (f"; {stats.headlines} of them a headline alone" if stats.headlines else "")
        + f"), {stats.failed} failed{later}"
    )
    if stats.read_at:
        click.echo(f"  read at   {read_at_sentence(stats.read_at)}")
    click.echo(f"  hits      {summary.new_hits} new")


def show_faults(ended: RunResult) -> None:
    """What of rules and feeds was left out, or stood in for by its last good version."""
    if ended.faults:
        click.echo("\nFaults of rules and feeds")
    for fault in ended.faults[:MOST_LISTED]:
        click.echo(f"  {str(fault).splitlines()[0]}")
    if len(ended.faults) > MOST_LISTED:
        click.echo(f"  and {len(ended.faults) - MOST_LISTED} more: ./pollwatch status")


def show_failing(ended: RunResult) -> None:
    failed = ended.stats.feeds_failed
    if failed:
        click.echo("\nFeeds that failed")
    for name, sentence in failed[:MOST_LISTED]:
        click.echo(f"  {name}: {sentence}")
    if len(failed) > MOST_LISTED:
        click.echo(f"  and {len(failed) - MOST_LISTED} more: ./pollwatch feeds health")


def show_failed_pages(pages: tuple[UnreadableArticle, ...], failed: int, db: Path) -> None:
    if not pages:
        return
    click.echo("\nPages that could not be read")
    for page in pages:
        click.echo(brief_reason(page))
    more = failed - len(pages)
    click.echo(f"  {f'and {more} more' if more else 'all of every run'}: {how_to_list_all(db)}")


def show_hits(hits: tuple[NewHit, ...], answering: str) -> None:
    if not hits:
        click.echo(f"\nNo new hits, {answering}.")
        return
    click.echo(f"\nNew hits by rule, {answering}")
    rules: dict[str, list[NewHit]] = {}
    for hit in hits:
        rules.setdefault(hit.rule, []).append(hit)
    for rule, rule_hits in list(rules.items())[:MOST_LISTED]:
        best = rule_hits[0]
        severity = click.style(f"{best.severity:<8}", fg=SEVERITY_COLOURS.get(best.severity))
        click.echo(f"  {severity}  {rule}  {len(rule_hits)}")
        click.echo(f"            {best.outlet}: {clipped(best.title)}")
        click.echo(f"            “{clipped(best.snippet)}”")
    if len(rules) > MOST_LISTED:
        click.echo(f"  and {len(rules) - MOST_LISTED} more rules")


def clipped(text: str, width: int = 220) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1].rsplit(" ", 1)[0] + " …"


def run_as_json(db: Path, ended: RunResult) -> dict[str, object]:
    with Store.open_existing(db) as store:
        summary = run_summary(store.db, ended.run_id)
        pages = failed_in_run(store.db, ended.run_id, limit=10_000)
        hits = new_hits(store.db, ended.run_id, limit=10_000)
        now = datetime.now(UTC)
        ledger = coverage(store.db, since=now - timedelta(hours=24), now=now)
    stats = ended.stats
    return {
        "run": ended.run_id,
        "state": ended.state,
        "message": ended.message,
        "database": str(db),
        "feeds": polled_feeds_as_json(stats),
        "entries": {"listed": stats.entries_seen, "new": stats.entries_new},
        "articles": {
            "read": stats.read,
            "partial": stats.partial,
            "headlines": stats.headlines,
            "failed": stats.failed,
            "deferred": stats.deferred,
            "failures": json_ready(pages),
            "read_at": stats.read_at,
        },
        "hits": [hit_as_json(hit) for hit in hits],
        "rules": {rule.rule: rule.hits for rule in summary.hits},
        "coverage": ledger.sentence,
    }


def polled_feeds_as_json(stats: RunStats) -> dict[str, object]:
    return {
        "polled": stats.feeds_polled,
        "unchanged": stats.feeds_unchanged,
        "left": stats.feeds_left,
        "failed": [{"feed": name, "why": why} for name, why in stats.feeds_failed],
        "lists": [
            {"list": source, "added": added, "removed": removed}
            for source, added, removed in stats.list_changes
        ],
    }


def hit_as_json(hit: NewHit) -> dict[str, object]:
    return {
        "id": hit.id,
        "rule": hit.rule,
        "severity": hit.severity,
        "relevance": hit.relevance,
        "score": hit.score,
        "title": hit.title,
        "outlet": hit.outlet,
        "url": hit.url,
        "sentence": hit.snippet,
        "partial": bool(hit.partial),
    }
