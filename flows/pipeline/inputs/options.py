"""What one run is told to do, loaded whole and checked before the first request."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from config.home import HOME
from extractors.cluster.members import Patience
from extractors.feed_list.shard import Shard, database_of, feeds_of_shard
from extractors.workers.processes.zygote import Zygote, begun_zygote
from flows.pipeline.inputs.configuration import usable_configuration
from matchers.rules.load import RuleSet
from model import ConfigError, FeedList

PAGE_JOB = "flows.pipeline.page_job:read_page"
PAGE_MEMORY_MB = 400


@dataclass(frozen=True, slots=True)
class Options:
    """Parameters of the `watch` flow."""

    feeds: Path = HOME / "feeds.yaml"
    rules: Path = HOME / "rules"
    db: Path = HOME / "data" / "pollwatch.db"
    alerts: Path = HOME / "alerts.yaml"  # where it is missing, nothing is sent
    due_only: bool = True
    # After it no feed is polled and no page started; the next run goes on
    max_minutes: float | None = None
    allow_addresses: tuple[str, ...] = ()  # CIDR networks, added to those of feeds.yaml
    seconds_between_requests: float | None = None  # per host; overrides feeds.yaml
    concurrent_requests: int | None = None
    processes: int = 2
    cluster: str | None = None  # overrides feeds.yaml, as the next one does
    cluster_lost: Literal["stop", "local"] | None = None
    cluster_security: Any = None  # of a client of Dask; None: as Dask is configured
    cluster_patience: Patience = Patience()  # noqa: RUF009 - frozen
    shard: Shard | None = None  # which part of the feeds; its database is one of its own


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run goes by. With `faults`, files are unfinished and earlier versions stand in.

    `begun` is the process that its readers will be forked from, with these rules prepared.
    """

    options: Options
    feeds: FeedList
    rules: RuleSet
    unfinished: frozenset[str] = frozenset()  # ids of rules in files with faults
    faults: tuple[ConfigError, ...] = ()
    begun: Zygote | None = field(default=None, compare=False, repr=False)

    @property
    def relevance_threshold(self) -> float:
        """What feeds.yaml says, else where the shipped weights balance."""
        threshold = self.feeds.settings.relevance_threshold
        if threshold is not None:
            return threshold
        return 0.0 if self.rules.weights is None else self.rules.weights.threshold


def load_plan(options: Options) -> Plan:
    """Feeds and rules as far as they can be used. Meanwhile the process that pages are read in is
    at its imports, which take about as long.

    Raises an `ExceptionGroup` of every `ConfigError` when nothing can be polled by them, and
    `StorageError` when a database is there and is none.
    """
    if options.shard is not None:
        options = replace(options, db=database_of(options.db, options.shard))
    begun = begun_zygote(PAGE_JOB, PAGE_MEMORY_MB)
    try:
        usable = usable_configuration(options.feeds, options.rules, options.db)
    except BaseException:  # nobody else could end the process that was begun
        if begun is not None:
            begun.close()
        raise
    if begun is not None:
        begun.prepare(usable.rules)
    feeds = with_overrides(usable.feeds, options)
    if options.shard is not None:
        feeds = feeds_of_shard(feeds, options.shard)
    return Plan(options, feeds, usable.rules, usable.unfinished, usable.faults, begun)


def faults_of(group: BaseExceptionGroup[BaseException]) -> list[ConfigError]:
    """Every configuration fault of a nested group, in order; raises what else it holds."""
    faults: list[ConfigError] = []
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            faults += faults_of(error)
        elif isinstance(error, ConfigError):
            faults.append(error)
        else:
            raise error
    return faults


def with_overrides(feeds: FeedList, options: Options) -> FeedList:
    settings = replace(
        feeds.settings, allow_addresses=feeds.settings.allow_addresses + options.allow_addresses
    )
    if options.seconds_between_requests is not None:
        settings = replace(settings, seconds_between_requests=options.seconds_between_requests)
    if options.concurrent_requests is not None:
        settings = replace(settings, concurrent_requests=options.concurrent_requests)
    if options.cluster is not None:
        settings = replace(settings, cluster=options.cluster)
    if options.cluster_lost is not None:
        settings = replace(settings, cluster_lost=options.cluster_lost)
    return replace(feeds, settings=settings)
