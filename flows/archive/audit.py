"""Draws the day's audit: what was not shown, by strata of how likely a miss is, and as much that was."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from matchers.relevance.relevance import RelevanceModel
from matchers.rules.ruleset import RuleSet
from matchers.text.normalize import fold
from storage import audit
from storage.audit import AuditCandidate, Drawn, Stratum
from storage.database.connection import write_txn
from storage.store import Store
from storage.times import iso

SAMPLE_SIZE = 15  # articles a day that were not shown; as many that were are mixed in
# Of the day's articles by score, from the highest: which share, and how much of the sample it gets.
# More than half goes to the one in a hundred where a miss is likeliest; that tells most of the curve
# by which the rest is estimated. Simulated in tests/storage/queries.
STRATA = (
    ("first 0.5 %", 0.005, 0.30),
    ("to 1 %", 0.01, 0.25),
    ("to 2 %", 0.02, 0.20),
    ("to 4 %", 0.04, 0.14),
    ("to 10 %", 0.10, 0.06),
    ("the rest", 1.0, 0.05),
)


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn for one day; `before`: it was drawn before, and nothing was now."""

    day: str
    articles: int
    shown: int
    of: int
    before: bool = False


def draw_day(
    db: Path,
    rules: RuleSet,
    day: str,
    *,
    now: datetime,
    size: int = SAMPLE_SIZE,
    rng: random.Random,
) -> Draw:
    """Draw the sample of `day`, once: a second call changes nothing."""
    with Store.open(db, now=now) as store:
        if audit.is_drawn(store.db.conn, day):
            return Draw(day, 0, 0, 0, before=True)
        candidates = audit.unshown_articles(store.db.conn, day)
        scores = scored(candidates, rules)
        strata, drawn = drawn_by_score(candidates, scores, size, rng)
        more, mixed_in = drawn_of_shown(store, day, len(drawn), rng)
        together = [*drawn, *mixed_in]
        rng.shuffle(together)
        with write_txn(store.db):
            audit.keep_draw(
                store.db.conn,
                day,
                [*strata, *more],
                together,
                scores,
                ruleset_sha256=rules.sha256,
                weights_sha256=rules.weights.sha256 if rules.weights else None,
                moment=iso(now),
            )
    return Draw(day, len(drawn), len(mixed_in), len(candidates))


def scored(candidates: Sequence[AuditCandidate], rules: RuleSet) -> dict[int, float]:
    """By article: how likely a miss is, in log-odds; without weights all are alike."""
    if rules.weights is None:
        return {article.article_id: 0.0 for article in candidates}
    model = RelevanceModel(rules.weights)
    return {
        article.article_id: model.text_log_odds(
            fold(article.title).hay.split(), fold(f"{article.summary} {article.body}").hay.split()
        )
        for article in candidates
    }


def drawn_by_score(
    candidates: Sequence[AuditCandidate], scores: dict[int, float], size: int, rng: random.Random
) -> tuple[list[Stratum], list[Drawn]]:
    """Strata by rank, each with a sample drawn at random; every article has a chance above 0."""
    ranked = sorted(
        candidates, key=lambda article: (-scores[article.article_id], article.article_id)
    )
    strata: list[Stratum] = []
    drawn: list[Drawn] = []
    for name, start, end, count in shares(len(ranked), size):
        strata.append(Stratum(name, end - start, count))
        drawn += [
            Drawn(
                article.article_id, article.text_sha256, "unshown", name, scores[article.article_id]
            )
            for article in rng.sample(ranked[start:end], count)
        ]
    return strata, drawn


def shares(articles: int, size: int) -> Iterator[tuple[str, int, int, int]]:
    """Of each stratum its name, its first rank, the rank after its last, and how many to draw of it."""
    start = drawn = 0
    due = 0.0
    for name, end_share, part in STRATA:
        end = max(start, round(end_share * articles))
        due += part * size
        count = min(end - start, max(1, round(due) - drawn))
        if count > 0:
            yield name, start, end, count
        start, drawn = end, drawn + count


def drawn_of_shown(
    store: Store, day: str, size: int, rng: random.Random
) -> tuple[list[Stratum], list[Drawn]]:
    """Shown articles without a verdict, which the estimate needs, then judged ones as decoys."""
    strata: list[Stratum] = []
    drawn: list[Drawn] = []
    for kind, is_judged in (("unjudged", False), ("decoy", True)):
        members = audit.shown_articles(store.db.conn, day, judged=is_judged)
        count = min(len(members), size - len(drawn))
        if count > 0:
            strata.append(Stratum(kind, len(members), count))
            drawn += [
                Drawn(article, sha256, "decoy" if is_judged else "unjudged", kind, None)
                for article, sha256 in rng.sample(members, count)
            ]
    return strata, drawn
