"""The stored archive against the rules of today: tried first, or stored in steps that can be resumed."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.rules.load import RuleSet
from matchers.text.article_text import ArticleText, without_spans
from model import Hit
from storage.ingest.rematch import (
    ArchivedText,
    Rematched,
    archive,
    archive_size,
    archived_entries,
    record_rematch,
)
from storage.lock import RunLock
from storage.queries.standing_hits import standing_hits
from storage.store import Store

AT_ONCE = 100  # texts in one transaction
MOST_CHANGES = 1000  # listed by name; all are counted
Progress = Callable[[int, int], None]
Matched = list[tuple[ArchivedText, tuple[Hit, ...]]]


@dataclass(frozen=True, slots=True)
class Change:
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
    changes: tuple[Change, ...]

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
    engine = compile_rules(rules)
    changes: list[Change] = []
    articles = 0
    with Store.open_existing(db) as store:
        total = archive_size(store.db)
        for matched in in_steps(store, engine, None, since_day):
            changes += compare(store, matched)
            articles += len(matched)
            progress(articles, total)
    return as_rematch(articles, changes, dry=True)


def rematch_archive(
    db: Path,
    rules: RuleSet,
    *,
    since_day: str | None = None,
    prefect_run_id: str | None = None,
    progress: Progress = lambda *_: None,
) -> Rematch:
    """Match every stored text that today's rules have not seen. Killed, it resumes where it was."""
    engine = compile_rules(rules)
    changes: list[Change] = []
    articles = 0
    Store.open_existing(db).close()  # a rematch makes no database
    with RunLock(db), Store.open(db, now=datetime.now(UTC)) as store:
        store.sync_rules(rules.rules, datetime.now(UTC))
        run_id = store.start_run(
            "rematch",
            prefect_run_id=prefect_run_id,
            code_version=version("pollwatch"),
            ruleset_sha256=rules.sha256,
            weights_sha256=rules.weights_sha256,
            now=datetime.now(UTC),
        )
        total = archive_size(store.db)
        rematch_entries(store, engine, run_id, rules.sha256)
        for matched in in_steps(store, engine, rules.sha256, since_day):
            changes += compare(store, matched)
            found = [
                Rematched(text.article_id, text.text_sha256, hits, text.entry_id)
                for text, hits in matched
            ]
            record_rematch(store.db, run_id, found, rules.sha256, datetime.now(UTC))
            articles += len(matched)
            progress(articles, total)
        done = as_rematch(articles, changes, dry=False)
        stats = {"articles": articles, "gained": done.gained, "lost": done.lost}
        store.finish_run(run_id, "completed", done.message, stats, datetime.now(UTC))
    return done


def rematch_entries(store: Store, engine: Engine, run_id: int, ruleset_sha256: str) -> None:
    """What feeds said in their own words of articles of other outlets, with the rules of today."""
    after = 0
    while texts := archived_entries(
        store.db, after_id=after, limit=AT_ONCE, ruleset_sha256=ruleset_sha256
    ):
        found = [
            Rematched(
                text.article_id, text.text_sha256, find_hits(engine, as_text(text)), text.entry_id
            )
            for text in texts
        ]
        record_rematch(store.db, run_id, found, ruleset_sha256, datetime.now(UTC))
        after = max(text.entry_id or 0 for text in texts)


def in_steps(
    store: Store, engine: Engine, unseen_by: str | None, since_day: str | None
) -> Iterator[Matched]:
    """Texts with today's hits, articles' own and then entries' that speak for themselves, in the
    order of their ids; `unseen_by` leaves out what is done."""
    after = 0
    while texts := archive(
        store.db, after_id=after, limit=AT_ONCE, ruleset_sha256=unseen_by, since_day=since_day
    ):
        yield [(text, find_hits(engine, as_text(text))) for text in texts]
        after = texts[-1].article_id
    after = 0
    while texts := archived_entries(
        store.db, after_id=after, limit=AT_ONCE, ruleset_sha256=unseen_by
    ):
        chosen = [text for text in texts if since_day is None or text.day >= since_day]
        yield [(text, find_hits(engine, as_text(text))) for text in chosen]
        after = texts[-1].entry_id or after


def compare(store: Store, matched: Matched) -> list[Change]:
    standing = standing_hits(store.db, [text.article_id for text, _ in matched])
    changes: list[Change] = []
    for text, hits in matched:
        before = standing.get((text.article_id, text.entry_id), frozenset())
        after = {hit.rule_id for hit in hits}
        changes += [Change("gained", rule, text.article_id, text.title) for rule in after - before]
        changes += [Change("lost", rule, text.article_id, text.title) for rule in before - after]
    return changes


def as_rematch(articles: int, changes: list[Change], *, dry: bool) -> Rematch:
    gained = sum(change.kind == "gained" for change in changes)
    listed = tuple(sorted(changes, key=lambda change: (change.rule, change.article_id)))
    return Rematch(articles, gained, len(changes) - gained, dry, listed[:MOST_CHANGES])


def as_text(text: ArchivedText) -> ArticleText:
    return ArticleText(
        title=text.title,
        body=without_spans(text.body, text.boilerplate),
        source=text.source,
        url=text.url,
        lang=text.language or "",
        summary=text.summary,
    )
