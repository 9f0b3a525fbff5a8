"""Which rules stand as hits on which articles: what a rematch is held against."""

import json
from collections.abc import Sequence

from sqlite_utils import Database

Text = tuple[int, int | None]  # article; the entry whose text it is, None for the article's own


def standing_hits(db: Database, article_ids: Sequence[int]) -> dict[Text, frozenset[str]]:
    """By text, the rules whose hits still match; texts without any are left out."""
    by_text: dict[Text, set[str]] = {}
    rows = db.execute(
        """SELECT h.article_id, h.entry_id, r.slug FROM hits h JOIN rules r ON r.id = h.rule_id
           WHERE h.still_matches AND h.article_id IN (SELECT value FROM json_each(?))""",
        [json.dumps(list(article_ids))],
    )
    for article_id, entry_id, slug in rows:
        by_text.setdefault((article_id, entry_id), set()).add(slug)
    return {text: frozenset(slugs) for text, slugs in by_text.items()}
