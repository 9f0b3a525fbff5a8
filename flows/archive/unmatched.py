"""Texts that were read while no rule could be used: matched by the next run that has rules."""

from datetime import datetime

from matchers.engine.engine import compile_rules, find_hits
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import as_text
from storage.ingest.rematch import Rematched, archive, record_rematch
from storage.runs import matched_again, unmatched_since
from storage.store import Store

LISTED_AT_ONCE = 25  # texts in one transaction, as in a run


def match_unmatched(store: Store, rules: RuleSet, run_id: int, now: datetime) -> int:
    """Match what earlier runs read without rules, as if it were read now; how many texts."""
    since_day = unmatched_since(store.db)
    if since_day is None or not rules.rules:
        return 0
    engine = compile_rules(rules)
    count = after = 0
    while texts := archive(
        store.db, after_id=after, limit=LISTED_AT_ONCE, since_day=since_day, never_matched=True
    ):
        rematched = [
            Rematched(text.article_id, text.text_sha256, find_hits(engine, as_text(text)))
            for text in texts
        ]
        record_rematch(store.db, run_id, rematched, rules.sha256, now, origin="watch")
        count += len(rematched)
        after = texts[-1].article_id
    matched_again(store.db)
    return count
