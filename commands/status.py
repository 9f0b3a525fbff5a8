"""`pollwatch status`: feeds, last run, queue and coverage at a glance."""

import json
import re
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from commands.alerts.status import channel_line
from commands.doctor.file_system import check_file_system
from commands.doctor.machine import check_open_files, memory, space, sqlite
from commands.shared import spans
from commands.shared.faults import faults_as_messages
from commands.shared.shared_options import db_option, json_option
from commands.shared.standstill import standstill_reasons
from commands.shared.unread_table import unread_lines
from storage.queries import coverage, feed_health, reports
from storage.queries.articles.unreadable import count_doubtful, unreadable
from storage.queries.json_ready import json_ready
from storage.queries.monitor.alert_figures import ChannelCounts, outbox_status
from storage.queries.monitor.liveness import FUTURE, OVERDUE, blind_spots, liveness, next_due
from storage.store import Store
from storage.times import ago, parse_time, span
from storage.upkeep.last_upkeep import REMEDY, Upkeep, last_upkeep, upkeep_trouble

AS_SEEN_THEN = re.compile("In [^:]+: ")  # how long it was to the poll when that was planned
LOOK_AT_MOST = 10  # feeds named; `pollwatch feeds health` lists all


@dataclass(frozen=True, slots=True)
class StatusReport:
    database: str
    bytes: int
    run: reports.RunSummary | None
    queue: reports.Queue
    waiting: int  # articles that are due to be read
    waiting_again: int  # of these, such as were tried before
    doubtful_week: int  # articles of 7 days whose text may be the wrong part of its page
    hits_today: int
    hits_week: int
    coverage: coverage.Coverage
    feeds: tuple[feed_health.FeedHealth, ...]
    blind: tuple[str, ...]  # why the monitor cannot be relied on just now
    faults: tuple[str, ...]  # of rules and feeds that the last run left out
    next_due: tuple[str, str, str] | None
    failing_channels: tuple[ChannelCounts, ...]  # of alerts
    upkeep: Upkeep
    upkeep_trouble: str | None  # why last night's backup is not to be relied on


@click.command(
    epilog="""\b
Examples:
  ./pollwatch status
  ./pollwatch status --json | jq .queue.new
  ./pollwatch status --unread                      # pages that could not be read, and why
  ./pollwatch status --max-age 30m || mail -s "Pollwatch is blind" desk@example.org

\b
Exit codes: 0 good; 1 no run has finished yet, the last one failed or crashed, the next one is
overdue, rules or feeds have a fault, alerts cannot be sent, or too few feed hours were seen;
2 there is no database, or none that this Pollwatch can read."""
)
@click.option(
    "--unread",
    is_flag=True,
    help="Instead, list all pages that could not be read, or only with doubts, and why.",
)
@click.option(
    "--max-age",
    callback=spans.length,
    help="One line; exit 1 when no run ended well within this time: 30m, 2h, 1d.",
)
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Exit 1 when a smaller share of feed hours was seen in 24 h.",
)
@db_option
@json_option
def command(
    unread: bool, max_age: timedelta | None, min_coverage: float, db: Path, as_json: bool
) -> None:
    """Feeds, last run, queue and coverage in a few lines."""
    if max_age is not None:
        judge_age(db, max_age)
        return
    if unread:
        list_unread(db, as_json=as_json)
        return
    with faults_as_messages(), Store.open_existing(db) as store:
        report = status_report(store, datetime.now(UTC), min_coverage)
    if OVERDUE in report.blind:
        report = replace(report, blind=(*report.blind, *standstill_reasons()))
    if as_json:
        whole = status_as_plain(report) | {"warnings": warnings(db)}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        for line in [*status_lines(report, datetime.now(UTC)), *warnings(db)]:
            click.echo(line)
    sys.exit(1 if report.blind or report.faults or report.failing_channels else 0)


def judge_age(db: Path, longest: timedelta) -> None:
    """For cron, Nagios and systemd: silence is a failure, and so are alerts that cannot be sent."""
    now = datetime.now(UTC)
    with faults_as_messages(), Store.open_existing(db) as store:
        alive = liveness(store.db.conn)
        dead = outbox_status(store.db.conn, now).dead
    silence = alive.silent_for(now)
    late = alive.good_at is None or silence is None or silence > longest
    troubles = [
        words
        for words, holds in (
            (f"no good run within {span(longest)}", late),
            (f"the last run {alive.bad_state}", alive.bad_id is not None),
            (FUTURE, alive.ahead_of(now)),
            (f"{dead} alerts could not be sent", dead > 0),
        )
        if holds
    ]
    if late:
        troubles += standstill_reasons()
    click.echo(f"{'BLIND' if troubles else 'OK'}: last good run {ago(alive.good_at, now)}" + "".join(f"; {words}" for words in troubles))  # fmt: skip
    sys.exit(1 if troubles else 0)


def list_unread(db: Path, *, as_json: bool) -> None:
    with faults_as_messages(), Store.open_existing(db) as store:
        pages = unreadable(store.db)
    if as_json:
        click.echo(json.dumps(json_ready(pages), ensure_ascii=False, indent=2))
    else:
        for line in unread_lines(pages):
            click.echo(line)


def status_report(store: Store, now: datetime, min_coverage: float) -> StatusReport:
    last = reports.run_of(store.db)
    day = coverage.coverage(store.db, since=now - timedelta(hours=24), now=now)
    week = reports.hits_per_day_with_gaps(store.db, now, days=7)
    first, again = reports.articles_waiting(store.db, now)
    alive = liveness(store.db.conn)
    kept_up = last_upkeep(store.db.conn, store.path, now)
    return StatusReport(
        str(store.path),
        store.path.stat().st_size,
        reports.run_summary(store.db, last.id) if last else None,
        reports.queue(store.db),
        first + again,
        again,
        count_doubtful(store.db, now - timedelta(days=6)),
        week[-1].hits,
        reports.hits_of_days(week),
        day,
        feed_health.feed_health(store.db, now),
        blind_spots(store.db.conn, now, day.share, min_coverage),
        alive.faults,
        next_due(store.db.conn),
        outbox_status(store.db.conn, now).failing,
        kept_up,
        upkeep_trouble(kept_up, alive.first_at, now),
    )


def warnings(db: Path) -> list[str]:
    """What of `pollwatch doctor` matters from day to day, and takes no time to look at."""
    folder = db.absolute().parent
    looked = (sqlite(), check_open_files(), memory(), space(folder), check_file_system(folder))
    return [
        f"Warning    {check.name}: {check.message}. {check.remedy[0].upper()}{check.remedy[1:]}."
        for check in looked
        if check.level != "ok"
    ]


def status_as_plain(report_of: StatusReport) -> dict[str, object]:
    report = json_ready(report_of)
    assert isinstance(report, dict)
    ledger = report["coverage"]
    ledger = {key: ledger[key] for key in ("since", "until", "counts", "share", "answering", "listed", "disabled", "seen_until")}  # fmt: skip
    return report | {"coverage": {"sentence": report_of.coverage.sentence, **ledger}}


def status_lines(report: StatusReport, now: datetime) -> list[str]:
    queue, feeds = report.queue, feed_health.count_feeds(report.feeds)
    flagged = "".join(
        f", {count} {flag}" for flag, count in feeds.by_state.items() if flag != "fine"
    )
    judged = f"{queue.confirmed} confirmed, {queue.dismissed} dismissed"
    share = report.coverage.share
    feed_hours = f"; {share:.0%} of feed hours seen in 24 h" if share is not None else ""
    doubt = (
        f"; {report.doubtful_week} of 7 days read in doubt (--unread)"
        if report.doubtful_week
        else ""
    )
    return [
        f"Database   {report.database} ({report.bytes / 1e6:,.1f} MB)",
        *run_lines(report.run, now),
        f"Feeds      {feeds.listed} listed: {feeds.fine} fine{flagged}",
        f"Articles   {report.waiting - report.waiting_again} wait to be read, {report.waiting_again} are due again{doubt}",
        f"Queue      {queue.new} new, {queue.reopened} reopened, {queue.escalated} escalated; {judged}",
        f"Hits       {report.hits_today} today, {report.hits_week} in 7 days, {report.coverage.sentence}{feed_hours}",
        *next_line(report.next_due),
        *upkeep_lines(report, now),
        *(f"Fault      {fault}" for fault in report.faults),
        *(
            f"Alerts     {channel.channel}: {channel_line(channel)}"
            for channel in report.failing_channels
        ),
        *(f"BLIND      {words}" for words in report.blind),
        *attention(report.feeds),
    ]


def next_line(due: tuple[str, str, str] | None) -> list[str]:
    if due is None:
        return []
    name, at, why = due
    why = AS_SEEN_THEN.sub("", why)
    return [f"Next       {name}, {parse_time(at):%Y-%m-%d %H:%M} UTC{f' ({why})' if why else ''}"]


def upkeep_lines(report: StatusReport, now: datetime) -> list[str]:
    if report.upkeep_trouble is not None:
        return [f"Upkeep     {report.upkeep_trouble}. {REMEDY}"]
    return [f"Upkeep     {ago(report.upkeep.done_at, now)}"] if report.upkeep.done_at else []


def run_lines(last: reports.RunSummary | None, now: datetime) -> list[str]:
    if last is None:
        return ["Last run   none yet: ./pollwatch run"]
    run = last.run
    head = f"Last run   {run.state}, began {run.started_at:%Y-%m-%d %H:%M} UTC ({when_begun(run.started_at, now)})"
    if run.message and not run.state.startswith("completed"):  # else the next line tells it all
        head += f": {run.message}"
    polled = f"{last.feeds_polled} feeds polled, {last.feeds_unchanged} unchanged, {last.feeds_failing} failing"
    articles = f"{last.articles_read} read, {reports.partial_sentence(last.articles_partial, last.articles_headline)}, {last.articles_failed} failed"
    printed = [
        head,
        f"           {polled}; {last.entries_new} new entries; {articles}; {last.new_hits} new hits",
    ]
    if isinstance(read_at := run.stats.get("read_at"), dict) and read_at:
        printed.append(f"           read at {reports.read_at_sentence(read_at)}")
    return printed


def when_begun(when: datetime, now: datetime) -> str:
    if when > now + timedelta(minutes=5):
        return f"in the future by {span(when - now)}, as the clock jumped"
    return ago(min(when, now), now)


def attention(feeds: tuple[feed_health.FeedHealth, ...]) -> list[str]:
    flagged = [feed for feed in feeds if feed.needs_a_look]
    troubled = [
        f"  {feed.id}: {', '.join(feed.flags)}: {feed.what_happened}"
        for feed in flagged[:LOOK_AT_MOST]
    ]
    if len(flagged) > LOOK_AT_MOST:
        troubled.append(f"  and {len(flagged) - LOOK_AT_MOST} more: ./pollwatch feeds health")
    return ["Look at", *troubled] if troubled else []
