"""How far two readers agree on whether a story is what the rules look for."""

import sqlite3
from dataclasses import dataclass

PAIRS = """SELECT r.action <> 'dismissed' AS first, o.verdict <> 'dismissed' AS second, count(*) AS n
  FROM second_opinions o JOIN story_reviews r ON r.id = o.first_review_id LEFT JOIN batches b ON b.id = r.batch_id
  WHERE o.judged_at >= ? AND b.undone_at IS NULL GROUP BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """`kappa`: beyond chance, 1 at most (Cohen 1960); None where both say the same of every story."""

    stories: int
    agreed: int
    kappa: float | None


def agreement(connection: sqlite3.Connection, since: str) -> Agreement | None:
    """Of the second opinions given since then; None when there are none."""
    counts = {(bool(row[0]), bool(row[1])): row[2] for row in connection.execute(PAIRS, [since])}
    n = sum(counts.values())
    if not n:
        return None
    agreed = counts.get((True, True), 0) + counts.get((False, False), 0)
    first = sum(count for (yes, _), count in counts.items() if yes) / n
    second = sum(count for (_, yes), count in counts.items() if yes) / n
    chance = first * second + (1 - first) * (1 - second)
    return Agreement(n, agreed, None if chance == 1 else (agreed / n - chance) / (1 - chance))
