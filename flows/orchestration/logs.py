"""What a run writes into Prefect's logs: one line a feed, one a batch, and nothing twice."""

import logging
from collections.abc import Iterable

from prefect.exceptions import TerminationSignal
from prefect.logging.loggers import LoggingAdapter

from extractors.feeds.schedule import is_usable
from flows.pipeline.inputs.caller import Observer
from model import FeedPoll, FeedSpec, Outcome, Reading, Unread


def quiet_tasks() -> None:
    """Prefect's own lines a task, for a failed one with "NoneType: None", say nothing that ours
    and the task runs' states do not say."""
    logging.getLogger("prefect.task_runs").setLevel(logging.CRITICAL + 1)


def quiet_stops() -> None:
    """A run that is told to stop is cancelled, and stores what it has read. Prefect's engine then logs an
    error, "Finished in state Running()", and asyncio the traceback of Prefect's own signal."""
    for name in ("prefect.flow_runs", "asyncio"):
        logging.getLogger(name).addFilter(is_no_stop)


def is_no_stop(record: logging.LogRecord) -> bool:
    raised = record.exc_info[1] if record.exc_info else None
    return record.msg != "Finished in state Running()" and not isinstance(raised, TerminationSignal)


class LoggedRun:
    """Hands everything on to another observer, and logs each poll. Articles are logged at DEBUG."""

    def __init__(
        self,
        then: Observer,
        logger: logging.Logger | LoggingAdapter,
        feeds: Iterable[FeedSpec],
    ) -> None:
        self.then, self.logger = then, logger
        self.names = {spec.id: spec.name for spec in feeds}

    def planned(self, feeds: int, skipped: int) -> None:
        self.logger.info("%d feeds are due, %d are not", feeds, skipped)
        self.then.planned(feeds, skipped)

    def polled(self, poll: FeedPoll, new: int) -> None:
        name = self.names.get(poll.feed_id, poll.feed_id)
        if not is_usable(poll):
            self.logger.warning("%s: %s", name, poll.sentence)
        elif poll.outcome is Outcome.NOT_MODIFIED:
            self.logger.info("%s: unchanged", name)
        else:
            self.logger.info("%s: %d entries, %d new", name, len(poll.entries), new)
        self.then.polled(poll, new)

    def to_read(self, articles: int) -> None:
        self.then.to_read(articles)

    def read(self, unread: Unread, reading: Reading, new_hits: int) -> None:
        self.logger.debug("%s: %s, %d hits", unread.url, reading.state, new_hits)
        self.then.read(unread, reading, new_hits)

    def noted(self, sentence: str) -> None:
        self.logger.info("%s", sentence)
        self.then.noted(sentence)
