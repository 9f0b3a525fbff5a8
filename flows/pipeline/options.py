"""What one run is told to do, loaded whole and checked before the first request."""

from dataclasses import dataclass, replace
from pathlib import Path

from extractors.feed_list.load import load_feeds
from matchers.rules.load import RuleSet, load_rules
from model import ConfigError, FeedList

HOME = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Options:
    """Parameters of the `watch` flow. A relative path counts from the project's folder."""

    feeds: Path = HOME / "feeds.yaml"
    rules: Path = HOME / "rules"
    db: Path = HOME / "data" / "pollwatch.db"
    due_only: bool = True
    max_minutes: float | None = None  # start no further page after this; the next run goes on
    allow_addresses: tuple[str, ...] = ()  # CIDR networks, added to those of feeds.yaml
    seconds_between_requests: float | None = None  # per host; overrides feeds.yaml
    concurrent_requests: int | None = None
    processes: int = 2


@dataclass(frozen=True, slots=True)
class Plan:
    options: Options
    feeds: FeedList
    rules: RuleSet


def load_plan(options: Options) -> Plan:
    """Feeds and rules, or an `ExceptionGroup` of every `ConfigError` in either."""
    faults: list[ConfigError] = []
    feeds: FeedList | None = None
    rules: RuleSet | None = None
    try:
        feeds = load_feeds(options.feeds)
    except ExceptionGroup as group:
        faults += faults_of(group)
    try:
        rules = load_rules(options.rules)
    except ExceptionGroup as group:
        faults += faults_of(group)
    if faults or feeds is None or rules is None:
        raise ExceptionGroup("configuration", faults)
    return Plan(options, with_overrides(feeds, options), rules)


def faults_of(group: BaseExceptionGroup[BaseException]) -> list[ConfigError]:
    """Every configuration fault of a nested group, in order; raises what else it holds."""
    found: list[ConfigError] = []
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            found += faults_of(error)
        elif isinstance(error, ConfigError):
            found.append(error)
        else:
            raise error
    return found


def with_overrides(feeds: FeedList, options: Options) -> FeedList:
    settings = replace(
        feeds.settings, allow_addresses=feeds.settings.allow_addresses + options.allow_addresses
    )
    if options.seconds_between_requests is not None:
        settings = replace(settings, seconds_between_requests=options.seconds_between_requests)
    if options.concurrent_requests is not None:
        settings = replace(settings, concurrent_requests=options.concurrent_requests)
    return replace(feeds, settings=settings)
