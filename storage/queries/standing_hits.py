"""Which rules stand as hits on which articles: what a rematch is held against."""

import json
from collections.abc import Sequence

from sqlite_utils import Database


def standing_hits(db: Database, article_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """By article, the rules whose hits still match; articles without any are left out."""
    found: dict[int, set[str]] = {}
    rows = db.execute(
        """SELECT h.article_id, r.slug FROM hits h JOIN rules r ON r.id = h.rule_id
           WHERE h.still_matches AND h.article_id IN (SELECT value FROM json_each(?))""",
        [json.dumps(list(article_ids))],
    )
    for article_id, slug in rows:
        found.setdefault(article_id, set()).add(slug)
    return {article_id: frozenset(slugs) for article_id, slugs in found.items()}
