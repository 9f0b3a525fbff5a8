"""Feeds parsed in worker processes, so that a feed that hangs its parser costs one poll, not the run."""

from datetime import UTC, datetime

from extractors.feeds.parsing.parse import parse_feed
from extractors.feeds.poll_index import Parse
from extractors.workers.pool import WorkerCrashed, Workers, WorkerTimeout
from model import Outcome, ParsedFeed

PARSE_JOB = "extractors.workers.parse_feed:parse_job"


def parse_job(job: tuple[bytes, str, str | None]) -> ParsedFeed:
    """The job of a worker: body, URL, content type."""
    body, url, content_type = job
    return parse_feed(body, url=url, content_type=content_type, now=datetime.now(UTC))


def parse_in(workers: Workers) -> Parse:
    """`poll_feed`'s `parse`, by `Workers(JOB, …)`."""

    async def parse(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
        try:
            parsed = await workers.run((body, url, content_type))
        except WorkerTimeout as late:
            return _lost(f"The feed took too long to parse and was given up: {late.sentence}.")
        except WorkerCrashed as death:
            return _lost(f"The feed could not be parsed: {death.sentence}.")
        assert isinstance(parsed, ParsedFeed)
        return parsed

    return parse


def _lost(problem: str) -> ParsedFeed:
    return ParsedFeed("", None, None, "", (), None, Outcome.EXTRACTION_TIMEOUT, problem)
