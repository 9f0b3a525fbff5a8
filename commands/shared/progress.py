"""Shows a run while it goes: a bar on a terminal, plain lines elsewhere."""

import sys
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from extractors.feeds.schedule import is_usable
from model import FeedPoll, Reading, Unread
from model.plurals import count_of

LINE_EVERY = 50  # articles, where there is no terminal


class Shown:
    """An observer of a run. Writes to standard error, so that output can be piped."""

    def __init__(self) -> None:
        self.on_terminal = sys.stderr.isatty()
        self.bar = Progress(
            TextColumn("{task.description:<9}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=Console(stderr=True),
            disable=not self.on_terminal,
        )
        self.feeds = self.bar.add_task("feeds", total=None, note="")
        self.articles = self.bar.add_task("articles", total=None, note="", visible=False)
        self.listed = self.done = self.hits = self.failing = 0

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.bar.stop()

    def planned(self, feeds: int, skipped: int) -> None:
        self.bar.update(self.feeds, total=feeds)
        later = f"; {skipped} more are not due yet" if skipped else ""
        self.line(f"polling {count_of(feeds, 'feed')}{later}")

    def polled(self, poll: FeedPoll, new: int) -> None:
        usable = is_usable(poll)
        self.failing += not usable
        note = f"{self.failing} failing" if self.failing else ""
        self.bar.update(self.feeds, advance=1, note=note)
        if not usable:
            self.line(f"  {poll.feed_id}: {poll.sentence}")

    def to_read(self, articles: int) -> None:
        self.listed += articles
        self.bar.update(self.articles, total=self.listed, visible=True)
        self.line(f"reading {count_of(articles, 'article')}")

    def read(self, unread: Unread, reading: Reading, new_hits: int) -> None:
        self.done += 1
        self.hits += new_hits
        self.bar.update(self.articles, advance=1, note=f"{self.hits} hits")
        if self.done % LINE_EVERY == 0:
            self.line(f"  {self.done} of {self.listed} articles, {self.hits} hits")

    def noted(self, sentence: str) -> None:
        self.bar.console.print(sentence, markup=False, highlight=False)

    def line(self, text: str) -> None:
        if not self.on_terminal:
            click.echo(text, err=True)
