"""What a worker process does in a rematch: match stored texts. Never imports Prefect or storage."""

import gc
from collections.abc import Sequence

from matchers.engine.engine import Engine, compile_rules, find_hits
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import Hit

MATCH_JOB = "flows.archive.match_job:match_texts"
_engine: Engine | None = None


def setup(rules: RuleSet) -> None:
    """Compile the rules once in this process."""
    global _engine
    _engine = compile_rules(rules)
    gc.freeze()


def match_texts(texts: Sequence[ArticleText]) -> tuple[tuple[Hit, ...], ...]:
    """The hits of each text."""
    assert _engine is not None, "setup runs first"
    return tuple(find_hits(_engine, text) for text in texts)
