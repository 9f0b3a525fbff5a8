"""The stored archive against the rules of today: tried first, or stored in steps that can be resumed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Literal

from flows.archive.earlier_headlines import headlines_as_archived, take_in_headlines
from flows.archive.matched import MatchedTexts, matched, matchers_of, steps
from matchers.rules.load import RuleSet
from storage.database.lock import RunLock
from storage.ingest.headlines import without_text
from storage.ingest.rematch import Rematched, archive_size, record_rematch
from storage.queries.articles.standing_hits import standing_hits
from storage.rules import sync_rules
from storage.runs import finish_run
from storage.store import Store

MOST_CHANGES = 1000  # listed by name; all are counted
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RematchChange:
    kind: Literal["gained", "lost"]
    rule: str
    article_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Rematch:
    """What came of it. A dry one stored nothing."""

    articles: int
    gained: int
    lost: int
    dry: bool
    changes: tuple[RematchChange, ...]

    @property
    def message(self) -> str:
        verb = "would be" if self.dry else "were"
        return (
            f"{self.articles} articles matched again: {self.gained} hits {verb} gained, "
            f"{self.lost} lost; no verdict {'would be' if self.dry else 'was'} touched"
        )

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def preview_archive(
    db: Path, rules: RuleSet, *, since_day: str | None = None, progress: Progress = lambda *_: None
) -> Rematch:
    """What a rematch would change, all texts looked at, nothing stored."""
    with Store.open_existing(db) as store, matchers_of(rules) as workers:
        total = archive_size(store.db) + len(without_text(store.db, since_day))
        texts = chain(steps(store, None, since_day), headlines_as_archived(store, since_day))

        async def work() -> Rematch:
            changes: list[RematchChange] = []
            articles = 0
            async for step in matched(workers, texts):
                changes += rematch_changes(store, step)
                articles += len(step)
                progress(articles, total)
            return as_rematch(articles, changes, dry=True)

        return asyncio.run(work())


def rematch_archive(
    db: Path,
    rules: RuleSet,
    *,
    since_day: str | None = None,
    prefect_run_id: str | None = None,
    progress: Progress = lambda *_: None,
) -> Rematch:
    """Match every stored text that today's rules have not seen, and headlines that earlier releases left
    without one. Killed, it resumes where it was."""
    Store.open_existing(db).close()  # a rematch makes no database
    with (
        RunLock(db),
        Store.open(db, now=datetime.now(UTC)) as store,
        matchers_of(rules) as workers,
    ):
        run_id = begun_rematch(store, rules, prefect_run_id)
        take_in_headlines(store, run_id, since_day, datetime.now(UTC))
        coming = matched(workers, steps(store, rules.sha256, since_day))
        totals = asyncio.run(store_all(store, coming, run_id, rules.sha256, progress))
        stats = {"articles": totals.articles, "gained": totals.gained, "lost": totals.lost}
        finish_run(
            store.db,
            run_id,
            "completed",
            message=totals.message,
            stats=stats,
            now=datetime.now(UTC),
        )
    return totals


def begun_rematch(store: Store, rules: RuleSet, prefect_run_id: str | None) -> int:
    """The row of the run, which holds the rules that it brings to the archive."""
    sync_rules(store.db, rules.rules, datetime.now(UTC))
    return store.start_run(
        "rematch",
        prefect_run_id=prefect_run_id,
        code_version=version("pollwatch"),
        ruleset_sha256=rules.sha256,
        weights_sha256=rules.weights_sha256,
        now=datetime.now(UTC),
    )


async def store_all(
    store: Store,
    coming: AsyncIterator[MatchedTexts],
    run_id: int,
    ruleset_sha256: str,
    progress: Progress,
) -> Rematch:
    """A transaction for each step, short enough for reviewers not to notice."""
    changes: list[RematchChange] = []
    articles, total = 0, archive_size(store.db)
    async for step in coming:
        changes += rematch_changes(store, step)
        rematched = [
            Rematched(text.article_id, text.text_sha256, hits, text.entry_id) for text, hits in step
        ]
        record_rematch(store.db, run_id, rematched, ruleset_sha256, datetime.now(UTC))
        articles += len(step)
        progress(articles, total)
    return as_rematch(articles, changes, dry=False)


def rematch_changes(store: Store, matched: MatchedTexts) -> list[RematchChange]:
    standing = standing_hits(store.db, [text.article_id for text, _ in matched])
    changes: list[RematchChange] = []
    for text, hits in matched:
        before = standing.get((text.article_id, text.entry_id), frozenset())
        after = {hit.rule_id for hit in hits}
        changes += [
            RematchChange("gained", rule, text.article_id, text.title) for rule in after - before
        ]
        changes += [
            RematchChange("lost", rule, text.article_id, text.title) for rule in before - after
        ]
    return changes


def as_rematch(articles: int, changes: list[RematchChange], *, dry: bool) -> Rematch:
    gained = sum(change.kind == "gained" for change in changes)
    listed = tuple(sorted(changes, key=lambda change: (change.rule, change.article_id)))
    return Rematch(articles, gained, len(changes) - gained, dry, listed[:MOST_CHANGES])
