"""What a rematch would change, told from a sample of the archive within seconds, with intervals."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.archive.matched import MATCHED_AT_ONCE, matched, matchers_of
from flows.archive.rematch import RematchChange, rematch_changes
from matchers.rules.load import RuleSet
from storage.ingest.rematch import archive_size, archived_texts, sample_ids
from storage.queries.rules.figures import NORMAL_95
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Estimate:
    """Articles of the whole archive, with a 95 % interval."""

    articles: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"about {self.articles:,.0f} ({self.low:,.0f} to {self.high:,.0f})"


@dataclass(frozen=True, slots=True)
class SampledRematch:
    """`gaining` and `losing`: articles that would gain, or lose, a hit or more."""

    sampled: int
    articles: int
    gaining: Estimate
    losing: Estimate
    changes: tuple[RematchChange, ...]  # in the sample

    @property
    def message(self) -> str:
        return (
            f"{self.sampled:,} of {self.articles:,} articles matched again: {self.gaining} of all would gain a hit,"
            f" {self.losing} would lose one (intervals of 95 %)"
        )

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def sample_archive(
    db: Path, rules: RuleSet, count: int, *, since_day: str | None = None
) -> SampledRematch:
    """Match `count` articles drawn evenly from the archive; nothing is stored."""
    with Store.open_existing(db) as store, matchers_of(rules) as workers:
        size = archive_size(store.db, since_day)
        ids = sample_ids(store.db, count, since_day)
        steps = (ids[at : at + MATCHED_AT_ONCE] for at in range(0, len(ids), MATCHED_AT_ONCE))
        texts = (archived_texts(store.db, some) for some in steps)

        async def work() -> tuple[int, list[RematchChange]]:
            sampled, changes = 0, list[RematchChange]()
            async for step in matched(workers, texts):
                changes += rematch_changes(store, step)
                sampled += len(step)
            return sampled, changes

        sampled, changes = asyncio.run(work())
    return sampled_rematch(sampled, size, changes)


def sampled_rematch(sampled: int, size: int, changes: Sequence[RematchChange]) -> SampledRematch:
    by_kind = {
        kind: len({change.article_id for change in changes if change.kind == kind})
        for kind in ("gained", "lost")
    }
    return SampledRematch(
        sampled,
        size,
        estimate_share(by_kind["gained"], sampled, size),
        estimate_share(by_kind["lost"], sampled, size),
        tuple(sorted(changes, key=lambda change: (change.rule, change.article_id))),
    )


def estimate_share(hits: int, sampled: int, size: int) -> Estimate:
    """Wilson's interval of the share, narrowed by what of the archive was looked at, times the archive.

    Wilson, E. B. (1927), JASA 22; for the finite population Cochran, Sampling Techniques, 2.6.
    """
    if sampled == 0 or sampled >= size:
        return Estimate(hits, hits, hits)
    share, unsampled_share = hits / sampled, (size - sampled) / (size - 1)
    spread = NORMAL_95**2 * unsampled_share / sampled
    middle = (share + spread / 2) / (1 + spread)
    half = (spread * share * (1 - share) + spread**2 / 4) ** 0.5 / (1 + spread)
    low = max(hits / size, middle - half) if hits else 0.0
    high = max(share, min(1.0, middle + half))  # above the share, but for rounding
    return Estimate(share * size, low * size, high * size)
